//! Records that somebody made to do harm, or to see what happens.

use app_archive::{InvalidRecord, Kind, Record};
use app_domain::{ActionState, AnswerState, DeliveryState, MediaState, TranscriptState};
use serde_json::{Map, Value, json};

use crate::people::owner;

const ID: &str = "01900000-0000-7000-8000-000000000001";
const BEFORE: &str = "018f0000-0000-7000-8000-000000000001";
const TIME: &str = "2026-11-22T08:00:00.000Z";

/// A record with these members beside the least that its kind has.
fn record(kind: Kind, members: Value) -> Record {
    let least = match kind {
        Kind::Memory => {
            json!({"id": ID, "title": "x", "source": "web", "version": 1, "createdAt": TIME, "updatedAt": TIME})
        }
        Kind::Version => {
            json!({"memoryId": ID, "title": "x", "source": "web", "version": 1, "createdAt": TIME, "updatedAt": TIME})
        }
        Kind::Message => {
            json!({"id": ID, "memoryId": ID, "content": "x", "version": 1, "createdAt": TIME, "updatedAt": TIME})
        }
        Kind::File => {
            json!({"id": ID, "name": "x", "contentType": "a/b", "sizeBytes": 1, "createdAt": TIME, "updatedAt": TIME})
        }
        Kind::Category => json!({"id": ID, "name": "x", "version": 1, "createdAt": TIME, "updatedAt": TIME}),
        Kind::SavedSearch => {
            json!({"id": ID, "name": "x", "search": {}, "createdAt": TIME, "updatedAt": TIME})
        }
        Kind::Conversation => json!({"id": ID, "title": "x", "createdAt": TIME, "updatedAt": TIME}),
        Kind::Turn => json!({"id": ID, "conversationId": ID, "createdAt": TIME}),
        Kind::Fact => {
            json!({"id": ID, "statement": "x", "subject": "x", "attribute": "x", "value": "x", "certainty": 1.0,
            "status": {"kind": "active"}, "validFrom": TIME, "seen": 1, "version": 1, "createdAt": TIME, "updatedAt": TIME})
        }
        Kind::Reminder => json!({"id": ID, "text": "x", "at": TIME, "state": "waiting", "createdAt": TIME}),
        Kind::Settings => {
            json!({"externalModels": true, "redaction": true, "confirmWrites": true, "extractFacts": true})
        }
        Kind::Account | Kind::Contact => unreachable!("they are not brought in"),
    };
    let mut all = json!({"kind": kind});
    for part in [least, members] {
        let part: Map<String, Value> = serde_json::from_value(part).unwrap();
        all.as_object_mut().unwrap().extend(part);
    }
    serde_json::from_value(all).unwrap()
}

/// What becomes of it when it is brought in.
pub(crate) fn brought_in(record: Record) -> Result<(), InvalidRecord> {
    match record {
        Record::Memory(memory) => memory.memory(owner()).map(drop),
        Record::Version(version) => version.memory(owner()).map(drop),
        Record::Message(message) => message.message(owner()).map(drop),
        Record::File(file) => file.file().map(drop),
        Record::Category(category) => category.category(owner()).map(drop),
        Record::SavedSearch(saved) => saved.saved_search().map(drop),
        Record::Conversation(conversation) => conversation.conversation(owner()).map(drop),
        Record::Turn(turn) => turn.turn(owner()).map(drop),
        Record::Fact(fact) => fact.fact(owner()).map(drop),
        Record::Reminder(reminder) => reminder.reminder(owner()).map(drop),
        Record::Settings(settings) => settings.settings().map(drop),
        Record::Account(_) | Record::Contact(_) => unreachable!("they are not brought in"),
    }
}

#[test]
fn the_least_that_each_kind_has_is_enough() {
    for kind in Kind::ALL {
        match kind {
            Kind::Account | Kind::Contact => {}
            Kind::Turn => brought_in(record(kind, json!({"question": "x"}))).unwrap(),
            kind => brought_in(record(kind, json!({}))).unwrap(),
        }
    }
}

