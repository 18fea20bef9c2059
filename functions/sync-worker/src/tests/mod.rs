//! The worker on a real table: each message once, in order, whatever is delivered twice, late or broken.

use app_connectors::whatsapp::{Webhook, code_hash, sha256_hex};
use app_domain::{LinkCode, Memory, PendingPhone, PhoneNumber, Timestamp, UnclaimedMessage, UserId};
use app_store::{Inbox, Memories, Table, WhatsappLinks};
use app_testing::{event, table};
use aws_lambda_events::sqs::SqsEvent;
use serde_json::{Value, json};

use crate::{App, handle};

mod failing;
mod linking;
mod messages;

const PHONE: &str = "4915550002222";
const OTHER_PHONE: &str = "4915550003333";

struct Fixture {
    app: App,
    links: WhatsappLinks,
    memories: Memories,
    inbox: Inbox,
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_millis((1_795_000_000 + second) * 1000).unwrap()
}

fn phone(digits: &str) -> PhoneNumber {
    PhoneNumber::from_digits(digits).unwrap()
}

fn text(wamid: &str, from: &str, sent: i64, body: &str) -> Value {
    let timestamp = (1_795_000_000 + sent).to_string();
    json!({"from": from, "id": wamid, "timestamp": timestamp, "type": "text", "text": {"body": body}})
}

/// Messages as the queue hands them over, after they came through the webhook.
fn queued(messages: &[Value]) -> Value {
    let value = json!({"contacts": [{"profile": {"name": "Mara"}, "wa_id": PHONE}], "messages": messages});
    let call = json!({"entry": [{"changes": [{"field": "messages", "value": value}]}]});
    let webhook = Webhook::read(call.to_string().as_bytes(), at(60)).unwrap();
    let record = |(place, body, group): (usize, String, String)| json!({"messageId": format!("m{place}"), "body": body, "attributes": {"MessageGroupId": group}});
    let deliveries = webhook.deliveries.iter().enumerate();
    let records = deliveries.map(|(place, d)| record((place, d.to_body().unwrap(), d.sender_hash())));
    json!({"Records": records.collect::<Vec<_>>()})
}

impl Fixture {
    async fn new() -> Self {
        Self::on(table().await)
    }

    fn on(table: Table) -> Self {
        let vault = app_testing::vault(&table);
        Self {
            app: App::new(table.clone(), vault.clone()),
            links: WhatsappLinks::new(table.clone()),
            memories: Memories::new(table.clone(), vault),
            inbox: Inbox::new(table),
        }
    }

    /// Handles a batch; returns the ids that failed.
    async fn handle(&self, event: Value) -> Vec<String> {
        let event: SqsEvent = serde_json::from_value(event).unwrap();
        let answer = handle(&self.app, event, at(61)).await;
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
        assert_eq!(self.links.owner(&phone(digits)).await.unwrap(), Some(user));
        user
    }

    async fn memories_of(&self, user: UserId) -> Vec<Memory> {
        self.memories.newest(user, None, 100, usize::MAX).await.unwrap()
    }

    /// The words of a person's memories, newest first.
    async fn words_of(&self, user: UserId) -> Vec<String> {
        let memories = self.memories_of(user).await;
        memories.into_iter().map(|memory| memory.content.unwrap().text()).collect()
    }

    /// Whether the inbox has a message: it takes what it has not.
    async fn is_kept(&self, digits: &str, wamid: &str) -> bool {
        let (received_at, payload) = (at(60), String::new());
        let message =
            UnclaimedMessage { wamid: wamid.to_owned(), phone: phone(digits), received_at, payload };
        !self.inbox.keep(&message).await.unwrap()
    }
}
