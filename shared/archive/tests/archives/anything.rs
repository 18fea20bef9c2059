//! Whatever anybody has: every format takes it, every archive verifies, and what people are taken out of is brought in again.

use std::io::Cursor;

use app_archive::{
    AccountRecord, CategoryRecord, ContactRecord, ConversationRecord, FactRecord, FileRecord, Kind,
    MemoryRecord, MessageRecord, Record, ReminderRecord, SavedSearchRecord, SettingsRecord, TurnRecord,
    Unreadables, VersionRecord, redacted, verify,
};
use app_domain::ExportFormat;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::hostile::brought_in;
use crate::people::{
    at, category, conversation, fact, file, memory, message, owner, reminder, saved_search, settings, text,
    turn,
};
use crate::written::{Export, Safe, one_of_each};

/// Any account and any contact, of texts that have no rules of their own.
fn account() -> impl Strategy<Value = Record> {
    (text(), of(text()), text(), text()).prop_map(|(email, username, first_name, last_name)| {
        let (id, created_at) = (owner(), at(0));
        Record::Account(AccountRecord { id, email, username, first_name, last_name, created_at })
    })
}

fn contact() -> impl Strategy<Value = Record> {
    (text(), of(text()), of(text()), text(), any::<u64>()).prop_map(|(id, phone, name, rule, saved_count)| {
        let (category_id, first_at, last_at) = (None, at(1), at(2));
        Record::Contact(ContactRecord { id, phone, name, rule, category_id, saved_count, first_at, last_at })
    })
}

