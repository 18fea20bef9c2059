//! The worker on a real table: each message once, in order, whatever is delivered twice, late or broken.

use std::collections::BTreeMap;

use app_connectors::whatsapp::{Webhook, code_hash, sha256_hex};
use app_domain::{
    BusinessUserId, LinkCode, Memory, Outgoing, OutgoingTask, PendingPhone, PhoneNumber, Phrase, Sender,
    Timestamp, UnclaimedMessage, UserId,
};
use app_runtime::{OutboundQueue, Queue};
use app_store::{
    Categories, Inbox, Memories, Messages, PendingChanges, SentMessages, Table, WhatsappContacts,
    WhatsappLinks, WhatsappNumbers,
};
use app_testing::{PlayedQueue, event, table};
use aws_lambda_events::sqs::SqsEvent;
use serde_json::{Value, json};

use crate::{App, Queues, handle};

mod changes;
mod commands;
mod contacts;
mod dying;
mod events;
mod failing;
mod groups;
mod linking;
mod media;
mod messages;
mod news;
mod replies;
mod shuffled;
mod strangers;

const PHONE: &str = "4915550002222";
const OTHER_PHONE: &str = "4915550003333";
/// The number that everybody can write to, and its id.
const BUSINESS: &str = "4915550001111";
const SHARED: &str = "700800900100200";

struct Fixture {
    app: App,
    links: WhatsappLinks,
    numbers: WhatsappNumbers,
    contacts: WhatsappContacts,
    memories: Memories,
    messages: Messages,
    categories: Categories,
    pending: PendingChanges,
    sent: SentMessages,
    inbox: Inbox,
    media: PlayedQueue,
    outbound: PlayedQueue,
    chores: PlayedQueue,
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_millis((1_795_000_000 + second) * 1000).unwrap()
}

fn phone(digits: &str) -> PhoneNumber {
    PhoneNumber::from_digits(digits).unwrap()
}

fn sender(digits: &str) -> Sender {
    Sender { phone: Some(phone(digits)), user_id: None }
}

/// A message of any type, sent at a second.
fn message(wamid: &str, from: &str, sent: i64, kind: &str, content: Value) -> Value {
    let timestamp = (1_795_000_000 + sent).to_string();
    let mut message = json!({"from": from, "id": wamid, "timestamp": timestamp, "type": kind});
    message[kind] = content;
    message
}

fn text(wamid: &str, from: &str, sent: i64, body: &str) -> Value {
    message(wamid, from, sent, "text", json!({"body": body}))
}

fn image(wamid: &str, from: &str, sent: i64, caption: &str) -> Value {
    let image = json!({"id": "8800", "mime_type": "image/jpeg", "sha256": "abc", "caption": caption});
    message(wamid, from, sent, "image", image)
}

/// Messages as the queue hands them over, after they came through the webhook.
fn queued(messages: &[Value]) -> Value {
    queued_at(messages, 60)
}

fn queued_at(messages: &[Value], received: i64) -> Value {
    let contacts = json!([{"profile": {"name": "Mara"}, "wa_id": PHONE}]);
    let value = json!({"metadata": metadata(BUSINESS, SHARED), "contacts": contacts, "messages": messages});
    records("messages", &value, received)
}

fn metadata(display: &str, id: &str) -> Value {
    json!({"display_phone_number": display, "phone_number_id": id})
}

/// A change of any field as the queue hands over what it holds.
fn records(field: &str, value: &Value, received: i64) -> Value {
    let call = json!({"entry": [{"id": "900100200300500", "changes": [{"field": field, "value": value}]}]});
    let webhook = Webhook::read(call.to_string().as_bytes(), at(received)).unwrap();
    let updates = webhook.updates.iter().enumerate();
    let records = updates.map(|(place, update)| {
        let attributes = json!({"MessageGroupId": update.group()});
        json!({"messageId": format!("m{place}"), "body": update.to_body().unwrap(), "attributes": attributes})
    });
    json!({"Records": records.collect::<Vec<_>>()})
}

impl Fixture {
    async fn new() -> Self {
        Self::on(table().await)
    }

