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
    pub(crate) questions: Vec<Question>,
    /// A memory's own tags: what is indexed as such has its category beside them.
    tags: HashMap<MemoryId, Vec<String>>,
    names: HashMap<MemoryId, String>,
    memories: HashMap<EntityId, MemoryId>,
}

/// A query. Its judgements are for those who measure.
#[derive(Deserialize)]
pub(crate) struct Asked {
    pub(crate) id: String,
    pub(crate) text: String,
}

/// A question to Memo.
#[derive(Deserialize)]
pub(crate) struct Question {
    pub(crate) id: String,
    pub(crate) language: String,
    pub(crate) split: String,
    pub(crate) text: String,
    /// The memories that hold the answer, each alone. None if nothing answers it.
    pub(crate) holds: Vec<String>,
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
        let mut set = Self {
            documents: Vec::new(),
            queries: lines(&folder.join("queries.jsonl"))?,
            questions: lines(&folder.join("data/questions.jsonl"))?,
            tags: HashMap::new(),
            names: HashMap::new(),
            memories: HashMap::new(),
        };
        let mut paths = fs::read_dir(folder.join("memories"))?
            .map(|entry| Ok(entry?.path()))
            .collect::<std::io::Result<Vec<_>>>()?;
        paths.sort();
        for path in paths {
            lines(&path)?.into_iter().for_each(|memory| set.add(memory));
        }
        Ok(set)
    }

    /// The texts of the queries, and behind them those of the questions.
    pub(crate) fn asked(&self) -> Vec<String> {
        let questions = self.questions.iter().map(|question| question.text.clone());
        self.queries.iter().map(|query| query.text.clone()).chain(questions).collect()
    }

    /// The memory that something is or belongs to, by its name in the judgements.
    pub(crate) fn memory(&self, id: EntityId) -> anyhow::Result<&str> {
        Ok(self.name(self.owner(id)?))
    }

    /// The memory that something is or belongs to.
    pub(crate) fn owner(&self, id: EntityId) -> anyhow::Result<MemoryId> {
        self.memories.get(&id).copied().context("what was found is not of the set")
    }

    /// What a memory is called in the judgements.
    pub(crate) fn name(&self, memory: MemoryId) -> &str {
        &self.names[&memory]
    }

    /// A memory's own tags.
    pub(crate) fn tags(&self, memory: MemoryId) -> &[String] {
        &self.tags[&memory]
    }

    fn add(&mut self, memory: Memory) {
        let number = self.names.len() as u128 + 1;
        let id = MemoryId::from(Uuid::from_u128(number << 64));
        self.names.insert(id, memory.id);
        self.tags.insert(id, memory.tags.clone());
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
