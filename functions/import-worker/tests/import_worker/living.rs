//! Lives that are lived: everything is done through the store, as people do it.

use std::cell::Cell;

use app_domain::{
    AnswerState, Attachments, Category, CategoryDraft, CategoryId, CategoryName, CategoryPatch, Certainty,
    Cited, Content, Conversation, ConversationId, ConversationTitle, DeliveryState, Fact, FactId, FactSource,
    FactStatement, FactStatus, FactTerm, FileId, Instructions, KeptCategories, LanguageTag, MediaKind,
    MediaSource, MemoSettings, Memory, MemoryDraft, MemoryId, MemoryMedia, MemoryPatch, MemorySource,
    MemoryTitle, Message, MessageDelivery, MessageDraft, MessageId, MessagePatch, MessageText, MessageType,
    Metadata, NewFact, Patch, Privacy, Reminder, ReminderDraft, ReminderText, ReminderTime, RunningSummary,
    SavedSearch, SavedSearchId, SavedSearchName, Tags, Timestamp, TranscriptState, Turn, TurnAnswer,
    TurnText, Version,
};
use app_store::{Conversations, DueReminder, Facts, MemoPreferences, Precedence, Reminders, SavedSearches};
use app_testing::{PlayedBucket, give_file};
use data_encoding::BASE64URL_NOPAD;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::archives::PNG;
use crate::lives::{Change, Known, Life, Noted, Reminded, Sent, Talked};
use crate::stage::{Stage, at};

/// A person who does things, one after the other.
pub(crate) struct Person<'a> {
    stage: &'a Stage,
    /// Where the bytes of their files are.
    files: &'a PlayedBucket,
    seconds: Cell<i64>,
}

/// The first of the texts that is one, and something else otherwise.
fn parsed<T, E: std::fmt::Debug>(text: &str, parse: impl Fn(&str) -> Result<T, E>) -> T {
    parse(text).or_else(|_| parse("x")).unwrap()
}

fn one<T: Copy>(index: Option<&Index>, all: &[T]) -> Option<T> {
    index.filter(|_| !all.is_empty()).map(|index| *index.get(all))
}

fn sealed() -> Value {
    let header = json!({"alg": "dir", "enc": "A256GCM"}).to_string();
    let [header, nonce, text, tag] =
        [header.into_bytes(), vec![2; 12], vec![3; 9], vec![4; 16]].map(|part| BASE64URL_NOPAD.encode(&part));
    json!({"jwe": format!("{header}..{nonce}.{text}.{tag}")})
}

impl<'a> Person<'a> {
    pub(crate) fn new(stage: &'a Stage, files: &'a PlayedBucket) -> Self {
        Self { stage, files, seconds: Cell::new(-100_000) }
    }

    /// A second later.
    fn later(&self) -> Timestamp {
        self.seconds.set(self.seconds.get() + 1);
        at(self.seconds.get())
    }

    pub(crate) async fn live(&self, life: &Life) {
        let (stage, owner) = (self.stage, self.stage.owner);
        let categories = self.file_away(life).await;
        for (number, (name, category)) in life.searches.iter().enumerate() {
            let made = self.later();
            let mut search = json!({"q": name, "mode": "semantic"});
            if let Some(category) = one(category.as_ref(), &categories) {
                search["categoryId"] = json!(category);
            }
            let search = SavedSearch {
                id: SavedSearchId::new(made),
                name: parsed(&format!("{number} {name}"), SavedSearchName::parse),
                search: search.as_object().cloned().unwrap(),
                created_at: made,
                updated_at: self.later(),
            };
            let add = |kept: &mut Vec<SavedSearch>| {
                kept.push(search.clone());
                Ok::<_, ()>(())
            };
            SavedSearches::new(stage.table.clone(), stage.vault.clone()).change(owner, add).await.unwrap();
        }
        let mut memories = Vec::new();
        for noted in &life.memories {
            memories.push(self.note(noted, &categories).await);
        }
        for size in &life.loose {
            self.file(*size, None).await;
        }
        for talked in &life.talks {
            self.talk(talked, &memories).await;
        }
        self.learn(&life.facts).await;
        for reminded in &life.reminders {
            self.remind(reminded, &memories).await;
        }
    }

