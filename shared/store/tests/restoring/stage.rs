//! Somebody into whose account things are brought, and what they are.

use std::collections::BTreeMap;

use app_domain::{
    Attachment, Attachments, Category, CategoryDraft, CategoryName, Checksum, Content, ContentType, File,
    FileDraft, FileId, FileName, FileQuota, FileStatus, Memory, MemoryDraft, MemoryId, MemorySource,
    MemoryTitle, Message, MessageDraft, MessageFilter, MessageId, MessageText, MessageType, Metadata,
    PageRequest, Sha256, SortOrder, Tags, Timestamp, Upload, UserId,
};
use app_store::{
    Categories, Conversations, Facts, Files, Memories, Messages, Reminders, SavedSearches, Table,
};
use app_testing::{Meter, metered_table, vault};
use serde_json::json;
use uuid::{Builder, Uuid};

pub(crate) struct Stage {
    pub(crate) table: Table,
    pub(crate) meter: Meter,
    pub(crate) memories: Memories,
    pub(crate) messages: Messages,
    pub(crate) categories: Categories,
    pub(crate) files: Files,
    pub(crate) conversations: Conversations,
    pub(crate) facts: Facts,
    pub(crate) reminders: Reminders,
    pub(crate) searches: SavedSearches,
    pub(crate) owner: UserId,
}

pub(crate) const QUOTA: FileQuota = FileQuota { total_bytes: 1_000, file_bytes: 1_000 };

pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + millis).unwrap()
}

/// The same person whenever it is asked for.
pub(crate) fn owner() -> UserId {
    Uuid::from_u128(0x019a_0000_0000_7000_8000_0000_0000_0001).into()
}

/// The id of the message with this number: the same whenever it is asked for, and later for a greater number.
pub(crate) fn id(number: u64) -> MessageId {
    let millis = u64::try_from(at(0).as_millis()).unwrap() + number;
    Builder::from_unix_timestamp_millis(millis, &[7; 10]).into_uuid().into()
}

pub(crate) fn text(text: &str) -> MessageText {
    MessageText::parse(text).unwrap()
}

pub(crate) fn memory_titled(title: &str, millis: i64) -> Memory {
    let draft = MemoryDraft {
        title: MemoryTitle::parse(title).ok(),
        content: Content::parse(json!({"text": format!("What there is to say of {title}")})).ok(),
        tags: Tags::parse(&["sea", "日本"]).unwrap(),
        ..MemoryDraft::default()
    };
    let id: MemoryId = Uuid::from_u128(0x019a_0000_0000_7000_8000_0000_0001_0000 + millis as u128).into();
    Memory::new(id, owner(), MemorySource::Import, draft, at(millis)).unwrap()
}

/// Message `number` of a memory, saying so.
pub(crate) fn message(memory: MemoryId, number: u64, parent: Option<u64>) -> Message {
    let draft = MessageDraft {
        content: text(&format!("message {number}")),
        message_type: MessageType::Text,
        attachments: Attachments::default(),
        metadata: Metadata::default(),
        parent: parent.map(id),
        is_ai_generated: false,
        delivery: None,
    };
    Message::new(id(number), owner(), memory, draft, at(i64::try_from(number).unwrap()))
}

/// A file whose bytes are there, with a memory and a message.
pub(crate) fn file(memory: Option<MemoryId>, message: Option<MessageId>, number: u128) -> File {
    let draft = FileDraft {
        name: FileName::parse("map.png").unwrap(),
        content_type: ContentType::parse("image/png").unwrap(),
        size_bytes: 5,
        memory,
    };
    let id: FileId = Uuid::from_u128(0x019a_0000_0000_7000_8000_0000_0002_0000 + number).into();
    let sha256 = Sha256::parse(&"0".repeat(64)).unwrap();
    let file = File::new(id, owner(), draft, Upload::Single { sha256 }, at(0));
    let attached = memory.map(|memory| Attachment { memory, message });
    File { status: FileStatus::Ready, checksum: Some(Checksum::from(sha256)), attached, ..file }
}

pub(crate) fn category(name: &str) -> Category {
    let name = CategoryName::parse(name).unwrap();
    let draft = CategoryDraft { name, description: None, icon: None, color: None, sort_order: None };
    let id = Uuid::from_u128(0x019a_0000_0000_7000_8000_0000_0003_0000).into();
    Category { id, ..Category::new(owner(), draft, &[], at(0)) }
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let (table, meter) = metered_table().await;
        let vault = vault(&table);
        Self {
            memories: Memories::new(table.clone(), vault.clone()),
            messages: Messages::new(table.clone(), vault.clone()),
            categories: Categories::new(table.clone(), vault.clone()),
            files: Files::new(table.clone(), vault.clone()),
            conversations: Conversations::new(table.clone(), vault.clone()),
            facts: Facts::new(table.clone(), vault.clone()),
            reminders: Reminders::new(table.clone(), vault.clone()),
            searches: SavedSearches::new(table.clone(), vault),
            owner: owner(),
            meter,
            table,
        }
    }

    /// A memory that is there.
    pub(crate) async fn memory(&self) -> MemoryId {
        let memory = memory_titled("A trip", 0);
        self.memories.create(&memory).await.unwrap();
        memory.id
    }

    pub(crate) async fn get(&self, id: MemoryId) -> Memory {
        self.memories.get(self.owner, id).await.unwrap().unwrap()
    }

    /// Every message of a memory, the oldest first.
    pub(crate) async fn all(&self, memory: MemoryId) -> Vec<Message> {
        let request = |after| PageRequest {
            number: app_domain::PageNumber::default(),
            limit: app_domain::Limit::parse(100).unwrap(),
            after,
        };
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let everything = MessageFilter::default();
            let page = self
                .messages
                .page(self.owner, memory, &everything, SortOrder::Ascending, &request(after))
                .await
                .unwrap();
            all.extend(page.items);
            after = page.next;
            if after.is_none() {
                return all;
            }
        }
    }

    /// Whether everything that is known of a memory's messages is true of them.
    pub(crate) async fn audit(&self, memory: MemoryId) -> Vec<Message> {
        let all = self.all(memory).await;
        let summary = self.get(memory).await.messages;
        assert_eq!(summary.count, all.len() as u64);
        let newest: Vec<MessageId> = all.iter().rev().take(5).map(|message| message.id).collect();
        assert_eq!(summary.recent, newest);
        let mut replies: BTreeMap<MessageId, Vec<MessageId>> = BTreeMap::new();
        for message in &all {
            let Some(parent) = message.parent else { continue };
            let begins = all.iter().find(|other| other.id == parent).unwrap();
            assert_eq!(begins.parent, None, "threads are one level deep");
            replies.entry(parent).or_default().push(message.id);
        }
        let keys = self.meter.keys().await;
        for message in &all {
            let replies = replies.remove(&message.id).unwrap_or_default();
            assert_eq!(message.reply_count, replies.len() as u64, "{message:?}");
            let thread = format!(" THREAD#{}#", message.id);
            let listed: Vec<String> =
                keys.iter().filter_map(|key| key.split_once(&thread).map(|(_, id)| id.to_owned())).collect();
            assert_eq!(listed, replies.iter().map(ToString::to_string).collect::<Vec<_>>());
        }
        let threads = keys.iter().filter(|key| key.contains(" THREAD#")).count();
        assert_eq!(threads, all.iter().filter(|message| message.parent.is_some()).count());
        all
    }
}
