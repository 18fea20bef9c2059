//! A person with a linked phone, and what is around the worker.

use std::sync::Arc;
use std::time::Duration;

use app_ai::BuiltIn;
use app_connectors::graph::{Graph, GraphConfig};
use app_domain::{
    Chat, Content, DeliveryState, Memory, MemoryDraft, MemoryId, MemorySource, MemoryTitle, Message,
    MessageDelivery, MessageDraft, MessageId, MessageText, MessageType, Outgoing, OutgoingKey, OutgoingTask,
    PendingPhone, PhoneNumber, Recipient, Role, SecretToken, Sender, Timestamp, User, UserId,
};
use app_index::{Embedders, Finder, TableVectors};
use app_memo::{Accounts, Memo, Minds};
use app_runtime::Queue;
use app_store::{
    Conversations, Exports, Interactions, Memories, Messages, SearchBucket, SentMessages, StatusNews, Users,
    Vectors, WhatsappLinks,
};
use app_testing::graph::{FakeGraph, Sent};
use app_testing::{Log, Meter, PlayedBucket, PlayedQueue, VECTOR_INDEX, metered_table, register, vault};
use aws_lambda_events::sqs::SqsEvent;
use outbound_worker::{App, handle};
use serde_json::{Value, json};

use crate::queue::{PlayedHolds, queued};

pub(crate) const PHONE: &str = "4915550002222";
/// The message that is answered.
pub(crate) const WAMID: &str = "wamid.W10";

/// So many seconds after the message of the events came in.
pub(crate) fn at(second: u64) -> Timestamp {
    Timestamp::from_millis(1_795_000_020_000).unwrap().plus(Duration::from_secs(second))
}

/// Ada, as the events know her.
pub(crate) fn ada() -> UserId {
    "01a1e013-5c80-7b4e-9d3a-5a1f0c2b7e11".parse().unwrap()
}

pub(crate) fn chat() -> Chat {
    let with = Recipient::Phone(PhoneNumber::from_digits(PHONE).unwrap());
    Chat { phone_number_id: FakeGraph::NUMBER.to_owned(), with }
}

/// Something to answer to a message of Ada's, asked for at the time zero. Each number has a key of its own.
pub(crate) fn answer(number: u8, task: OutgoingTask) -> Outgoing {
    let key = OutgoingKey::answer(&format!("{number:02x}").repeat(32));
    let answers = Some(WAMID.to_owned());
    Outgoing { key, chat: chat(), owner: Some(ada()), answers, asked_at: at(0), task }
}

pub(crate) fn ask(number: u8, question: &str) -> Outgoing {
    answer(number, OutgoingTask::Ask { question: question.to_owned() })
}

pub(crate) fn find(number: u8, words: &str) -> Outgoing {
    answer(number, OutgoingTask::Find { words: words.to_owned() })
}

pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) graph: FakeGraph,
    pub(crate) holds: PlayedHolds,
    pub(crate) jobs: PlayedQueue,
    pub(crate) meter: Meter,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::of(Role::Premium).await
    }

    /// With Ada in this role, her phone linked at the time zero.
    pub(crate) async fn of(role: Role) -> Self {
        Log::keep();
        let (table, meter) = metered_table().await;
        let user = User { role, tier: role.tier(), ..app_testing::ada(ada(), at(0)) };
        register(&table, &user).await;
        let (vault, bucket) = (vault(&table), PlayedBucket::default().client());
        let bucket = SearchBucket::new("search", move || bucket.clone(), vault.clone());
        let embedders = Arc::new(Embedders::of(Arc::new(BuiltIn)));
        let vectors = Vectors::new(table.clone(), VECTOR_INDEX, embedders.name());
        let vectors = Arc::new(TableVectors::new(vectors, embedders.dimensions()));
        let finder = Arc::new(Finder::new(&table, vault.clone(), bucket, 64 << 20, embedders, vectors));
        let budgets = r#"{"free": {"tokensPerDay": null, "costPerDay": null}, "premium": {"tokensPerDay": null, "costPerDay": null}}"#;
        let interactions = Interactions::new(table.clone());
        let accounts = Accounts::new(interactions, "{}".parse().unwrap(), budgets.parse().unwrap());
        let (graph, holds, jobs) = (FakeGraph::start(), PlayedHolds::default(), PlayedQueue::default());
        graph.open_windows();
        graph.change(|rules| rules.pair_pause = Duration::ZERO);
        let config = GraphConfig { base_url: graph.base_url(), version: FakeGraph::VERSION.to_owned() };
        let clock = || at(2);
        let app = App {
            memo: Memo::new(
                &table,
                vault.clone(),
                Arc::clone(&finder),
                Minds::of(Vec::new(), false),
                accounts,
                clock,
            ),
            finder,
            sent: SentMessages::new(table.clone(), vault.clone()),
            links: WhatsappLinks::new(table.clone()),
            users: Users::new(table.clone()),
            memories: Memories::new(table.clone(), vault.clone()),
            messages: Messages::new(table.clone(), vault.clone()),
            conversations: Conversations::new(table.clone(), vault.clone()),
            exports: Exports::new(table, vault),
            export_limits: "free=2GB/7d,premium=60GB/30d".parse().unwrap(),
            jobs: Queue::new(PlayedQueue::URL, jobs.client()),
            graph: Graph::new(config).unwrap().patience(Duration::from_secs(5), Duration::from_secs(5)),
            token: Some(Arc::new(|| Box::pin(async { Ok(FakeGraph::TOKEN.to_owned()) }))),
            template: None,
            holds: holds.holds(),
        };
        let stage = Self { app, graph, holds, jobs, meter };
        stage.link(PHONE).await;
        stage
    }

    /// Links a phone of Ada's.
    pub(crate) async fn link(&self, digits: &str) {
        let phone = PhoneNumber::from_digits(digits).unwrap();
        let sender = Sender { phone: Some(phone.clone()), user_id: None };
        let chat = Chat { with: Recipient::Phone(phone.clone()), ..chat() };
        let code = SecretToken::generate().unwrap().hash();
        self.app.links.offer(ada(), &PendingPhone { phone, expires_at: at(60) }, &code).await.unwrap();
        let wamid = format!("wamid.CODE{digits}");
        let linked = self.app.links.confirm(&sender, &chat, &code, &wamid, at(0)).await.unwrap();
        assert_eq!(linked, Some(ada()));
    }

    /// Saves a memory of Ada's.
    pub(crate) async fn save(&self, title: &str, text: &str) -> MemoryId {
        let draft = MemoryDraft {
            title: MemoryTitle::parse(title).ok(),
            content: Content::parse(json!({"text": text})).ok(),
            ..MemoryDraft::default()
        };
        self.save_as(MemoryId::new(at(0)), draft).await
    }

    pub(crate) async fn save_as(&self, id: MemoryId, draft: MemoryDraft) -> MemoryId {
        let memory = Memory::new(id, ada(), MemorySource::Whatsapp, draft, at(0)).unwrap();
        self.app.memories.create(&memory).await.unwrap();
        id
    }

    /// Posts a message for the chat, under a new memory.
    pub(crate) async fn post(&self, text: &str) -> Outgoing {
        let memory = self.save("Trip", "To Porto.").await;
        self.post_as(memory, MessageId::new(at(0)), text).await
    }

    pub(crate) async fn post_as(&self, memory: MemoryId, id: MessageId, text: &str) -> Outgoing {
        let draft = MessageDraft {
            content: MessageText::parse(text).unwrap(),
            message_type: MessageType::Text,
            attachments: Default::default(),
            metadata: Default::default(),
            parent: None,
            is_ai_generated: false,
            delivery: Some(MessageDelivery::queued(at(0))),
        };
        let message = Message::new(id, ada(), memory, draft, at(0));
        self.app.messages.create(&message).await.unwrap();
        let task = OutgoingTask::Post { memory, message: id };
        Outgoing { key: OutgoingKey::post(id), answers: None, ..answer(0, task) }
    }

    /// How far a posted message has come, and why not further.
    pub(crate) async fn delivery(&self, post: &Outgoing) -> (DeliveryState, Option<String>) {
        let OutgoingTask::Post { memory, message } = post.task else { panic!("{post:?} is no post") };
        let message = self.app.messages.get(ada(), memory, message).await.unwrap();
        let delivery = message.delivery.unwrap();
        (delivery.state, delivery.reason)
    }

    /// Handles a batch; returns the ids that come again.
    pub(crate) async fn handle(&self, event: Value, now: Timestamp) -> Vec<String> {
        let event: SqsEvent = serde_json::from_value(event).unwrap();
        let answer = handle(&self.app, event, now).await;
        answer.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
    }

    /// Handles one thing to say, that comes for the first time; whether it is dealt with.
    pub(crate) async fn say(&self, outgoing: &Outgoing) -> bool {
        self.receive(outgoing, 1, 1).await
    }

    /// The same, that comes so many times, at this second.
    pub(crate) async fn receive(&self, outgoing: &Outgoing, receives: u32, second: u64) -> bool {
        self.handle(queued(std::slice::from_ref(outgoing), receives), at(second)).await.is_empty()
    }

    /// What the phone has got.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.graph.outbox().into_iter().map(|sent| sent.text).collect()
    }

    /// The only message that the phone has got.
    pub(crate) fn only(&self) -> Sent {
        let outbox = self.graph.outbox();
        assert_eq!(outbox.len(), 1, "{outbox:?}");
        outbox.into_iter().next().unwrap()
    }

    /// WhatsApp reports that the messages of a key were sent.
    pub(crate) async fn report(&self, key: &OutgoingKey, second: u64) {
        for sent in self.graph.outbox().iter().filter(|sent| sent.key.as_deref() == Some(key.as_str())) {
            let news = StatusNews {
                wamid: &sent.wamid,
                key: Some(key),
                state: DeliveryState::Sent,
                at: at(second),
                error: None,
            };
            self.app.sent.status(&news).await.unwrap();
        }
    }
}
