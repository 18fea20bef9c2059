//! WhatsApp in a real table: who is linked, what arrives, what is said, and what each call costs.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up should stop right there")]

mod arrivals;
mod contacts;
mod cost;
mod links;
mod media;
mod sent;

use app_domain::{
    BusinessUserId, Chat, Content, LinkCode, Memory, MemoryDraft, MemoryId, MemorySource, Origin,
    PendingPhone, PhoneNumber, Recipient, Sender, Timestamp, TokenHash, UserId,
};
use app_store::{
    Arrival, AuditLog, Inbox, LinkedPerson, Memories, Messages, PendingChanges, Received, ReceivedFrom,
    SentMessages, WhatsappContacts, WhatsappLinks, WhatsappNumbers,
};
use app_testing::{Meter, metered_table, vault};
use serde_json::json;

/// Meta's id of the shared number.
const SHARED: &str = "700800900100200";
const ADA: &str = "4915550100001";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + seconds * 1_000).unwrap()
}

/// Where a request came from.
fn origin() -> Origin {
    Origin::new(None, Some("a test"))
}

fn phone(digits: &str) -> PhoneNumber {
    PhoneNumber::from_digits(digits).unwrap()
}

/// Somebody who writes; an empty text is what they hide.
fn sender(digits: &str, id: &str) -> Sender {
    Sender { phone: PhoneNumber::from_digits(digits), user_id: BusinessUserId::parse(id) }
}

fn chat(sender: &Sender) -> Chat {
    Chat { phone_number_id: SHARED.to_owned(), with: Recipient::of(sender).unwrap() }
}

/// A memory that a message became which was sent at a time.
fn memory(owner: UserId, words: &str, seconds: i64) -> Memory {
    let draft =
        MemoryDraft { content: Content::parse(json!({"text": words})).ok(), ..MemoryDraft::default() };
    let id = MemoryId::of_message(at(seconds), at(seconds), 1);
    Memory::new(id, owner, MemorySource::Whatsapp, draft, at(seconds)).unwrap()
}

/// A table with everything of WhatsApp's, under one vault.
struct Stage {
    meter: Meter,
    links: WhatsappLinks,
    memories: Memories,
    numbers: WhatsappNumbers,
    contacts: WhatsappContacts,
    changes: PendingChanges,
    sent: SentMessages,
    inbox: Inbox,
    audit: AuditLog,
    messages: Messages,
}

impl Stage {
    async fn new() -> Self {
        let (table, meter) = metered_table().await;
        let vault = vault(&table);
        Self {
            links: WhatsappLinks::new(table.clone()),
            memories: Memories::new(table.clone(), vault.clone()),
            numbers: WhatsappNumbers::new(table.clone(), vault.clone()),
            contacts: WhatsappContacts::new(table.clone(), vault.clone()),
            changes: PendingChanges::new(table.clone(), vault.clone()),
            sent: SentMessages::new(table.clone(), vault.clone()),
            inbox: Inbox::new(table.clone()),
            audit: AuditLog::new(table.clone()),
            messages: Messages::new(table, vault),
            meter,
        }
    }

    /// Gives out a code for a phone.
    async fn offered(&self, user: UserId, digits: &str, code: &str) -> TokenHash {
        let code = TokenHash::from_hex(code.to_owned());
        let pending = PendingPhone { phone: phone(digits), expires_at: at(0).plus(LinkCode::LIFETIME) };
        self.links.offer(user, &pending, &code).await.unwrap();
        code
    }

    /// Links somebody who proves a phone.
    async fn linked(&self, user: UserId, who: &Sender) -> LinkedPerson {
        let digits = who.phone.as_ref().unwrap().digits();
        let unique = MemoryId::new(at(0));
        let code = self.offered(user, digits, &unique.to_string()).await;
        let wamid = format!("wamid.link.{unique}");
        let confirmed = self.links.confirm(who, &chat(who), &code, &wamid, at(0)).await.unwrap();
        assert_eq!(confirmed, Some(user));
        self.links.person(who).await.unwrap().unwrap()
    }

    /// Whose messages a sender's are.
    async fn owner(&self, who: &Sender) -> Option<UserId> {
        self.links.person(who).await.unwrap().map(|person| person.user)
    }

    /// Saves a message of a person.
    async fn received(&self, memory: &Memory, wamid: &str, person: &LinkedPerson, who: &Sender) -> Arrival {
        let chat = chat(who);
        let from = ReceivedFrom::Person { person, sender: who, chat: Some(&chat) };
        self.memories.receive(memory, &Received { wamid, from, now: at(60) }).await.unwrap()
    }
}