    /// Categories and settings.
    async fn file_away(&self, life: &Life) -> Vec<CategoryId> {
        let (stage, owner) = (self.stage, self.stage.owner);
        for (number, (name, is_changed)) in life.categories.iter().enumerate() {
            let name = parsed(&format!("{number} {name}"), CategoryName::parse);
            let draft = CategoryDraft { name, description: None, icon: None, color: None, sort_order: None };
            let category = Category::new(owner, draft, &[], self.later());
            stage.categories.create(&category).await.unwrap();
            if *is_changed {
                let patch = CategoryPatch { sort_order: Some(7), ..CategoryPatch::default() };
                stage.categories.patch(owner, category.id, None, &patch, self.later()).await.unwrap();
            }
        }
        let all = stage.categories.all(owner).await.unwrap();
        if life.renames {
            let name = CategoryName::parse("Renamed").ok();
            let patch = CategoryPatch { name, ..CategoryPatch::default() };
            let given = all.iter().find(|category| category.is_default).unwrap();
            stage.categories.patch(owner, given.id, None, &patch, self.later()).await.unwrap();
        }
        let ids: Vec<CategoryId> = all.into_iter().map(|category| category.id).collect();
        let (flags, kept, instructions) = &life.settings;
        let settings = MemoSettings {
            external_models: flags[0],
            redaction: flags[1],
            confirm_writes: flags[2],
            extract_facts: flags[3],
            kept_categories: KeptCategories::parse(kept.iter().map(|kept| *kept.get(&ids))).unwrap(),
            answer_language: flags[4].then(|| LanguageTag::parse("zh-Hant-TW").unwrap()),
            instructions: Instructions::parse(instructions).ok(),
        };
        let set = |there: &mut MemoSettings| {
            *there = settings.clone();
            Ok::<_, ()>(())
        };
        MemoPreferences::new(stage.table.clone(), stage.vault.clone()).change(owner, set).await.unwrap();
        ids
    }

    async fn note(&self, noted: &Noted, categories: &[CategoryId]) -> MemoryId {
        let (stage, owner, made) = (self.stage, self.stage.owner, self.later());
        let content = match noted.privacy {
            Privacy::Sealed => sealed(),
            _ => json!({"text": noted.text, "n": made.as_millis()}),
        };
        let draft = MemoryDraft {
            title: MemoryTitle::parse(&noted.title).ok(),
            content: Content::parse(content).ok(),
            category: one(noted.category.as_ref(), categories),
            tags: Tags::parse(&["trip", "年"]).unwrap(),
            metadata: Metadata::parse(json!({"client": [1.5, noted.text]}).as_object().cloned().unwrap())
                .unwrap(),
            is_favorite: noted.marks[0],
            is_archived: noted.marks[1],
            privacy: noted.privacy,
            ..MemoryDraft::default()
        };
        let memory = Memory::new(MemoryId::new(made), owner, MemorySource::Web, draft, made).unwrap();
        let source =
            MediaSource { media_id: String::new(), phone_number_id: None, sha256: None, received_at: made };
        let media = MemoryMedia::pending(MediaKind::Voice, Some("audio/ogg".to_owned()), None, source);
        let transcript = Some(TranscriptState::Failed);
        let media = noted.marks[2].then(|| MemoryMedia { transcript, ..media.failed("It was gone.") });
        let id = memory.id;
        stage.memories.create(&Memory { media, ..memory }).await.unwrap();
        for change in &noted.changes {
            self.change(id, change, categories).await;
        }
        let mut files = Vec::new();
        for size in &noted.files {
            files.push(self.file(*size, Some(id)).await);
        }
        let mut said: Vec<Message> = Vec::new();
        for sent in &noted.messages {
            said.push(self.send(id, sent, &said, &mut files).await);
        }
        for (message, sent) in said.iter().zip(&noted.messages) {
            if sent.marks[2] {
                let patch = MessagePatch {
                    content: MessageText::parse("Said otherwise.").ok(),
                    ..MessagePatch::default()
                };
                stage.messages.patch(owner, id, message.id, None, &patch, self.later()).await.unwrap();
            }
            if sent.marks[3] {
                stage.messages.delete(owner, id, message.id, None, self.later()).await.unwrap();
            }
        }
        if noted.marks[3] {
            stage.memories.trash(owner, id, None, self.later()).await.unwrap();
        }
        id
    }