#[test]
fn every_rule_of_the_product_holds_for_records() {
    let long = |characters| "x".repeat(characters);
    let deep = (0..101).fold(json!(1), |inner, _| json!([inner]));
    let many: Vec<String> = (0..101).map(|n| format!("01900000-0000-7000-8000-{n:012}")).collect();
    let sources: Vec<Value> =
        (0..6).map(|_| json!({"conversation": ID, "turn": ID, "saidAt": TIME})).collect();
    for (kind, member, value) in [
        (Kind::Memory, "title", json!("a\nb")),
        (Kind::Memory, "title", json!(long(256))),
        (Kind::Memory, "title", json!(null)),
        (Kind::Memory, "description", json!("\u{0}")),
        (Kind::Memory, "content", json!(long(70_000))),
        (Kind::Memory, "content", deep),
        (Kind::Memory, "tags", json!((0..11).map(|n| n.to_string()).collect::<Vec<_>>())),
        (Kind::Memory, "tags", json!([""])),
        (Kind::Memory, "metadata", json!({"x": long(9_000)})),
        (Kind::Memory, "version", json!(0)),
        (Kind::Memory, "version", json!(u64::MAX)),
        (Kind::Memory, "id", json!("00000000-0000-0000-0000-000000000000")),
        (Kind::Memory, "id", json!("8c1b7f0e-0000-4000-8000-000000000001")),
        (Kind::Memory, "createdAt", json!("-000001-01-01T00:00:00.000Z")),
        (Kind::Version, "title", json!("")),
        (Kind::Message, "content", json!(" ")),
        (Kind::Message, "content", json!(long(10_001))),
        (Kind::Message, "parentId", json!(ID)),
        (Kind::Message, "attachments", json!(many[..6])),
        (Kind::File, "name", json!("photo\u{202e}gpj.exe")),
        (Kind::File, "contentType", json!("text/html\r\nset-cookie: a=b")),
        (Kind::File, "sizeBytes", json!(0)),
        (Kind::File, "sizeBytes", json!(u64::MAX)),
        (Kind::File, "messageId", json!(ID)),
        (Kind::File, "path", json!("../../etc/passwd")),
        (Kind::File, "path", json!("/etc/passwd")),
        (Kind::File, "path", json!("files\\x")),
        (Kind::Category, "name", json!("")),
        (Kind::Category, "color", json!("red;background:url(x)")),
        (Kind::Category, "icon", json!(long(51))),
        (Kind::SavedSearch, "name", json!("a\u{7}")),
        (Kind::SavedSearch, "search", json!({"q": long(9_000)})),
        (Kind::Conversation, "title", json!(long(101))),
        (Kind::Turn, "question", json!("")),
        (Kind::Fact, "certainty", json!(1.5)),
        (Kind::Fact, "statement", json!("a\nb")),
        (Kind::Fact, "sources", json!(sources)),
        (Kind::Reminder, "text", json!("")),
        (Kind::Settings, "keptCategories", json!(many)),
        (Kind::Settings, "answerLanguage", json!("no language")),
        (Kind::Settings, "instructions", json!(" ")),
    ] {
        let refused = brought_in(record(kind, json!({member: value}))).unwrap_err();
        assert_eq!((refused.kind, refused.field), (kind, member), "{refused}");
        assert!(refused.to_string().contains(kind.as_str()), "{refused}");
    }
}

#[test]
fn a_sealed_memory_must_be_sealed() {
    let sealed = record(Kind::Memory, json!({"privacyLevel": "sealed", "content": "in the clear"}));
    assert_eq!(brought_in(sealed).unwrap_err().field, "content");
}

#[test]
fn a_turn_is_a_question_or_an_answer_and_follows_an_earlier_one() {
    let answer = json!({"state": "complete", "text": "x"});
    assert!(brought_in(record(Kind::Turn, json!({}))).is_err());
    assert!(brought_in(record(Kind::Turn, json!({"question": "x", "answer": answer}))).is_err());
    assert!(brought_in(record(Kind::Turn, json!({"question": "x", "parentId": ID}))).is_err());
    assert!(brought_in(record(Kind::Turn, json!({"answer": answer, "parentId": BEFORE}))).is_ok());
}

#[test]
fn what_somebody_elses_archive_has_memo_propose_cannot_be_accepted() {
    let action = json!({"id": "1", "tool": "deleteMemory", "arguments": {"id": ID}, "state": "proposed"});
    let answer = json!({"state": "pending", "text": "x", "confidence": 1e30, "actions": [action]});
    let Record::Turn(turn) = record(Kind::Turn, json!({"answer": answer})) else { unreachable!() };
    let turn = turn.turn(owner()).unwrap();
    let answer = turn.answer().unwrap();
    assert_eq!((answer.state, answer.confidence), (AnswerState::Interrupted, 1.0));
    assert_eq!(answer.actions[0].state, ActionState::Declined);
}

#[test]
fn what_was_on_its_way_is_not_on_its_way_any_more() {
    let media = json!({"kind": "voice", "state": "pending", "transcript": "pending", "fileName": "a\nb"});
    let Record::Memory(memory) = record(Kind::Memory, json!({"media": media})) else { unreachable!() };
    let media = memory.memory(owner()).unwrap().media.unwrap();
    assert_eq!((media.state, media.transcript), (MediaState::Failed, Some(TranscriptState::Failed)));
    assert!(media.reason.is_some() && media.file_name.as_deref() == Some("ab"));
    let delivery = json!({"state": "queued", "at": TIME});
    let Record::Message(message) = record(Kind::Message, json!({"delivery": delivery})) else {
        unreachable!()
    };
    let delivery = message.message(owner()).unwrap().delivery.unwrap();
    assert_eq!((delivery.state, delivery.reason.is_some()), (DeliveryState::Failed, true));
    let stored = json!({"kind": "image", "state": "stored"});
    assert!(brought_in(record(Kind::Memory, json!({"media": stored}))).is_err());
}

#[test]
fn a_change_is_never_older_than_what_it_changed() {
    let early = json!({"updatedAt": "1999-01-01T00:00:00.000Z"});
    let Record::Memory(memory) = record(Kind::Memory, early) else { unreachable!() };
    let memory = memory.memory(owner()).unwrap();
    assert_eq!(memory.updated_at, memory.created_at);
}
