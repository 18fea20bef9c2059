//! Ranks the relevance set by words alone and prints a run for its `check.py`:
//! `cargo run --release -p app-search --example relevance_text -- tests/relevance > run.jsonl`.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]
#![expect(clippy::expect_used, reason = "a measurement that cannot go on should stop right there")]

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use app_domain::{MemoryId, MessageId, Timestamp};
use app_search::EntityId;
use app_search::text::{Corpus, Document, Filter, Query, Segment};
use serde::Deserialize;
use uuid::Uuid;

const HITS: usize = 100;

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

#[derive(Deserialize)]
struct Asked {
    id: String,
    text: String,
}

fn main() {
    let folder = std::env::args().nth(1).expect("usage: relevance_text <folder>");
    let folder = Path::new(&folder);
    let mut names = HashMap::new();
    let mut documents = Vec::new();
    for memory in memories(folder) {
        add(memory, &mut documents, &mut names);
    }
    let segment = Segment::open(Segment::build(&documents, [])).expect("a segment");
    let corpus = Corpus::new([Arc::new(segment)]);
    for line in fs::read_to_string(folder.join("queries.jsonl")).expect("queries").lines() {
        let asked: Asked = serde_json::from_str(line).expect("a query");
        let mut ranked: Vec<&String> = Vec::new();
        for hit in corpus.search(&Query::parse(&asked.text), &Filter::default(), HITS) {
            // A message counts as the memory that it is below.
            let memory = hit.memory.map_or(hit.id, EntityId::Memory);
            let name = &names[&memory];
            if !ranked.contains(&name) {
                ranked.push(name);
            }
        }
        println!("{}", serde_json::json!({ "id": asked.id, "ranked": ranked }));
    }
}

fn memories(folder: &Path) -> Vec<Memory> {
    let files = fs::read_dir(folder.join("memories")).expect("memories");
    let mut paths: Vec<_> = files.filter_map(|file| Some(file.ok()?.path())).collect();
    paths.sort();
    let texts = paths.iter().map(|path| fs::read_to_string(path).expect("a file"));
    let parsed = texts.flat_map(|text| {
        text.lines().map(|line| serde_json::from_str(line).expect("a memory")).collect::<Vec<Memory>>()
    });
    parsed.collect()
}

fn add(memory: Memory, documents: &mut Vec<Document>, names: &mut HashMap<EntityId, String>) {
    let number = names.len() as u128;
    let id = MemoryId::from(Uuid::from_u128(number + 1));
    names.insert(EntityId::Memory(id), memory.id);
    documents.push(Document {
        id: EntityId::Memory(id),
        memory: None,
        created_at: memory.created_at,
        title: memory.title.unwrap_or_default(),
        // A category is found by its name as if it were a tag.
        tags: memory.tags.into_iter().chain(memory.category).collect(),
        body: memory.text,
        facets: Vec::new(),
    });
    for (at, message) in (0_u128..).zip(memory.messages) {
        documents.push(Document {
            id: EntityId::Message(MessageId::from(Uuid::from_u128((number + 1) << 16 | at))),
            memory: Some(id),
            created_at: message.created_at,
            title: String::new(),
            tags: Vec::new(),
            body: message.text,
            facets: Vec::new(),
        });
    }
}
