//! People who have something of everything.

use app_domain::{AnswerState, Turn};
use app_domain::{
    Attachments, Certainty, ContactId, Content, Conversation, ConversationTitle, FactSource, FactStatement,
    FactTerm, FileId, Memory, MemoryDraft, MemoryId, MemorySource, MemoryTitle, Message, MessageDraft,
    MessageId, MessageText, MessageType, Metadata, NewFact, PhoneNumber, Reminder, ReminderDraft,
    ReminderText, ReminderTime, SavedSearch, SavedSearchId, SavedSearchName, Sealing, Sender, StoreError,
    Tags, TokenHash, TurnAnswer, TurnText, UserId,
};
use app_store::{
    Conversations, Facts, Files, MemoPreferences, Memories, Messages, Reminders, SavedSearches,
    WhatsappContacts,
};
use app_testing::clock::at;
use app_testing::{ada, give_file, register, retitle};
use async_trait::async_trait;
use serde_json::{Value, json};

use crate::stage::Stage;

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

impl Stage {
    pub(crate) fn memories(&self) -> Memories {
        Memories::new(self.table.clone(), self.vault.clone())
    }

    pub(crate) fn messages(&self) -> Messages {
        Messages::new(self.table.clone(), self.vault.clone())
    }

    pub(crate) fn file_table(&self) -> Files {
        Files::new(self.table.clone(), self.vault.clone())
    }

    pub(crate) fn conversations(&self) -> Conversations {
        Conversations::new(self.table.clone(), self.vault.clone())
    }

    /// Makes the account.
    pub(crate) async fn register(&self) {
        register(&self.table, &ada(self.owner, at(0))).await;
    }

    /// A memory that was made so many milliseconds after the beginning.
    pub(crate) async fn memory(&self, title: &str, content: Value, millis: i64) -> Memory {
        let draft = MemoryDraft {
            title: Some(MemoryTitle::parse(title).unwrap()),
            content: Some(Content::parse(content).unwrap()),
            tags: Tags::parse(&["trip"]).unwrap(),
            metadata: Metadata::parse(json!({"client": {"n": millis}}).as_object().cloned().unwrap())
                .unwrap(),
            ..MemoryDraft::default()
        };
        let made = at(millis);
        let memory = Memory::new(MemoryId::new(made), self.owner, MemorySource::Web, draft, made).unwrap();
        self.memories().create(&memory).await.unwrap();
        memory
    }

    /// Another title for a memory.
    pub(crate) async fn retitled(&self, id: MemoryId, title: &str, millis: i64) -> Memory {
        retitle(&self.memories(), self.owner, id, title, at(millis)).await
    }

    pub(crate) async fn message(&self, memory: MemoryId, text: &str, millis: i64) -> MessageId {
        let message = self.unsent(memory, text, millis);
        self.messages().create(&message).await.unwrap();
        message.id
    }

    fn unsent(&self, memory: MemoryId, text: &str, millis: i64) -> Message {
        let draft = MessageDraft {
            content: MessageText::parse(text).unwrap(),
            message_type: MessageType::Text,
            attachments: Attachments::default(),
            metadata: Metadata::default(),
            parent: None,
            is_ai_generated: false,
            delivery: None,
        };
        let sent = at(millis);
        Message::new(MessageId::new(sent), self.owner, memory, draft, sent)
    }

    /// A memory that cannot be opened, older than all others, and a message of another that cannot be.
    pub(crate) async fn garbled(&self, memory: MemoryId) -> (MemoryId, MessageId) {
        let garbling = || Garbling(self.vault.clone());
        let draft = MemoryDraft { title: MemoryTitle::parse("Broken").ok(), ..MemoryDraft::default() };
        let broken =
            Memory::new(MemoryId::new(at(90)), self.owner, MemorySource::Web, draft, at(90)).unwrap();
        Memories::new(self.table.clone(), garbling()).create(&broken).await.unwrap();
        self.message(broken.id, "below it", 160).await;
        let messages = Messages::new(self.table.clone(), garbling());
        let message = self.unsent(memory, "broken", 170);
        messages.create(&message).await.unwrap();
        (broken.id, message.id)
    }

    /// A file whose bytes are there.
    pub(crate) async fn file(
        &self,
        name: &str,
        is: &str,
        bytes: Vec<u8>,
        memory: Option<MemoryId>,
        millis: i64,
    ) -> FileId {
        let files = (&self.file_table(), &self.files);
        give_file(files, self.owner, (name, is), bytes, memory, at(millis)).await
    }