    async fn change(&self, id: MemoryId, change: &Change, categories: &[CategoryId]) {
        let mut patch = MemoryPatch::default();
        match change {
            Change::Title(title) => patch.title = Patch::Set(parsed(title, MemoryTitle::parse)),
            Change::Favourite => patch.is_favorite = Patch::Set(true),
            Change::Internal => patch.privacy = Patch::Set(Privacy::Internal),
            Change::Filed(category) => patch.category = Patch::Set(*category.get(categories)),
            Change::Sealed => {
                let mut content = sealed();
                (content["text"], content["n"]) = (Value::Null, Value::Null);
                patch.content = Patch::Set(content);
                patch.privacy = Patch::Set(Privacy::Sealed);
            }
        }
        let now = self.later();
        let patched = |memory: Memory| match (memory.privacy, change) {
            // What is sealed stays so.
            (Privacy::Sealed, Change::Internal | Change::Sealed) => Ok(memory),
            _ => memory.patched(patch.clone(), now),
        };
        self.stage.memories.change(self.stage.owner, id, None, patched).await.unwrap();
    }

    async fn send(
        &self,
        memory: MemoryId,
        sent: &Sent,
        said: &[Message],
        files: &mut Vec<FileId>,
    ) -> Message {
        let (now, flags) = (self.later(), sent.marks);
        let first: Vec<MessageId> =
            said.iter().filter(|one| one.parent.is_none()).map(|one| one.id).collect();
        let file = sent.file.as_ref().filter(|_| !files.is_empty());
        let file: Vec<FileId> =
            file.map(|index| files.remove(index.index(files.len()))).into_iter().collect();
        let delivery = MessageDelivery { state: DeliveryState::Read, reason: None, at: now };
        let draft = MessageDraft {
            content: parsed(&sent.text, MessageText::parse),
            message_type: MessageType::Text,
            attachments: Attachments::parse(&file).unwrap(),
            metadata: Metadata::parse(json!({"n": 1}).as_object().cloned().unwrap()).unwrap(),
            parent: one(sent.replies_to.as_ref(), &first),
            is_ai_generated: flags[0],
            delivery: flags[1].then_some(delivery),
        };
        let message = Message::new(MessageId::new(now), self.stage.owner, memory, draft, now);
        self.stage.messages.create(&message).await.unwrap();
        message
    }

    pub(crate) async fn file(&self, size: usize, memory: Option<MemoryId>) -> FileId {
        let (owner, made) = (self.stage.owner, self.later());
        let (name, is, bytes) = match size % 3 {
            0 => ("Plan: A/B?.txt", "text/plain", b"a plan\n".repeat(size)),
            1 => ("photo.png", "image/png", [PNG, &vec![7; size]].concat()),
            _ => ("data", "application/octet-stream", vec![1; size]),
        };
        give_file((&self.stage.files, self.files), owner, (name, is), bytes, memory, made).await
    }

