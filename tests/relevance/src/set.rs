//! The relevance set, as it lies on disk and as it is indexed.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::Context;
use app_domain::{MemoryId, MessageId, Timestamp};
use app_search::EntityId;
use app_search::text::Document;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// Memories with their messages, and what is asked about them.
pub(crate) struct Set {
    /// A memory or a message each, as the functions index them.
    pub(crate) documents: Vec<Document>,
    pub(crate) queries: Vec<Asked>,
    names: HashMap<MemoryId, String>,
    memories: HashMap<EntityId, MemoryId>,
}

/// A query. Its judgements are for those who measure.
#[derive(Deserialize)]
pub(crate) struct Asked {
    pub(crate) id: String,
    pub(crate) text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Memory {
    id: String,
    title: Option<String>,
    text: String,
    tags: Vec<String>,
    category: Option<String>,
    created_at: Timestamp,
    #[serde(default)]
    messages: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    text: String,
    created_at: Timestamp,
}

impl Set {
    pub(crate) fn read(folder: &Path) -> anyhow::Result<Self> {
        let queries = lines(&folder.join("queries.jsonl"))?;
        let mut set =
            Self { documents: Vec::new(), queries, names: HashMap::new(), memories: HashMap::new() };
        let mut paths = fs::read_dir(folder.join("memories"))?
            .map(|entry| Ok(entry?.path()))
            .collect::<std::io::Result<Vec<_>>>()?;
        paths.sort();
        for path in paths {
            lines(&path)?.into_iter().for_each(|memory| set.add(memory));
        }
        Ok(set)
    }

    /// The memory that something is or belongs to, by its name in the judgements.
    pub(crate) fn memory(&self, id: EntityId) -> anyhow::Result<&str> {
        let memory = self.memories.get(&id).context("what was found is not of the set")?;
        Ok(&self.names[memory])
    }

    fn add(&mut self, memory: Memory) {
        let number = self.names.len() as u128 + 1;
        let id = MemoryId::from(Uuid::from_u128(number << 64));
        self.names.insert(id, memory.id);
        self.push(Document {
            id: EntityId::Memory(id),
            memory: None,
            created_at: memory.created_at,
            title: memory.title.unwrap_or_default(),
            // A category is found by its name as if it were a tag.
            tags: memory.tags.into_iter().chain(memory.category).collect(),
            body: memory.text,
            facets: Vec::new(),
        });
        for (at, message) in (1_u128..).zip(memory.messages) {
            self.push(Document {
                id: EntityId::Message(MessageId::from(Uuid::from_u128(number << 64 | at))),
                memory: Some(id),
                created_at: message.created_at,
                title: String::new(),
                tags: Vec::new(),
                body: message.text,
                facets: Vec::new(),
            });
        }
    }

    fn push(&mut self, document: Document) {
        let memory = document.memory.unwrap_or_else(|| MemoryId::from(document.id.as_uuid()));
        self.memories.insert(document.id, memory);
        self.documents.push(document);
    }
}

fn lines<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Vec<T>> {
    let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let parsed = text.lines().map(serde_json::from_str).collect::<Result<_, _>>();
    parsed.with_context(|| format!("{} is not as it should be", path.display()))
}
