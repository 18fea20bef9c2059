//! Walks through memories and what is below them: versions, files, messages.

use std::collections::{HashMap, HashSet};

use app_domain::{File, FileId, Memory, MemoryId, Message, MessageSummary, StoreError, UserId};
use futures_util::future::try_join_all;

use crate::keys::{self, FILE_LINK_PREFIX, FILE_PREFIX, MEMORY_PREFIX, MESSAGE_PREFIX, VERSION_PREFIX};
use crate::table::from_item;
use crate::walks::{Portion, Trail, WalkPosition, Walked, readable};
use crate::{Files, Memories, Messages};

/// The most ids that one call reads the files of.
const FILES_AT_ONCE: u32 = 100;
/// The most items of one read that only looks at them: about a megabyte.
const AT_ONCE: u32 = 1_000;

impl Memories {
    /// A person's memories behind a place, the newest first, at most `limit`. Those in the trash are not among them.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn walk_on(
        &self,
        owner: UserId,
        after: Option<&WalkPosition>,
        limit: u32,
    ) -> Result<Portion<Memory>, StoreError> {
        let trail = Trail::down(keys::owner(owner), MEMORY_PREFIX);
        let open = |item| async { self.items.whole(from_item(item)?).await };
        self.table.walk(owner, &trail, after, limit, open).await
    }

    /// Earlier versions of a memory behind a place, the latest first, at most `limit`, whether the memory is there or not.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn walk_versions(
        &self,
        owner: UserId,
        id: MemoryId,
        after: Option<&WalkPosition>,
        limit: u32,
    ) -> Result<Portion<Memory>, StoreError> {
        let trail = Trail::down(keys::below(owner, id), VERSION_PREFIX);
        let open = |item| async { self.items.memory(from_item(item)?, MessageSummary::default()).await };
        self.table.walk(owner, &trail, after, limit, open).await
    }
}

impl Messages {
    /// Messages of a memory behind a place, the oldest first, at most `limit`, replies among them by their own times.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn walk_on(
        &self,
        owner: UserId,
        memory: MemoryId,
        after: Option<&WalkPosition>,
        limit: u32,
    ) -> Result<Portion<Message>, StoreError> {
        let trail = Trail::up(keys::below(owner, memory), MESSAGE_PREFIX);
        let open = |item| async { self.items.message(from_item(item)?).await };
        self.table.walk(owner, &trail, after, limit, open).await
    }
}

impl Files {
    /// A person's files behind a place, the oldest first, at most `limit`, whatever they are with.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn walk_on(
        &self,
        owner: UserId,
        after: Option<&WalkPosition>,
        limit: u32,
    ) -> Result<Portion<File>, StoreError> {
        let trail = Trail::up(keys::owner(owner), FILE_PREFIX);
        let open = |item| async { self.items.file(from_item(item)?).await };
        self.table.walk(owner, &trail, after, limit, open).await
    }

    /// The files that are with a memory behind a place, the oldest first, at most a hundred. One that went meanwhile is left out.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn walk_of(
        &self,
        owner: UserId,
        memory: MemoryId,
        after: Option<&WalkPosition>,
    ) -> Result<Portion<File>, StoreError> {
        let mut links = self.links(owner, memory, after).await?;
        loop {
            let items = self.files_of(owner, &links).await?;
            let last = links.items.last().filter(|_| items.is_empty() && !links.is_last);
            // A portion without anything would have no place behind it.
            let Some(last) = last else { return Ok(Portion { items, is_last: links.is_last }) };
            links = self.links(owner, memory, Some(&last.at.clone())).await?;
        }
    }

    /// The files that are behind links.
    async fn files_of(
        &self,
        owner: UserId,
        links: &Portion<FileId>,
    ) -> Result<Vec<Walked<File>>, StoreError> {
        let ids = links.items.iter().filter_map(|link| link.read);
        let found = self.table.get_raw(ids.map(|id| keys::file(owner, id)).collect()).await?;
        let by_key = |item: crate::table::Item| Some((item.get(keys::SK)?.as_s().ok()?.clone(), item));
        let mut found: HashMap<String, _> = found.into_iter().filter_map(by_key).collect();
        let mut items = Vec::new();
        for Walked { at, .. } in &links.items {
            if let Some(item) = found.remove(&format!("{FILE_PREFIX}{}", at.as_str())) {
                let opened = async { self.items.file(from_item(item)?).await };
                items.push(Walked { read: readable(owner, opened.await)?, at: at.clone() });
            }
        }
        Ok(items)
    }

    /// The memories that have files, read from the files. For people who have few enough of these.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn memories_with_any(&self, owner: UserId) -> Result<HashSet<MemoryId>, StoreError> {
        let trail = Trail::up(keys::owner(owner), FILE_PREFIX);
        let memory = |item: crate::table::Item| async move {
            let memory = item.get("memoryId").and_then(|id| id.as_s().ok());
            memory.map(|id| id.parse().map_err(crate::table::corrupt)).transpose()
        };
        let (mut memories, mut after) = (HashSet::new(), None);
        loop {
            let portion: Portion<Option<MemoryId>> =
                self.table.walk(owner, &trail, after.as_ref(), AT_ONCE, memory).await?;
            memories.extend(portion.items.iter().filter_map(|item| item.read.flatten()));
            after = portion.items.into_iter().last().map(|item| item.at);
            if portion.is_last || after.is_none() {
                return Ok(memories);
            }
        }
    }

    /// Which of several memories have files, asked of all at once.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn memories_with_files(
        &self,
        owner: UserId,
        memories: &[MemoryId],
    ) -> Result<Vec<MemoryId>, StoreError> {
        let first = |memory: MemoryId| async move {
            let ids = self.ids_of(owner, memory, None, 1).await?;
            Ok::<_, StoreError>((!ids.is_empty()).then_some(memory))
        };
        Ok(try_join_all(memories.iter().copied().map(first)).await?.into_iter().flatten().collect())
    }

    async fn links(
        &self,
        owner: UserId,
        memory: MemoryId,
        after: Option<&WalkPosition>,
    ) -> Result<Portion<FileId>, StoreError> {
        let trail = Trail::up(keys::below(owner, memory), FILE_LINK_PREFIX);
        let open = |item: crate::table::Item| async move {
            let key = item.get(keys::SK).and_then(|key| key.as_s().ok()).cloned().unwrap_or_default();
            let id = key.strip_prefix(FILE_LINK_PREFIX).unwrap_or_default();
            id.parse().map_err(crate::table::corrupt)
        };
        self.table.walk(owner, &trail, after, FILES_AT_ONCE, open).await
    }
}