    fn on(table: Table) -> Self {
        let vault = app_testing::vault(&table);
        let queues = [PlayedQueue::default(), PlayedQueue::default(), PlayedQueue::default()];
        let [media, outbound, chores] = queues;
        let queues = Queues {
            media: Queue::new(PlayedQueue::URL, media.client()),
            outbound: OutboundQueue::new(PlayedQueue::URL, outbound.client()),
            chores: Queue::new(PlayedQueue::URL, chores.client()),
        };
        Self {
            app: App::new(&table, vault.clone(), queues, Some(SHARED.to_owned())),
            links: WhatsappLinks::new(table.clone()),
            numbers: WhatsappNumbers::new(table.clone(), vault.clone()),
            contacts: WhatsappContacts::new(table.clone(), vault.clone()),
            memories: Memories::new(table.clone(), vault.clone()),
            messages: Messages::new(table.clone(), vault.clone()),
            categories: Categories::new(table.clone(), vault.clone()),
            pending: PendingChanges::new(table.clone(), vault.clone()),
            sent: SentMessages::new(table.clone(), vault),
            inbox: Inbox::new(table),
            media,
            outbound,
            chores,
        }
    }

    /// Handles a batch; returns the ids that failed.
    async fn handle(&self, event: Value) -> Vec<String> {
        self.handle_at(event, at(61)).await
    }

    async fn handle_at(&self, event: Value, now: Timestamp) -> Vec<String> {
        let event: SqsEvent = serde_json::from_value(event).unwrap();
        let answer = handle(&self.app, event, now).await;
        answer.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
    }

    async fn deliver(&self, messages: &[Value]) {
        assert_eq!(self.handle(queued(messages)).await, Vec::<String>::new());
    }

    /// Gives out a code for a phone that can be used until a second.
    async fn offer(&self, user: UserId, digits: &str, until: i64) -> String {
        let random = user.as_uuid().as_bytes()[11..].try_into().unwrap();
        let code = LinkCode::from_random(random);
        let pending = PendingPhone { phone: phone(digits), expires_at: at(until) };
        self.links.offer(user, &pending, &code_hash(&code)).await.unwrap();
        code.shown()
    }

    /// A person who has linked a phone.
    async fn linked(&self, digits: &str) -> UserId {
        let user = UserId::new(at(0));
        let code = self.offer(user, digits, 1000).await;
        self.deliver(&[text(&format!("wamid.link.{user}"), digits, 0, &code)]).await;
        assert_eq!(self.owner(digits).await, Some(user));
        assert!(self.said().contains(&OutgoingTask::Say { phrase: Phrase::Linked }));
        self.chores.take();
        user
    }

    async fn owner(&self, digits: &str) -> Option<UserId> {
        self.links.person(&sender(digits)).await.unwrap().map(|person| person.user)
    }

    async fn memories_of(&self, user: UserId) -> Vec<Memory> {
        self.memories.newest(user, None, 1000, usize::MAX).await.unwrap()
    }

    /// The words of a person's memories, newest first.
    async fn words_of(&self, user: UserId) -> Vec<String> {
        let memories = self.memories_of(user).await;
        memories.into_iter().map(|memory| memory.content.unwrap().text()).collect()
    }

    /// The content of the one memory that a person has.
    async fn content_of(&self, user: UserId) -> Value {
        let [memory] = &self.memories_of(user).await[..] else { panic!("one memory") };
        memory.content.as_ref().unwrap().value().clone()
    }

    /// What was asked to be said, each key once, as the worker behind the queue says it.
    fn outgoing(&self) -> Vec<Outgoing> {
        let mut seen = BTreeMap::new();
        let asked = self.outbound.take().into_iter().map(|sent| serde_json::from_value(sent).unwrap());
        asked.filter(|one: &Outgoing| seen.insert(one.key.to_string(), ()).is_none()).collect()
    }

    fn said(&self) -> Vec<OutgoingTask> {
        self.outgoing().into_iter().map(|outgoing| outgoing.task).collect()
    }

    /// Whether the inbox has a message: it takes what it has not.
    async fn is_kept(&self, digits: &str, wamid: &str) -> bool {
        let (received_at, payload) = (at(60), String::new());
        let message =
            UnclaimedMessage { wamid: wamid.to_owned(), phone: phone(digits), received_at, payload };
        !self.inbox.keep(&message).await.unwrap()
    }
}