/// Some of every kind, in their order.
fn anything() -> impl Strategy<Value = Vec<Record>> {
    let few = 0..3_usize;
    let person = (
        account(),
        settings().prop_map(|it| Record::Settings(SettingsRecord::of(&it))),
        vec(category().prop_map(|it| Record::Category(CategoryRecord::of(&it))), few.clone()),
        vec(saved_search().prop_map(|it| Record::SavedSearch(SavedSearchRecord::of(&it))), few.clone()),
        vec(fact().prop_map(|it| Record::Fact(FactRecord::of(&it))), few.clone()),
    );
    let below = prop_oneof![
        memory().prop_map(|it| Record::Memory(MemoryRecord::of(&it))),
        memory().prop_map(|it| Record::Version(VersionRecord::of(&it))),
        file().prop_map(|it| Record::File(FileRecord::of(&it, None))),
        message().prop_map(|it| Record::Message(MessageRecord::of(&it))),
    ];
    let memories = memory().prop_map(|it| Record::Memory(MemoryRecord::of(&it)));
    let said = (
        conversation().prop_map(|it| Record::Conversation(ConversationRecord::of(&it))),
        vec(turn().prop_map(|it| Record::Turn(TurnRecord::of(&it))), few.clone()),
    );
    let last = (
        vec(reminder().prop_map(|it| Record::Reminder(ReminderRecord::of(&it))), few.clone()),
        vec(contact(), few.clone()),
    );
    (person, (memories, vec(below, 0..8)), vec(said, few), last).prop_map(
        |((account, settings, categories, searches, facts), (memory, below), said, (reminders, contacts))| {
            let said =
                said.into_iter().flat_map(|(conversation, turns)| [vec![conversation], turns].concat());
            let before = [vec![account, settings], categories, searches, facts, vec![memory], below].concat();
            before.into_iter().chain(said).chain(reminders).chain(contacts).collect()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_format_takes_whatever_anybody_has_and_verifies(records in anything()) {
        for format in ExportFormat::ALL {
            let export = Export { records: records.clone(), ..Export::of(format) };
            let whole = export.write(Safe::Never);
            verify(Cursor::new(&whole)).unwrap();
            verify(Cursor::new(export.write(Safe::Dies(2)))).unwrap();
        }
    }

    #[test]
    fn what_people_are_taken_out_of_can_be_brought_in(records in anything()) {
        for record in records {
            let kind = record.kind();
            if !matches!(kind, Kind::Account | Kind::Contact) {
                prop_assert_eq!(brought_in(redacted(record)), Ok(()));
            }
        }
    }
}

/// As many addresses as fit.
fn addresses(characters: usize) -> String {
    "a@b,".repeat(characters / 4)
}

#[test]
fn what_is_as_long_as_it_may_be_stays_so_when_people_are_taken_out() {
    let many: Map<String, Value> = (0..700).map(|number| (format!("{number}@{number}"), json!(0))).collect();
    for mut record in one_of_each() {
        match &mut record {
            Record::Settings(it) => it.instructions = Some(addresses(1_500)),
            Record::Category(it) => (it.name, it.description) = (addresses(100), Some(addresses(500))),
            Record::SavedSearch(it) => (it.name, it.search) = (addresses(100), many.clone()),
            Record::Fact(it) => {
                (it.statement, it.subject, it.value) = (addresses(500), addresses(200), addresses(200));
            }
            Record::Memory(it) => {
                it.fields.title = Some(addresses(255));
                it.fields.description = Some(addresses(1_000));
                it.fields.content = Some(json!({"text": addresses(65_000)}));
                it.fields.tags = vec![addresses(48), "c@d".to_owned()];
                it.fields.metadata = many.clone();
                it.fields.privacy_level = app_domain::Privacy::default();
            }
            Record::Version(it) => it.fields.content = Some(json!({"to": vec![1; 20_000]})),
            Record::File(it) => it.name = addresses(252),
            Record::Message(it) => {
                (it.content, it.metadata) =
                    (Some(addresses(10_000)), Map::from_iter([("to".to_owned(), json!(vec![1; 4_000]))]));
                it.attachments.clear();
            }
            Record::Conversation(it) => it.title = addresses(100),
            Record::Turn(it) => (it.question, it.answer) = (Some(addresses(10_000)), None),
            Record::Reminder(it) => it.text = addresses(500),
            Record::Account(_) | Record::Contact(_) => continue,
        }
        brought_in(record.clone()).unwrap();
        let clean = redacted(record);
        let written = serde_json::to_string(&clean).unwrap();
        assert!(!written.contains("a@b") && !written.contains("1@1"), "{written}");
        brought_in(clean).unwrap();
    }
}

#[test]
fn names_that_come_to_the_same_are_kept_apart_in_no_time() {
    let names = (0..3_000).map(|number| (format!("x{number}@b"), json!(0))).collect::<Map<_, _>>();
    let Some(Record::Memory(mut memory)) = one_of_each().into_iter().find(|it| it.kind() == Kind::Memory)
    else {
        unreachable!()
    };
    memory.fields.privacy_level = app_domain::Privacy::default();
    memory.fields.content = Some(Value::Object(names));
    let Record::Memory(clean) = redacted(Record::Memory(memory)) else { unreachable!() };
    assert_eq!(clean.fields.content.unwrap().as_object().map(Map::len), Some(3_000));
}

#[test]
fn what_a_sealed_memory_holds_stays_as_its_owner_sealed_it() {
    let sealed = json!({"v": 1, "ciphertext": "+4915550002222+4915550002222=="});
    let Some(Record::Memory(mut memory)) = one_of_each().into_iter().find(|it| it.kind() == Kind::Memory)
    else {
        unreachable!()
    };
    memory.fields.privacy_level = app_domain::Privacy::Sealed;
    memory.fields.content = Some(sealed.clone());
    let Record::Memory(clean) = redacted(Record::Memory(memory)) else { unreachable!() };
    assert_eq!(clean.fields.content, Some(sealed));
}

#[test]
fn what_could_not_be_read_is_named_in_every_format() {
    let mut unreadable = Unreadables::default();
    for number in 0..150 {
        unreadable.add(Kind::Message, format!("unread-{number}"));
        unreadable.add(Kind::Message, "unread-0".to_owned());
    }
    assert_eq!((unreadable.count, unreadable.items.len()), (150, Unreadables::NAMED));
    for format in ExportFormat::ALL {
        let export = Export { unreadable: unreadable.clone(), ..Export::of(format) };
        let verified = verify(Cursor::new(export.write(Safe::Never))).unwrap();
        if format != ExportFormat::Txt {
            assert_eq!(verified.unreadable, unreadable, "{format:?}");
            assert!(verified.to_string().contains("150 could not be read"), "{verified}");
        }
        // As if everything could be read.
        let plain = Export::of(format).write(Safe::Never);
        assert!(verify(Cursor::new(&plain)).unwrap().unreadable.is_empty());
        assert!(!String::from_utf8_lossy(&plain).contains("unreadable"), "{format:?}");
    }
    let text = Export { unreadable, ..Export::of(ExportFormat::Txt) }.write(Safe::Never);
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("message unread-99") && text.lines().last().unwrap().contains("unreadable 150"));
}

#[test]
fn a_file_is_where_its_record_says_and_every_file_has_a_record() {
    let elsewhere = |change: fn(&mut Export)| {
        let mut export = Export::of(ExportFormat::Zip).with_files();
        change(&mut export);
        verify(Cursor::new(export.write(Safe::Never))).map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(elsewhere(|_| ()), Ok(()));
    let other = elsewhere(|export| export.files[0].0 = "files/other/a.bin".to_owned());
    assert_eq!(other.unwrap_err(), "files/other/a.bin is named by no record before it");
    let gone = elsewhere(|export| export.files.clear());
    assert_eq!(
        gone.unwrap_err(),
        "1 files have a path and no bytes, and 0 are missing as manifest.json says"
    );
    let more = elsewhere(|export| export.files.push(("files/more/b.bin".to_owned(), vec![1])));
    assert_eq!(more.unwrap_err(), "files/more/b.bin is named by no record before it");
    let twice = elsewhere(|export| {
        let file = export.records.iter().find(|it| it.kind() == Kind::File).cloned().unwrap();
        export.records.push(file);
    });
    assert!(twice.unwrap_err().contains("two records name files/"));
}
