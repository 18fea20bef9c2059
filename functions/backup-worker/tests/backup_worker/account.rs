//! People who have something to lose.

use app_domain::{
    Checksum, Content, ContentType, File, FileDraft, FileId, FileName, FileQuota, Memory, MemoryDraft,
    MemoryId, MemoryPatch, MemorySource, MemoryTitle, Patch, Sha256, Timestamp, Upload,
};
use app_store::{FileCreation, Files, Memories};
use serde_json::json;

use crate::stage::Stage;
use crate::time::at;

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
        let title = MemoryTitle::parse(title).unwrap();
        let change = |memory: Memory| {
            let patch = MemoryPatch { title: Patch::Set(title.clone()), ..MemoryPatch::default() };
            memory.patched(patch, at(millis))
        };
        self.memories().change(self.owner, id, None, change).await.unwrap();
    }

    /// A file whose bytes are there.
    pub(crate) async fn file(
        &self,
        name: &str,
        bytes: Vec<u8>,
        memory: Option<MemoryId>,
        millis: i64,
    ) -> FileId {
        let content_type = ContentType::parse("application/octet-stream").unwrap();
        let draft = FileDraft {
            name: FileName::parse(name).unwrap(),
            content_type: content_type.clone(),
            size_bytes: bytes.len() as u64,
            memory,
        };
        let sha256 = Sha256::parse(&"0".repeat(64)).unwrap();
        let made = at(millis);
        let file = File::new(FileId::new(made), self.owner, draft, Upload::Single { sha256 }, made);
        let quota = FileQuota { total_bytes: 1 << 40, file_bytes: 1 << 40 };
        let files = Files::new(self.table.clone(), self.vault.clone());
        assert_eq!(files.create(&file, quota).await.unwrap(), FileCreation::Done);
        let ready = file.clone().completed(content_type, Checksum::from(sha256), made);
        files.replace(&file, &ready).await.unwrap();
        self.files.put(&File::object_key(self.owner, file.id), bytes);
        file.id
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
            let text: String =
                noise(bytes, number).into_iter().map(|byte| char::from(b'a' + byte % 26)).collect();
            let made = at(i64::from(number));
            let of_any_run = MemoryId::new(made).to_string();
            let id = format!("{}-7000-8000-{number:012x}", &of_any_run[..13]).parse().unwrap();
            memories.push(self.memory_of(id, &format!("Memory {number}"), &text, made).await.id);
        }
        memories
    }
}

/// Bytes that deflate cannot make fewer.
pub(crate) fn noise(count: usize, seed: u32) -> Vec<u8> {
    let mut state = u64::from(seed) * 2 + 1;
    let mut bytes = Vec::with_capacity(count + 8);
    while bytes.len() < count {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(count);
    bytes
}