    /// A conversation of a question and an answer.
    pub(crate) async fn conversation(&self, title: &str, millis: i64) -> Conversation {
        let title = ConversationTitle::of_any(title);
        let conversation = Conversation::new(self.owner, title, None, at(millis));
        let text = TurnText::parse("When was it?").unwrap();
        let asked = Turn::question(conversation.id, self.owner, None, text, at(millis));
        let answer = asked.answered(at(millis));
        self.conversations().begin(&conversation, &asked, &answer).await.unwrap();
        let said =
            TurnAnswer { state: AnswerState::Complete, text: "In May.".to_owned(), ..TurnAnswer::default() };
        self.conversations().settle(&answer.settled(said)).await.unwrap();
        conversation
    }

    /// Something of every kind: five memories, of which one has versions, one files and one messages.
    pub(crate) async fn furnish(&self) {
        self.register().await;
        let seal = || self.vault.clone();
        let named = |settings: &mut app_domain::MemoSettings| {
            settings.redaction = true;
            Ok::<_, ()>(())
        };
        MemoPreferences::new(self.table.clone(), seal()).change(self.owner, named).await.unwrap();
        let searches = SavedSearches::new(self.table.clone(), seal());
        for (number, name) in ["First", "Second", "Third"].into_iter().enumerate() {
            let made = at(number as i64);
            let search = SavedSearch {
                id: SavedSearchId::new(made),
                name: SavedSearchName::parse(name).unwrap(),
                search: json!({"q": "dentist"}).as_object().cloned().unwrap(),
                created_at: made,
                updated_at: made,
            };
            let add = |kept: &mut Vec<SavedSearch>| {
                kept.push(search.clone());
                Ok::<_, ()>(())
            };
            searches.change(self.owner, add).await.unwrap();
        }
        let conversation = self.conversation("Where was I?", 50).await;
        self.conversation("What else?", 60).await;
        self.facts(&conversation).await;

        let mut memories = Vec::new();
        for number in 0..5 {
            let content = json!({"text": "こんにちは \"quoted\" =1+1", "n": number});
            memories.push(self.memory(&format!("Memory {number}"), content, 100 + number).await);
        }
        for change in 0..3 {
            self.retitled(memories[1].id, &format!("Changed {change}"), 1_000 + change).await;
        }
        for number in 0..7 {
            self.message(memories[2].id, &format!("Message {number}"), 2_000 + number).await;
        }
        self.file("Plan A/B.txt", "text/plain", b"a plan ".repeat(1000), Some(memories[3].id), 3_000).await;
        self.file("photo.jpg", "image/jpeg", vec![0xff; 5000], Some(memories[3].id), 3_001).await;
        self.file("loose.pdf", "application/pdf", vec![7; 300], None, 3_002).await;

        let about = ReminderDraft {
            memory: Some(memories[0].id),
            text: ReminderText::parse("Call Ada").unwrap(),
            at: ReminderTime::ahead(at(90_000_000), at(0)).unwrap(),
        };
        let reminder = Reminder::new(self.owner, about, at(4_000));
        Reminders::new(self.table.clone(), seal()).create(&reminder).await.unwrap();
        let contact = ContactId::of_hash(TokenHash::of("grace").as_str()).unwrap();
        let sender = Sender { phone: PhoneNumber::parse("+4915550003333").ok(), ..Sender::default() };
        let contacts = WhatsappContacts::new(self.table.clone(), seal());
        contacts.named(self.owner, &contact, &sender, Some("Grace"), at(5_000)).await.unwrap();
    }

    async fn facts(&self, conversation: &Conversation) {
        let term = |text: &str| FactTerm::parse(text).unwrap();
        let found = ["Zürich", "Genoa"].map(|town| NewFact {
            statement: FactStatement::parse(&format!("They have been to {town}.")).unwrap(),
            subject: term("Ada"),
            attribute: term(&format!("trip to {town}")),
            value: term(town),
            certainty: Certainty::parse(0.9).unwrap(),
            source: FactSource {
                conversation: conversation.id,
                turn: conversation.leaf.unwrap_or_else(|| app_domain::TurnId::new(at(50))),
                said_at: at(50),
            },
            valid_from: None,
        });
        Facts::new(self.table.clone(), self.vault.clone()).merge(self.owner, &found, at(70)).await.unwrap();
    }
}
