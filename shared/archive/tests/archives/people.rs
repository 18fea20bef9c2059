//! Strategies that make anything a person can have.

use app_domain::{
    ActionState, AnswerState, Attachment, Attachments, Category, CategoryDraft, CategoryIcon, CategoryName,
    Certainty, Checksum, Cited, Color, Content, ContentType, Conversation, ConversationId, ConversationTitle,
    DeliveryState, Description, Fact, FactId, FactSource, FactStatement, FactStatus, FactTerm, File,
    FileDraft, FileId, FileName, FileStatus, ForkOrigin, Instructions, KeptCategories, LanguageTag,
    MediaKind, MediaSource, MemoSettings, Memory, MemoryDraft, MemoryId, MemoryMedia, MemorySource,
    MemoryTitle, Message, MessageDelivery, MessageDraft, MessageId, MessageStatus, MessageText, MessageType,
    Metadata, NewFact, Privacy, Provenance, Reminder, ReminderId, ReminderState, ReminderText,
    RunningSummary, SavedSearch, SavedSearchId, SavedSearchName, Sha256, Tags, Timestamp, TokenUsage,
    TranscriptState, Turn, TurnAction, TurnAnswer, TurnId, TurnText, Upload, UserId, Version,
};
use proptest::option::of;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Whose everything is.
pub(crate) fn owner() -> UserId {
    UserId::from(uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001))
}

pub(crate) fn at(seconds: u32) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + i64::from(seconds) * 1_001).unwrap()
}

fn time() -> impl Strategy<Value = Timestamp> {
    any::<u32>().prop_map(at)
}

/// Two times, the later one behind.
fn times() -> impl Strategy<Value = (Timestamp, Timestamp)> {
    (any::<u32>(), any::<u16>()).prop_map(|(made, changed)| {
        (at(made), at(made).plus(std::time::Duration::from_secs(u64::from(changed))))
    })
}

pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,60}",
        "[ -~\n\t]{0,80}",
        Just("„Zitat“ — 日本語 👩‍👩‍👧 \u{2028}\u{200f}\"\\</script>".to_owned()),
        Just("=HYPERLINK(\"https://evil.example\")".to_owned()),
    ]
}

