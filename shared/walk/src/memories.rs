//! Memories, as they were when the export began.

use std::collections::{HashSet, VecDeque};

use app_archive::{Kind, MemoryRecord, Record};
use app_domain::{Memory, MemoryId, StoreError, Version};
use app_store::Walked;

use crate::place::{Below, Part};
use crate::walk::{Step, Walk};

/// The most memories of a portion: what is below them is looked for all at once.
const AT_ONCE: u32 = 100;
/// The most versions that one read gives, of the forty that are kept.
const VERSIONS_AT_ONCE: u32 = 10;

/// So many files are looked through at once, in a dozen reads, to see which memories have any.
const FEW_FILES: u64 = 10_000;

/// The kinds that belong to memories.
const KINDS: [Kind; 4] = [Kind::Memory, Kind::Version, Kind::File, Kind::Message];

impl Walk<'_> {
    pub(crate) async fn next_memory(&mut self) -> Result<(), StoreError> {
        if !self.wanted.has_any(&KINDS) {
            self.end_section();
            return Ok(());
        }
        if self.memories.is_empty() {
            if std::mem::take(&mut self.are_last) {
                self.end_section();
                return Ok(());
            }
            self.read_memories().await?;
        }
        let Some((Walked { at, read }, has_files)) = self.memories.pop_front() else { return Ok(()) };
        let Some(memory) = read else {
            let place = self.frontier.behind(&at, None);
            self.ready.push_back((Step::Unreadable(Kind::Memory, at.as_str().to_owned()), place.clone()));
            self.frontier = place;
            return Ok(());
        };
        let memory = match self.wanted.was_there(memory.created_at) && !self.came_later(&memory) {
            true => Some(self.as_it_was(memory).await?),
            false => None,
        };
        let (step, below) = match memory.filter(|memory| self.wanted.spec.filter.fits(memory)) {
            Some(memory) => {
                let parts = self.parts(&memory, has_files);
                let below = Below { parts, after: None, version: memory.version };
                let step = match self.wanted.has(Kind::Memory) {
                    true => Step::Record(Box::new(Record::Memory(MemoryRecord::of(&memory))), None),
                    false => Step::Passed(Kind::Memory),
                };
                (step, Some(below).filter(|below| !below.parts.is_empty()))
            }
            None => (Step::Passed(Kind::Memory), None),
        };
        self.frontier = self.frontier.behind(&at, below);
        self.ready.push_back((step, self.frontier.clone()));
        Ok(())
    }

    /// Whether the person has files at all. Those that come while the walk goes on are not in the export anyway.
    pub(crate) async fn has_files(&mut self) -> Result<bool, StoreError> {
        if self.has_files.is_none() {
            self.file_count = self.source.files.usage(self.wanted.owner).await?.count;
            self.has_files = Some(self.file_count > 0);
        }
        Ok(self.file_count > 0)
    }

    /// Which of several memories have files. Few files are looked through once; of many, each memory is asked for its own.
    async fn holders(&mut self, ids: &[MemoryId]) -> Result<HashSet<MemoryId>, StoreError> {
        let (files, owner) = (&self.source.files, self.wanted.owner);
        if !self.has_files().await? {
            return Ok(HashSet::new());
        }
        if self.holders.is_none() && self.file_count <= FEW_FILES {
            self.holders = Some(files.memories_with_any(owner).await?);
        }
        match &self.holders {
            Some(holders) => Ok(ids.iter().copied().filter(|id| holders.contains(id)).collect()),
            None => Ok(files.memories_with_files(owner, ids).await?.into_iter().collect()),
        }
    }

    async fn read_memories(&mut self) -> Result<(), StoreError> {
        let after = self.frontier.after.as_ref();
        let portion = self.source.memories.walk_on(self.wanted.owner, after, AT_ONCE).await?;
        let ids: Vec<MemoryId> =
            portion.items.iter().filter_map(|item| item.read.as_ref()).map(|memory| memory.id).collect();
        let with_files = match self.wanted.has(Kind::File) {
            true => self.holders(&ids).await?,
            false => HashSet::new(),
        };
        let has_files =
            |item: &Walked<Memory>| item.read.as_ref().is_some_and(|memory| with_files.contains(&memory.id));
        let items = portion.items.into_iter().map(|item| {
            let has_files = has_files(&item);
            (item, has_files)
        });
        self.memories = items.collect::<VecDeque<_>>();
        self.are_last = portion.is_last;
        Ok(())
    }

    /// A memory as it was when the export began, if that version is kept; else as it is.
    async fn as_it_was(&self, memory: Memory) -> Result<Memory, StoreError> {
        if self.wanted.was_there(memory.updated_at) {
            return Ok(memory);
        }
        let mut after = None;
        loop {
            let (owner, id) = (memory.owner, memory.id);
            let versions =
                self.source.memories.walk_versions(owner, id, after.as_ref(), VERSIONS_AT_ONCE).await?;
            for Walked { at, read } in versions.items {
                if let Some(then) = read.filter(|then| self.wanted.was_there(then.updated_at)) {
                    return Ok(Memory { messages: memory.messages, ..then });
                }
                after = Some(at);
            }
            if versions.is_last || after.is_none() {
                return Ok(memory);
            }
        }
    }

    /// Whether a memory is known to have come since, with a time before: a message that reached us late says so where media came with it.
    /// Media that followed a memory have changed it.
    fn came_later(&self, memory: &Memory) -> bool {
        let came = memory.media.as_ref().map(|media| media.source.received_at);
        memory.version == Version::FIRST && came.is_some_and(|came| !self.wanted.was_there(came))
    }

    /// What there may be below a memory, of what is wanted.
    fn parts(&self, memory: &Memory, has_files: bool) -> Vec<Part> {
        let parts = [
            (Part::Versions, self.wanted.has(Kind::Version) && memory.version > Version::FIRST),
            (Part::Files, has_files),
            (Part::Messages, self.wanted.has(Kind::Message) && memory.messages.count > 0),
        ];
        parts.into_iter().filter(|(_, there)| *there).map(|(part, _)| part).collect()
    }
}
