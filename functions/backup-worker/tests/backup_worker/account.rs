//! People who have something to lose.

use app_domain::{Content, FileId, Memory, MemoryDraft, MemoryId, MemorySource, MemoryTitle, Timestamp};
use app_store::{Files, Memories};
use app_testing::clock::at;
use app_testing::{give_file, letters, noise, retitle};
use serde_json::json;

use crate::stage::Stage;

impl Stage {
    pub(crate) fn memories(&self) -> Memories {
        Memories::new(self.table.clone(), self.vault.clone())
    }

    /// A memory that was made so many milliseconds after the beginning.
    pub(crate) async fn memory(&self, title: &str, text: &str, millis: i64) -> Memory {
        self.memory_of(MemoryId::new(at(millis)), title, text, at(millis)).await
    }

    async fn memory_of(&self, id: MemoryId, title: &str, text: &str, made: Timestamp) -> Memory {
        let draft = MemoryDraft {
            title: Some(MemoryTitle::parse(title).unwrap()),
            content: Some(Content::parse(json!({"text": text})).unwrap()),
            ..MemoryDraft::default()
        };
        let memory = Memory::new(id, self.owner, MemorySource::Web, draft, made).unwrap();
        self.memories().create(&memory).await.unwrap();
        memory
    }

    /// Another title for a memory.
    pub(crate) async fn retitled(&self, id: MemoryId, title: &str, millis: i64) {
        retitle(&self.memories(), self.owner, id, title, at(millis)).await;
    }

    /// A file whose bytes are there.
    pub(crate) async fn file(
        &self,
        name: &str,
        bytes: Vec<u8>,
        memory: Option<MemoryId>,
        millis: i64,
    ) -> FileId {
        let files = Files::new(self.table.clone(), self.vault.clone());
        let is = "application/octet-stream";
        give_file((&files, &self.files), self.owner, (name, is), bytes, memory, at(millis)).await
    }

    /// A few memories, a small file and a large one.
    pub(crate) async fn furnish(&self) -> Vec<MemoryId> {
        let mut memories = Vec::new();
        for number in 0..3 {
            memories.push(self.memory(&format!("Memory {number}"), "words", 100 + number).await.id);
        }
        self.file("small.bin", noise(3_000, 1), Some(memories[0]), 200).await;
        self.file("large.bin", noise(2 << 20, 2), Some(memories[1]), 201).await;
        memories
    }

    /// So many memories of so many bytes, enough for several packs. Their ids are the same in every run, since ids say where packs end.
    pub(crate) async fn furnish_richly(&self, count: u32, bytes: usize) -> Vec<MemoryId> {
        let mut memories = Vec::new();
        for number in 0..count {
            let (made, text) = (at(i64::from(number)), letters(bytes, u64::from(number)));
            let of_any_run = MemoryId::new(made).to_string();
            let id = format!("{}-7000-8000-{number:012x}", &of_any_run[..13]).parse().unwrap();
            memories.push(self.memory_of(id, &format!("Memory {number}"), &text, made).await.id);
        }
        memories
    }
}
