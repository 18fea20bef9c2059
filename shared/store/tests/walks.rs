//! Walks go on where they were, at the cost of what they read, past what is gone and what cannot be read.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

use app_domain::{
    Attachments, Memory, MemoryDraft, MemoryId, MemorySource, MemoryTitle, Message, MessageDraft, MessageId,
    MessageText, MessageType, Metadata, Sealing, StoreError, Timestamp, UserId,
};
use app_store::{Memories, Messages, Portion, Table, WalkPosition};
use app_testing::{metered_table, vault};
use async_trait::async_trait;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + millis).unwrap()
}

/// What is sealed by it cannot be opened.
#[derive(Clone)]
struct Garbling<S>(S);

#[async_trait]
impl<S: Sealing> Sealing for Garbling<S> {
    async fn seal(&self, owner: UserId, record: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.0.seal(owner, &format!("not {record}"), plain).await
    }

    async fn open(&self, owner: UserId, record: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.0.open(owner, record, sealed).await
    }

    async fn fingerprint(&self, owner: UserId, text: &str) -> Result<String, StoreError> {
        self.0.fingerprint(owner, text).await
    }
}

async fn remember(memories: &Memories, owner: UserId, millis: i64) -> MemoryId {
    let draft = MemoryDraft { title: MemoryTitle::parse("A trip").ok(), ..MemoryDraft::default() };
    let made = at(millis);
    let memory = Memory::new(MemoryId::new(made), owner, MemorySource::Web, draft, made).unwrap();
    memories.create(&memory).await.unwrap();
    memory.id
}

async fn send(messages: &Messages, owner: UserId, memory: MemoryId, millis: i64) -> MessageId {
    let draft = MessageDraft {
        content: MessageText::parse(&format!("Message {millis}")).unwrap(),
        message_type: MessageType::Text,
        attachments: Attachments::default(),
        metadata: Metadata::default(),
        parent: None,
        is_ai_generated: false,
        delivery: None,
    };
    let message = Message::new(MessageId::new(at(millis)), owner, memory, draft, at(millis));
    messages.create(&message).await.unwrap();
    message.id
}

fn ids<T>(portion: &Portion<T>) -> Vec<String> {
    portion.items.iter().map(|item| item.at.as_str().to_owned()).collect()
}

struct Stage {
    memories: Memories,
    messages: Messages,
    owner: UserId,
}

impl Stage {
    fn on(table: Table) -> Self {
        let vault = vault(&table);
        let memories = Memories::new(table.clone(), vault.clone());
        let messages = Messages::new(table, vault);
        Self { memories, messages, owner: UserId::new(at(0)) }
    }
}

#[tokio::test]
async fn a_walk_reads_each_message_once_and_costs_its_portions() {
    let (table, meter) = metered_table().await;
    let stage = Stage::on(table);
    let memory = remember(&stage.memories, stage.owner, 0).await;
    let mut sent = Vec::new();
    for millis in 1..=45 {
        sent.push(send(&stage.messages, stage.owner, memory, millis).await.to_string());
    }
    meter.take();
    let (mut found, mut after, mut portions) = (Vec::new(), None, 0);
    loop {
        let portion = stage.messages.walk_on(stage.owner, memory, after.as_ref(), 20).await.unwrap();
        portions += 1;
        assert!(portion.items.iter().all(|item| item.read.is_some()));
        found.extend(ids(&portion));
        after = portion.items.last().map(|item| item.at.clone());
        if portion.is_last {
            break;
        }
    }
    assert_eq!((found, portions), (sent, 3), "the oldest first");
    let cost = meter.take();
    assert_eq!(cost.of("Query"), 3);
    assert!(cost.reads <= 12.0, "{}", cost.reads);
}

#[tokio::test]
async fn a_walk_goes_on_behind_what_is_gone_and_the_newest_memory_comes_first() {
    let stage = Stage::on(app_testing::table().await);
    let mut made = Vec::new();
    for millis in 0..4 {
        made.push(remember(&stage.memories, stage.owner, millis).await);
    }
    let first = stage.memories.walk_on(stage.owner, None, 2).await.unwrap();
    assert_eq!(ids(&first), [made[3].to_string(), made[2].to_string()]);
    stage.memories.trash(stage.owner, made[2], None, at(10)).await.unwrap();
    let after = WalkPosition::behind(made[2]);
    assert_eq!(first.items[1].at, after);
    let rest = stage.memories.walk_on(stage.owner, Some(&after), 10).await.unwrap();
    assert_eq!((ids(&rest), rest.is_last), (vec![made[1].to_string(), made[0].to_string()], true));
}

#[tokio::test]
async fn what_cannot_be_read_is_named_among_the_others() {
    let table = app_testing::table().await;
    let (vault, owner) = (vault(&table), UserId::new(at(0)));
    let memories = Memories::new(table.clone(), vault.clone());
    let garbled = Memories::new(table, Garbling(vault));
    let first = remember(&memories, owner, 0).await;
    let broken = remember(&garbled, owner, 1).await;
    let last = remember(&memories, owner, 2).await;
    let portion = memories.walk_on(owner, None, 10).await.unwrap();
    let found: Vec<(&str, bool)> =
        portion.items.iter().map(|item| (item.at.as_str(), item.read.is_some())).collect();
    let [first, broken, last] = [first, broken, last].map(|id| id.to_string());
    assert_eq!(found, [(last.as_str(), true), (broken.as_str(), false), (first.as_str(), true)]);
}
