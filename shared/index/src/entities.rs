//! Reading what can be found from the table, as it is now.

use std::collections::{BTreeSet, HashMap};

use app_domain::{
    File, FileStatus, Findable, Memory, MemoryId, Message, MessageId, Privacy, Sealing, StoreError, UserId,
    Version,
};
use app_store::{Files, Memories, Messages, SearchBucket, Table};
use futures_util::{StreamExt, TryStreamExt, stream};

/// Something that can be found, as it is now.
#[derive(Debug, Clone, PartialEq)]
pub enum Entity {
    /// A memory.
    Memory(Box<Memory>),
    /// A message.
    Message(Box<Message>),
    /// A file, and its text if that was read.
    File(Box<File>, Option<String>),
}

impl Entity {
    /// What it is.
    pub fn of(&self) -> Findable {
        match self {
            Self::Memory(memory) => Findable::Memory(memory.id),
            Self::Message(message) => Findable::Message(message.memory, message.id),
            Self::File(file, _) => Findable::File(file.id),
        }
    }

    /// How often it has been written.
    pub(crate) fn version(&self) -> Version {
        match self {
            Self::Memory(memory) => memory.version,
            Self::Message(message) => message.version,
            Self::File(file, _) => file.version,
        }
    }

    /// The memory that it belongs to, unless it is one.
    pub fn memory(&self) -> Option<MemoryId> {
        match self {
            Self::Memory(_) => None,
            Self::Message(message) => Some(message.memory),
            Self::File(file, _) => file.attached.map(|attached| attached.memory),
        }
    }
}

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// What may be found.
    pub(crate) entities: Vec<Entity>,
    /// What may not: it is not there, or it is sealed, or what it belongs to is.
    pub(crate) gone: Vec<Findable>,
    /// The memories of what may be found.
    pub(crate) memories: HashMap<MemoryId, Memory>,
}

/// What can be found, in the table and in the bucket of indexes.
#[derive(Clone)]
pub struct Entities {
    pub(crate) memories: Memories,
    pub(crate) messages: Messages,
    pub(crate) files: Files,
    pub(crate) bucket: SearchBucket,
}

impl Entities {
    /// What is in `table`, sealed by `sealing`, and the texts of files in `bucket`.
    pub fn new(table: &Table, sealing: impl Sealing + Clone, bucket: SearchBucket) -> Self {
        Self {
            memories: Memories::new(table.clone(), sealing.clone()),
            messages: Messages::new(table.clone(), sealing.clone()),
            files: Files::new(table.clone(), sealing),
            bucket,
        }
    }

    /// Reads these, as they are now, and the texts of as many files as are said: three calls for a hundred, one more if files belong to
    /// memories that are not among them, and one for each text. What cannot be read is gone.
    pub(crate) async fn read(
        &self,
        owner: UserId,
        wanted: impl IntoIterator<Item = Findable>,
        texts: usize,
    ) -> Result<Read, StoreError> {
        let wanted: BTreeSet<Findable> = wanted.into_iter().collect();
        let (mut memories, mut messages, mut files) = (BTreeSet::new(), Vec::new(), Vec::new());
        for of in &wanted {
            match of {
                Findable::Memory(id) => drop(memories.insert(*id)),
                Findable::Message(memory, id) => {
                    memories.insert(*memory);
                    messages.push((*memory, *id));
                }
                Findable::File(id) => files.push(*id),
            }
        }
        let first: Vec<MemoryId> = memories.iter().copied().collect();
        let (found, messages, files) = tokio::try_join!(
            self.memories.readable(owner, &first),
            self.messages.readable(owner, &messages),
            self.files.readable(owner, files),
        )?;
        let of_files = files.iter().filter_map(|file| Some(file.attached?.memory));
        let others: BTreeSet<MemoryId> = of_files.filter(|memory| !memories.contains(memory)).collect();
        let others: Vec<MemoryId> = others.into_iter().collect();
        let others = self.memories.readable(owner, &others).await?;
        let open = found.into_iter().chain(others).filter(|memory| memory.privacy != Privacy::Sealed);
        let memories: HashMap<MemoryId, Memory> = open.map(|memory| (memory.id, memory)).collect();

        let messages = messages.into_iter().filter(|message| memories.contains_key(&message.memory));
        let is_open = |file: &File| {
            file.status == FileStatus::Ready
                && file.attached.is_none_or(|attached| memories.contains_key(&attached.memory))
        };
        let mut files: Vec<File> = files.into_iter().filter(is_open).collect();
        // The newest first, should there be more than texts are wanted.
        files.sort_by_key(|file| std::cmp::Reverse(file.id));
        let files = files.into_iter().enumerate().map(|(place, file)| async move {
            let text = if place < texts { self.text(file.clone()).await? } else { None };
            Ok::<_, StoreError>(Entity::File(Box::new(file), text))
        });
        let files: Vec<Entity> = stream::iter(files).buffered(TEXTS_AT_ONCE).try_collect().await?;
        let asked = |memory: &&Memory| wanted.contains(&Findable::Memory(memory.id));
        let mut entities: Vec<Entity> =
            memories.values().filter(asked).map(|memory| Entity::Memory(Box::new(memory.clone()))).collect();
        entities.extend(messages.map(|message| Entity::Message(Box::new(message))));
        entities.extend(files);
        let there: BTreeSet<Findable> = entities.iter().map(Entity::of).collect();
        let gone = wanted.difference(&there).copied().collect();
        Ok(Read { entities, gone, memories })
    }

    /// The text of a file, if it has been read.
    pub(crate) async fn text(&self, file: File) -> Result<Option<String>, StoreError> {
        if !app_extract::supports(&file.content_type.to_string()) {
            return Ok(None);
        }
        self.bucket.text(file.owner, file.id).await
    }

    /// What is below a memory, whether that is there or not: its messages and its files.
    pub(crate) async fn below(&self, owner: UserId, memory: MemoryId) -> Result<Vec<Findable>, StoreError> {
        let (messages, files) = tokio::try_join!(self.messages.all_ids(owner, memory), async {
            let mut all = Vec::new();
            loop {
                let page = self.files.ids_of(owner, memory, all.last().copied(), PAGE).await?;
                let is_last = page.len() < PAGE as usize;
                all.extend(page);
                if is_last {
                    return Ok::<_, StoreError>(all);
                }
            }
        })?;
        let messages = messages.into_iter().map(|id: MessageId| Findable::Message(memory, id));
        Ok(messages.chain(files.into_iter().map(Findable::File)).collect())
    }
}

/// How many files of a memory are listed at once.
const PAGE: u32 = 1_000;
/// How many texts are read at once. Each may have a megabyte.
const TEXTS_AT_ONCE: usize = 8;