    async fn talk(&self, talked: &Talked, memories: &[MemoryId]) {
        let (owner, made) = (self.stage.owner, self.later());
        let talks = Conversations::new(self.stage.table.clone(), self.stage.vault.clone());
        let title = ConversationTitle::of_any(&talked.title);
        let focus = one(talked.focus.as_ref(), memories);
        let conversation = Conversation::new(owner, title, focus, made);
        let id = conversation.id;
        let asked =
            |parent, text: &str, now| Turn::question(id, owner, parent, parsed(text, TurnText::parse), now);
        let first = asked(None, &talked.title, made);
        let answer = first.answered(self.later());
        talks.begin(&conversation, &first, &answer).await.unwrap();
        let (mut questions, mut answers) = (vec![first], vec![answer]);
        for (place, is_new, text) in &talked.steps {
            let now = self.later();
            let question = is_new.then(|| asked(Some(place.get(&answers).id), text, now));
            let answer = question.as_ref().unwrap_or_else(|| place.get(&questions)).answered(self.later());
            talks.ask(owner, id, question.as_ref(), &answer, now).await.unwrap();
            questions.extend(question);
            answers.push(answer);
        }
        for (number, answer) in answers.iter().enumerate() {
            let states = [AnswerState::Complete, AnswerState::Interrupted, AnswerState::Failed];
            let title = talked.title.clone();
            let cited = memories.iter().map(|memory| Cited {
                memory: *memory,
                title: title.clone(),
                quote: "q".to_owned(),
            });
            let said = TurnAnswer {
                state: states[number % 3],
                text: talked.title.clone(),
                citations: cited.collect(),
                confidence: 0.25,
                model: "built-in".to_owned(),
                ..TurnAnswer::default()
            };
            talks.settle(&answer.clone().settled(said)).await.unwrap();
        }
        let all: Vec<_> = questions.iter().chain(&answers).map(|turn| turn.id).collect();
        if let Some(up_to) = one(talked.summary.as_ref(), &all) {
            let summary = RunningSummary { text: talked.title.clone(), up_to };
            assert!(talks.note_summary(owner, id, &summary, None).await.unwrap());
        }
        if let Some(leaf) = one(talked.leaf.as_ref(), &all) {
            talks.go_to(owner, id, leaf).await.unwrap();
        }
        if let Some(turn) = one(talked.fork.as_ref(), &all) {
            let there = talks.get(owner, id).await.unwrap().unwrap();
            talks.fork(owner, id, turn, there.forked(turn, self.later())).await.unwrap();
        }
    }

    async fn learn(&self, known: &[Known]) {
        let owner = self.stage.owner;
        let mut facts: Vec<Fact> = Vec::new();
        for known in known {
            let made = self.later();
            let term = |text: &str| parsed(text, FactTerm::parse);
            let turn = app_domain::TurnId::new(made);
            let source = FactSource { conversation: ConversationId::new(made), turn, said_at: made };
            let found = NewFact {
                statement: parsed(&known.statement, FactStatement::parse),
                subject: term("Ada"),
                attribute: term(&known.statement),
                value: term("Zürich"),
                certainty: Certainty::parse(0.75).unwrap(),
                source,
                valid_from: None,
            };
            let by = facts.first().map_or_else(|| FactId::new(made), |first| first.id);
            let status = known.status.unwrap_or(FactStatus::Superseded { by });
            let fact = Fact::new(owner, found, status, made);
            facts.push(Fact {
                decided_at: known.is_decided.then_some(made),
                valid_until: known.status.is_none().then_some(made),
                version: Version::from(known.version),
                updated_at: self.later(),
                ..fact
            });
        }
        let table = Facts::new(self.stage.table.clone(), self.stage.vault.clone());
        table.restore(owner, &facts, Precedence::Newer).await.unwrap();
    }

    async fn remind(&self, reminded: &Reminded, memories: &[MemoryId]) {
        let (owner, made) = (self.stage.owner, self.later());
        let reminders = Reminders::new(self.stage.table.clone(), self.stage.vault.clone());
        let due = if reminded.state == 0 { at(9_000) } else { at(-50) };
        let memory = one(reminded.memory.as_ref(), memories);
        let draft = ReminderDraft {
            memory: match memory {
                Some(memory) => self.stage.memories.get(owner, memory).await.unwrap().map(|it| it.id),
                None => None,
            },
            text: parsed(&reminded.text, ReminderText::parse),
            at: ReminderTime::ahead(due, made).unwrap(),
        };
        let reminder = Reminder::new(owner, draft, made);
        reminders.create(&reminder).await.unwrap();
        let due = DueReminder { owner, id: reminder.id, at: reminder.at };
        assert!(match reminded.state {
            0 => true,
            1 => reminders.sent(due, at(-40)).await.unwrap(),
            _ => reminders.missed(due, at(-40)).await.unwrap(),
        });
    }
}
