//! A memory to write messages under.

use app_domain::{
    Attachments, Checksum, ContentType, File, FileDraft, FileId, FileName, FileQuota, Memory, MemoryDraft,
    MemoryId, MemorySource, MemoryTitle, Message, MessageDraft, MessageFilter, MessageId, MessageSummary,
    MessageText, MessageType, Metadata, Page, PageRequest, Sha256, SortOrder, Timestamp, Upload, UserId,
    Version,
};
use app_store::{Files, Memories, MessageError, Messages, Table};
use app_testing::vault;
use uuid::{Builder, Uuid};

pub(crate) struct Stage {
    pub(crate) messages: Messages,
    pub(crate) memories: Memories,
    pub(crate) files: Files,
    pub(crate) owner: UserId,
    pub(crate) memory: MemoryId,
}

pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + millis).unwrap()
}

/// The id of a message sent at a time, whatever other tests have made ids for.
pub(crate) fn id_at(millis: i64) -> MessageId {
    let random = Uuid::new_v4().into_bytes();
    let millis = u64::try_from(at(millis).as_millis()).unwrap();
    Builder::from_unix_timestamp_millis(millis, random.first_chunk().unwrap()).into_uuid().into()
}

pub(crate) fn text(text: &str) -> MessageText {
    MessageText::parse(text).unwrap()
}

impl Stage {
    pub(crate) async fn on(table: Table) -> Self {
        let vault = vault(&table);
        let stage = Self {
            messages: Messages::new(table.clone(), vault.clone()),
            memories: Memories::new(table.clone(), vault.clone()),
            files: Files::new(table, vault),
            owner: UserId::new(at(0)),
            memory: MemoryId::new(at(0)),
        };
        stage.another_memory(stage.memory).await;
        stage
    }

    pub(crate) async fn new() -> Self {
        Self::on(app_testing::table().await).await
    }

    pub(crate) async fn another_memory(&self, id: MemoryId) {
        let draft = MemoryDraft { title: MemoryTitle::parse("A trip").ok(), ..MemoryDraft::default() };
        let memory = Memory::new(id, self.owner, MemorySource::Web, draft, at(0)).unwrap();
        self.memories.create(&memory).await.unwrap();
    }

    /// A message that is not saved yet.
    pub(crate) fn draft(&self, millis: i64, content: &str, parent: Option<MessageId>) -> Message {
        let draft = MessageDraft {
            content: text(content),
            message_type: MessageType::Text,
            attachments: Attachments::default(),
            metadata: Metadata::default(),
            parent,
            is_ai_generated: false,
            delivery: None,
        };
        Message::new(id_at(millis), self.owner, self.memory, draft, at(millis))
    }

    /// A file that can come with a message.
    pub(crate) async fn file(&self) -> FileId {
        let draft = FileDraft {
            name: FileName::parse("map.png").unwrap(),
            content_type: ContentType::parse("image/png").unwrap(),
            size_bytes: 5,
            memory: None,
        };
        let sha256 = Sha256::parse(&"0".repeat(64)).unwrap();
        let file = File::new(FileId::new(at(0)), self.owner, draft, Upload::Single { sha256 }, at(0));
        let quota = FileQuota { total_bytes: 1_000, file_bytes: 1_000 };
        self.files.create(&file, quota).await.unwrap();
        let ready = file.clone().completed(file.content_type.clone(), Checksum::from(sha256), at(0));
        self.files.replace(&file, &ready).await.unwrap();
        ready.id
    }

    pub(crate) async fn send(&self, millis: i64, content: &str, parent: Option<MessageId>) -> MessageId {
        let message = self.draft(millis, content, parent);
        self.messages.create(&message).await.unwrap();
        message.id
    }

    pub(crate) async fn get(&self, id: MessageId) -> Result<Message, MessageError> {
        self.messages.get(self.owner, self.memory, id).await
    }

    pub(crate) async fn delete(&self, id: MessageId) -> Result<(), MessageError> {
        self.delete_at(id, None).await
    }

    pub(crate) async fn delete_at(
        &self,
        id: MessageId,
        expected: Option<Version>,
    ) -> Result<(), MessageError> {
        self.messages.delete(self.owner, self.memory, id, expected, at(1_000_000)).await
    }

    /// What the memory knows of its messages.
    pub(crate) async fn summary(&self) -> MessageSummary {
        self.memories.get(self.owner, self.memory).await.unwrap().unwrap().messages
    }

    pub(crate) async fn page(
        &self,
        filter: MessageFilter,
        order: SortOrder,
        request: &PageRequest<MessageId>,
    ) -> Page<Message, MessageId> {
        self.messages.page(self.owner, self.memory, &filter, order, request).await.unwrap()
    }

    /// All ids of a list, read by cursor, with the total that every page said.
    pub(crate) async fn list(&self, filter: MessageFilter, order: SortOrder) -> (Vec<MessageId>, u64) {
        let (mut ids, mut after) = (Vec::new(), None);
        loop {
            let page = self.page(filter, order, &request(1, 3, after)).await;
            assert!(page.total.is_exact);
            ids.extend(page.items.iter().map(|message| message.id));
            after = page.next;
            if after.is_none() {
                return (ids, page.total.count);
            }
        }
    }
}

pub(crate) fn request(page: u32, limit: u32, after: Option<MessageId>) -> PageRequest<MessageId> {
    let limit = app_domain::Limit::parse(limit).unwrap();
    PageRequest { number: app_domain::PageNumber::parse(page, limit).unwrap(), limit, after }
}
