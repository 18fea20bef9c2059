//! The document of an export: one JSON object, written piece by piece, so that its size does not matter.

use app_domain::{
    CategoryId, Content, Description, Memory, MemoryId, MemorySource, MemoryTitle, Metadata, Privacy,
    Provenance, Tags, Timestamp, UserId,
};
use serde::Serialize;
use serde_json::json;

use crate::upload::FileError;

/// Where the document's bytes go.
pub(crate) trait Sink {
    /// Takes the next bytes.
    async fn write(&mut self, bytes: &[u8]) -> Result<(), FileError>;
}

/// A document that cannot be written on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DocumentError {
    #[error("a memory cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    File(#[from] FileError),
}

/// A document that is being written: `{"format", "version", "exportedAt", "account", "memories": […], "counts"}`, each
/// memory on a line of its own.
pub(crate) struct Document<'a, S> {
    sink: &'a mut S,
    memories: u64,
    line: Vec<u8>,
}

impl<'a, S: Sink> Document<'a, S> {
    /// Begins a document of `owner`'s memories.
    pub(crate) async fn open(
        sink: &'a mut S,
        owner: UserId,
        exported_at: Timestamp,
    ) -> Result<Self, DocumentError> {
        let (account, exported_at) = (json!({"userId": owner}), json!(exported_at));
        let head = format!(
            r#"{{"format":"memory-app-export","version":1,"exportedAt":{exported_at},"account":{account},"memories":["#
        );
        sink.write(head.as_bytes()).await?;
        Ok(Self { sink, memories: 0, line: Vec::new() })
    }

    /// Adds a memory.
    pub(crate) async fn add(&mut self, memory: &Memory) -> Result<(), DocumentError> {
        self.line.clear();
        self.line.extend_from_slice(if self.memories == 0 { b"\n" } else { b",\n" });
        serde_json::to_writer(&mut self.line, &ExportedMemory::from(memory))?;
        self.sink.write(&self.line).await?;
        self.memories += 1;
        Ok(())
    }

    /// How many memories have been added.
    pub(crate) fn memories(&self) -> u64 {
        self.memories
    }

    /// Ends the document, and returns how many memories are in it.
    pub(crate) async fn close(self) -> Result<u64, DocumentError> {
        let counts = json!({"memories": self.memories});
        self.sink.write(format!("\n],\"counts\":{counts}}}\n").as_bytes()).await?;
        Ok(self.memories)
    }
}

/// A memory in the document: the same names and values as in the API's `MemoryBody`, so that what reads one reads both.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExportedMemory<'a> {
    id: MemoryId,
    title: Option<&'a MemoryTitle>,
    description: Option<&'a Description>,
    content: Option<&'a Content>,
    category_id: Option<CategoryId>,
    tags: &'a Tags,
    metadata: &'a Metadata,
    is_favorite: bool,
    is_archived: bool,
    privacy_level: Privacy,
    source: MemorySource,
    provenance: &'a Provenance,
    message_count: u64,
    version: u64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl<'a> From<&'a Memory> for ExportedMemory<'a> {
    fn from(memory: &'a Memory) -> Self {
        Self {
            id: memory.id,
            title: memory.title.as_ref(),
            description: memory.description.as_ref(),
            content: memory.content.as_ref(),
            category_id: memory.category,
            tags: &memory.tags,
            metadata: &memory.metadata,
            is_favorite: memory.is_favorite,
            is_archived: memory.is_archived,
            privacy_level: memory.privacy,
            source: memory.source,
            provenance: &memory.provenance,
            message_count: memory.messages.count,
            version: memory.version.get(),
            created_at: memory.created_at,
            updated_at: memory.updated_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app_domain::MemoryDraft;
    use serde_json::Value;

    impl Sink for Vec<u8> {
        async fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
            self.extend_from_slice(bytes);
            Ok(())
        }
    }

    fn at() -> Timestamp {
        "2026-11-21T17:30:28.512Z".parse().unwrap()
    }

    async fn document(owner: UserId, memories: &[Memory]) -> Value {
        let mut bytes = Vec::new();
        let mut document = Document::open(&mut bytes, owner, at()).await.unwrap();
        for memory in memories {
            document.add(memory).await.unwrap();
        }
        assert_eq!(document.close().await.unwrap(), memories.len() as u64);
        serde_json::from_slice(&bytes).unwrap()
    }

    #[tokio::test]
    async fn an_empty_account_makes_a_whole_document() {
        let owner = UserId::new(at());
        let expected = json!({
            "format": "memory-app-export", "version": 1, "exportedAt": "2026-11-21T17:30:28.512Z",
            "account": {"userId": owner}, "memories": [], "counts": {"memories": 0},
        });
        assert_eq!(document(owner, &[]).await, expected);
    }

    #[tokio::test]
    async fn a_memory_is_written_as_the_api_shows_it() {
        let (owner, category, now) = (UserId::new(at()), CategoryId::new(at()), at());
        let content = json!({"text": "Zürich 日本 👩‍👩‍👧 \u{0}\u{1f} \"quoted\" \\ </script>\u{2028}\nnext line", "n": 1.5e-7});
        let full = MemoryDraft {
            title: Some(MemoryTitle::parse("Ärger & \"Ende\"").unwrap()),
            description: Some(Description::parse("שלום").unwrap()),
            content: Some(Content::parse(content.clone()).unwrap()),
            tags: Tags::parse(&["reise", "日本"]).unwrap(),
            metadata: Metadata::parse(json!({"a": {"b": [null, true]}}).as_object().cloned().unwrap())
                .unwrap(),
            is_favorite: true,
            category: Some(category),
            provenance: Provenance { api_key_id: None, message_id: Some("wamid.1".to_owned()) },
            ..MemoryDraft::default()
        };
        let bare = MemoryDraft { title: Some(MemoryTitle::parse("Bare").unwrap()), ..MemoryDraft::default() };
        let full = Memory::new(MemoryId::new(now), owner, MemorySource::Whatsapp, full, now).unwrap();
        let bare = Memory::new(MemoryId::new(now), owner, MemorySource::Web, bare, now).unwrap();

        let document = document(owner, &[full.clone(), bare.clone()]).await;
        let time = "2026-11-21T17:30:28.512Z";
        let expected = json!([{
            "id": full.id, "title": "Ärger & \"Ende\"", "description": "שלום", "content": content,
            "categoryId": category, "tags": ["reise", "日本"], "metadata": {"a": {"b": [null, true]}},
            "isFavorite": true, "isArchived": false, "privacyLevel": "private", "source": "whatsapp",
            "provenance": {"messageId": "wamid.1"}, "messageCount": 0, "version": 1, "createdAt": time, "updatedAt": time,
        }, {
            "id": bare.id, "title": "Bare", "description": null, "content": null, "categoryId": null, "tags": [],
            "metadata": {}, "isFavorite": false, "isArchived": false, "privacyLevel": "private", "source": "web",
            "provenance": {}, "messageCount": 0, "version": 1, "createdAt": time, "updatedAt": time,
        }]);
        assert_eq!(document["memories"], expected);
        assert_eq!(document["counts"], json!({"memories": 2}));
    }
}