/// What a rule lets through.
fn parsed<T: std::fmt::Debug, E>(parse: fn(&str) -> Result<T, E>) -> impl Strategy<Value = T> {
    text().prop_filter_map("no such value", move |text| parse(&text).ok())
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        prop::num::f64::NORMAL.prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(text(), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn members() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::hash_map(text(), value(), 0..3).prop_map(|members| members.into_iter().collect())
}

fn metadata() -> impl Strategy<Value = Metadata> {
    members().prop_filter_map("too large", |members| Metadata::parse(members).ok())
}

fn tags() -> impl Strategy<Value = Tags> {
    prop::collection::vec(text(), 0..5).prop_filter_map("no tags", |texts| Tags::parse(&texts).ok())
}

fn version() -> impl Strategy<Value = Version> {
    (1..=999_999_999_u64).prop_map(Version::from)
}

fn media() -> impl Strategy<Value = MemoryMedia> {
    (any::<bool>(), of(Just("a.ogg".to_owned())), time()).prop_map(|(is_stored, name, now)| {
        let source =
            MediaSource { media_id: String::new(), phone_number_id: None, sha256: None, received_at: now };
        let pending = MemoryMedia::pending(MediaKind::Voice, Some("audio/ogg".to_owned()), name, source);
        let settled =
            if is_stored { pending.stored(FileId::new(now)) } else { pending.failed("It was gone.") };
        let transcript = if is_stored { TranscriptState::Done } else { TranscriptState::Failed };
        MemoryMedia { transcript: Some(transcript), ..settled }
    })
}

pub(crate) fn memory() -> impl Strategy<Value = Memory> {
    let words = (
        of(parsed(MemoryTitle::parse)),
        of(parsed(Description::parse)),
        value().prop_filter_map("too large", |value| Content::parse(value).ok()),
        tags(),
        metadata(),
    );
    let rest = (times(), any::<[bool; 3]>(), 0..MemorySource::ALL.len(), of(media()), version());
    (words, rest).prop_map(|(words, ((made, changed), flags, source, media, version))| {
        let draft = MemoryDraft {
            title: words.0,
            description: words.1,
            content: Some(words.2),
            category: flags[2].then(|| app_domain::CategoryId::new(made)),
            tags: words.3,
            metadata: words.4,
            is_favorite: flags[0],
            is_archived: flags[1],
            privacy: if flags[2] { Privacy::Internal } else { Privacy::Private },
            provenance: Provenance {
                api_key_id: flags[0].then(|| app_domain::ApiKeyId::new(made)),
                message_id: flags[1].then(|| "wamid.1".to_owned()),
                origin: flags[2].then(|| "chatgpt:conversation/1".to_owned()),
            },
        };
        let memory =
            Memory::new(MemoryId::new(made), owner(), MemorySource::ALL[source], draft, made).unwrap();
        // Where media come from is not in an archive; only when the memory was made stands for when they came.
        let media = media.map(|media| MemoryMedia {
            source: MediaSource { received_at: made, ..media.source.clone() },
            ..media
        });
        Memory { media, version, updated_at: changed, ..memory }
    })
}

pub(crate) fn message() -> impl Strategy<Value = Message> {
    let words = (parsed(MessageText::parse), metadata(), 0..6_usize, any::<[bool; 4]>());
    (words, times(), version()).prop_map(|((content, metadata, files, flags), (made, changed), version)| {
        let files: Vec<FileId> = (0..files.min(5)).map(|_| FileId::new(made)).collect();
        let delivery = MessageDelivery { state: DeliveryState::Read, reason: None, at: changed };
        let draft = MessageDraft {
            content,
            message_type: MessageType::Document,
            attachments: Attachments::parse(&files).unwrap(),
            metadata,
            parent: flags[0].then(|| MessageId::new(made)),
            is_ai_generated: flags[1],
            delivery: flags[2].then_some(delivery),
        };
        let message = Message::new(MessageId::new(made), owner(), MemoryId::new(made), draft, made);
        let message = Message { edited_at: flags[1].then_some(changed), ..message };
        let message = if flags[3] { message.deleted(changed) } else { message };
        Message { status: MessageStatus::Read, version, updated_at: changed, ..message }
    })
}

pub(crate) fn file() -> impl Strategy<Value = File> {
    (parsed(FileName::parse), times(), 1..=File::MAX_BYTES, any::<[bool; 2]>()).prop_map(
        |(name, (made, changed), size_bytes, flags)| {
            let upload = Upload::Single { sha256: Sha256::parse(&"0".repeat(64)).unwrap() };
            let content_type = ContentType::parse("text/plain; charset=utf-8").unwrap();
            let draft = FileDraft { name, content_type, size_bytes, memory: None };
            let message = flags[1].then(|| MessageId::new(made));
            let attached = Attachment { memory: MemoryId::new(made), message };
            let file = File::new(FileId::new(made), owner(), draft, upload, made);
            let checksum = Checksum::from(Sha256::parse(&"0".repeat(64)).unwrap());
            File {
                attached: flags[0].then_some(attached),
                checksum: Some(checksum),
                status: FileStatus::Ready,
                updated_at: changed,
                ..file
            }
        },
    )
}

pub(crate) fn category() -> impl Strategy<Value = Category> {
    let words =
        (parsed(CategoryName::parse), of(parsed(Description::parse)), of(parsed(CategoryIcon::parse)));
    (words, times(), any::<i32>(), any::<bool>(), version()).prop_map(
        |((name, description, icon), (made, changed), place, flag, version)| {
            let color = flag.then(|| Color::parse("#2F80ED").unwrap());
            let draft = CategoryDraft { name, description, icon, color, sort_order: Some(place) };
            let category = Category::new(owner(), draft, &[], made);
            Category { is_default: flag, version, updated_at: changed, ..category }
        },
    )
}

pub(crate) fn saved_search() -> impl Strategy<Value = SavedSearch> {
    (parsed(SavedSearchName::parse), metadata(), times()).prop_map(|(name, search, (made, changed))| {
        SavedSearch {
            id: SavedSearchId::new(made),
            name,
            search: search.members().clone(),
            created_at: made,
            updated_at: changed,
        }
    })
}

pub(crate) fn settings() -> impl Strategy<Value = MemoSettings> {
    (any::<[bool; 4]>(), 0..5_u32, of(parsed(Instructions::parse))).prop_map(|(flags, kept, instructions)| {
        let kept = (0..kept).map(|n| app_domain::CategoryId::new(at(n)));
        MemoSettings {
            external_models: flags[0],
            redaction: flags[1],
            confirm_writes: flags[2],
            extract_facts: flags[3],
            kept_categories: KeptCategories::parse(kept).unwrap(),
            answer_language: flags[0].then(|| LanguageTag::parse("zh-Hant-TW").unwrap()),
            instructions,
        }
    })
}

pub(crate) fn conversation() -> impl Strategy<Value = Conversation> {
    (parsed(ConversationTitle::parse), text(), times(), any::<[bool; 3]>()).prop_map(
        |(title, said, (made, changed), flags)| {
            let turn = TurnId::new(made);
            let summary = RunningSummary { text: said, up_to: turn }.bounded();
            let fork = ForkOrigin { conversation: ConversationId::new(made), turn };
            let focus = flags[0].then(|| MemoryId::new(made));
            Conversation {
                leaf: flags[1].then_some(turn),
                summary: flags[2].then_some(summary),
                forked_from: flags[1].then_some(fork),
                updated_at: changed,
                ..Conversation::new(owner(), title, focus, made)
            }
        },
    )
}

pub(crate) fn turn() -> impl Strategy<Value = Turn> {
    (parsed(TurnText::parse), text(), value(), 0.0..=1.0_f32, time(), any::<bool>()).prop_map(
        |(question, text, arguments, confidence, now, is_question)| {
            let question = Turn::question(ConversationId::new(now), owner(), None, question, now);
            if is_question {
                return question;
            }
            let action = TurnAction {
                id: "1".to_owned(),
                tool: "createMemory".to_owned(),
                arguments: json!({ "content": arguments }),
                state: ActionState::Done,
                outcome: Some(json!({"id": 1})),
            };
            let cited = Cited { memory: MemoryId::new(now), title: text.clone(), quote: text.clone() };
            let answer = TurnAnswer {
                state: AnswerState::Complete,
                text,
                citations: vec![cited],
                confidence,
                suggestions: vec!["And then?".to_owned()],
                model: "built-in".to_owned(),
                usage: TokenUsage { prompt: 7, completion: u32::MAX },
                milliseconds: 12,
                actions: vec![action],
                failure: None,
            };
            question.answered(now).settled(answer).bounded()
        },
    )
}

pub(crate) fn fact() -> impl Strategy<Value = Fact> {
    let words = (
        parsed(FactStatement::parse),
        parsed(FactTerm::parse),
        parsed(FactTerm::parse),
        parsed(FactTerm::parse),
    );
    (words, 0.0..=1.0_f32, times(), any::<[bool; 2]>(), any::<u32>(), version()).prop_map(
        |((statement, subject, attribute, value), certainty, (made, changed), flags, seen, version)| {
            let turn = TurnId::new(made);
            let source = FactSource { conversation: ConversationId::new(made), turn, said_at: made };
            let certainty = Certainty::parse(certainty).unwrap();
            let found = NewFact { statement, subject, attribute, value, certainty, source, valid_from: None };
            let status = if flags[0] {
                FactStatus::Superseded { by: FactId::new(changed) }
            } else {
                FactStatus::Active
            };
            Fact {
                valid_until: flags[0].then_some(changed),
                decided_at: flags[1].then_some(changed),
                seen,
                version,
                updated_at: changed,
                ..Fact::new(owner(), found, status, made)
            }
        },
    )
}

pub(crate) fn reminder() -> impl Strategy<Value = Reminder> {
    (parsed(ReminderText::parse), times(), 0..3_usize).prop_map(|(text, (made, at), state)| Reminder {
        id: ReminderId::new(made),
        owner: owner(),
        memory: (state == 0).then(|| MemoryId::new(made)),
        text,
        at,
        state: ReminderState::ALL[state],
        created_at: made,
    })
}
