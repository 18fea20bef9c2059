//! Exports of our own, as they were written and as they were not.

use std::io::{Cursor, Read};

use app_archive::Record;
use app_domain::{ExportFormat, ImportFormat};
use app_import::{ImportError, Item, Options, Place};

use crate::ours::{export, in_parts, lines, records};
use crate::support::{assert_goes_on, detected, given, items, said, zip};

fn read(bytes: &[u8]) -> Vec<Item> {
    assert_eq!(detected(bytes).unwrap(), ImportFormat::MemoryApp);
    items(bytes, ImportFormat::MemoryApp)
}

fn records_of(items: Vec<Item>) -> Vec<Record> {
    items
        .into_iter()
        .filter_map(|item| if let Item::Record(record) = item { Some(*record) } else { None })
        .collect()
}

fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    String::from_utf8(bytes.to_vec()).unwrap().replace(from, to).into_bytes()
}

#[test]
fn every_export_gives_the_records_that_went_into_it() {
    for format in [ExportFormat::Json, ExportFormat::Jsonl, ExportFormat::Zip] {
        for count in [0, 1, 40] {
            let records = records(count);
            let items = read(&export(format, &records));
            assert_eq!(said(&items), Vec::<String>::new(), "{format:?}");
            assert_eq!(records_of(items), records, "{format:?}");
        }
    }
}

#[test]
fn the_files_of_an_export_are_read_by_their_paths() {
    let records = records(1);
    let Some(Record::File(file)) = records.last() else { panic!("the file is last") };
    let bytes = export(ExportFormat::Zip, &records);
    let mut source = Cursor::new(&bytes);
    let mut content = String::new();
    let mut reader = app_import::attachment(&mut source, file.path.as_deref().unwrap()).unwrap().unwrap();
    reader.read_to_string(&mut content).unwrap();
    assert_eq!(content, "hello");
    drop(reader);
    for missing in ["", "files", "../files", "nothing"] {
        assert!(app_import::attachment(&mut source, missing).unwrap().is_none(), "{missing}");
    }
}

#[test]
fn reading_goes_on_from_every_place() {
    let records = records(12);
    for format in [ExportFormat::Json, ExportFormat::Jsonl, ExportFormat::Zip] {
        assert_goes_on(&export(format, &records), ImportFormat::MemoryApp, &Options::default());
    }
    let parts = in_parts(&records, &[3, 0, 7, 15], "");
    assert_eq!(records_of(read(&parts)), records);
    assert_goes_on(&parts, ImportFormat::MemoryApp, &Options::default());
}

#[test]
fn what_a_changed_archive_still_has_is_read_and_the_change_is_said_wherever_reading_begins() {
    let all = records(10);
    let mut entries: Vec<(String, Vec<u8>)> = Vec::new();
    let whole = in_parts(&all, &[5, 5, 11], "");
    let mut source = zip::ZipArchive::new(Cursor::new(&whole)).unwrap();
    for index in 0..source.len() {
        let mut entry = source.by_index(index).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        entries.push((entry.name().unwrap().into_owned(), content));
    }
    let changed = replaced(&entries[1].1, "Hello.", "Goodbye.");
    entries[1].1 = [changed.as_slice(), b"{\"kind\":\"dream\"}\nno json\n"].concat();
    entries.remove(0);
    let parts: Vec<(&str, &[u8])> =
        entries.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    let bytes = zip(&parts);
    let items = read(&bytes);
    assert_eq!(
        said(&items),
        [
            "record records-00002.jsonl, line 6: It is of a kind that is not known here, “dream”.",
            "record records-00002.jsonl, line 7: It is no JSON that can be read (line 1, column 2).",
            "“records-00002.jsonl” is not as it was written: its checksum is another.",
            "“records-00001.jsonl” is missing in the archive, and the records in it with it.",
            "The archive does not hold what it says. Found were: 1 of 0 dream, 7 of 10 memory, 8 of 10 message.",
        ]
    );
    assert_eq!(records_of(items).len(), 16);
    assert_goes_on(&bytes, ImportFormat::MemoryApp, &Options::default());
}

#[test]
fn single_files_are_held_against_their_last_line() {
    for format in [ExportFormat::Json, ExportFormat::Jsonl] {
        let bytes = export(format, &records(2));
        let changed = read(&replaced(&bytes, "Hello.", "Hullo."));
        assert_eq!(said(&changed).len(), 1, "{format:?}");
        assert!(said(&changed)[0].contains("checksum"), "{format:?}");
        let counted = read(&replaced(&bytes, "\"memory\":2", "\"memory\":3"));
        assert_eq!(said(&counted), ["The archive does not hold what it says. Found were: 2 of 3 memory."]);
        let newer = replaced(&bytes, "\"version\":2,\"exp", "\"version\":3,\"exp");
        assert_eq!(detected(&newer).unwrap(), ImportFormat::MemoryApp);
        let refused = given(&newer, ImportFormat::MemoryApp, &Options::default(), Place::default());
        assert!(matches!(refused, Err(ImportError::Newer(3))), "{format:?}: {refused:?}");
    }
}

#[test]
fn an_export_that_breaks_off_anywhere_gives_what_came_before() {
    let records = records(3);
    for format in [ExportFormat::Json, ExportFormat::Jsonl] {
        let bytes = export(format, &records);
        // Without its last bracket alone, everything is there and checked.
        for end in 0..bytes.len() - 2 {
            let cut = &bytes[..end];
            if !matches!(detected(cut), Ok(ImportFormat::MemoryApp)) {
                continue;
            }
            let items = items(cut, ImportFormat::MemoryApp);
            assert!(!said(&items).is_empty(), "{format:?} at {end}");
            let found = records_of(items);
            assert_eq!(found, records[..found.len()], "{format:?} at {end}");
        }
    }
    let bytes = export(ExportFormat::Zip, &records);
    for end in 0..bytes.len() {
        let cut = &bytes[..end];
        let error = given(cut, ImportFormat::MemoryApp, &Options::default(), Place::default());
        assert!(
            matches!(error, Err(ImportError::Damaged(_) | ImportError::Unknown(_))),
            "at {end}: {error:?}"
        );
    }
}

#[test]
fn a_document_of_the_first_version_gives_its_memories() {
    let at = "2026-11-21T17:30:28.512Z";
    let memory = |number: usize| {
        let id = crate::ours::id(number);
        format!(
            r#"{{"id":"{id}","title":"Bare","description":null,"content":null,"categoryId":null,"tags":[],"metadata":{{}},"isFavorite":false,"isArchived":false,"privacyLevel":"private","source":"web","provenance":{{}},"messageCount":0,"version":1,"createdAt":"{at}","updatedAt":"{at}"}}"#
        )
    };
    let document = |count: usize| {
        let account = crate::ours::id(9);
        format!(
            "{{\"format\":\"memory-app-export\",\"version\":1,\"exportedAt\":\"{at}\",\"account\":{{\"userId\":\"{account}\"}},\"memories\":[\n{},\n{}\n],\"counts\":{{\"memories\":{count}}}}}\n",
            memory(1),
            memory(2)
        )
    };
    let items = read(document(2).as_bytes());
    assert_eq!(said(&items), Vec::<String>::new());
    assert_eq!(records_of(items).len(), 2);
    assert_eq!(
        said(&read(document(3).as_bytes())),
        ["The archive does not hold what it says. Found were: 2 of 3 memory."]
    );
    assert_goes_on(document(3).as_bytes(), ImportFormat::MemoryApp, &Options::default());
}

#[test]
fn an_export_that_was_unpacked_and_packed_in_a_folder_is_read() {
    let items = read(&in_parts(&records(2), &[5], "My export/"));
    assert_eq!(said(&items), Vec::<String>::new());
    let Some(Item::Record(record)) = items.last() else { panic!("a file is last") };
    let Record::File(file) = &**record else { panic!("a file is last") };
    assert!(file.path.as_ref().unwrap().starts_with("My export/files/"));
}

#[test]
fn records_alone_are_read_and_what_is_missing_is_said() {
    let bytes = zip(&[("records-00001.jsonl", &lines(&records(1))), ("records-2.jsonl", b"\n\n")]);
    let items = read(&bytes);
    assert_eq!(records_of(items.clone()).len(), 3);
    assert!(said(&items).iter().any(|said| said.contains("manifest of the archive is missing")));
}

#[test]
fn exports_to_be_read_by_people_are_not_taken_for_records() {
    for format in [ExportFormat::Txt, ExportFormat::Html] {
        let bytes = export(format, &records(2));
        assert!(!matches!(detected(&bytes), Ok(ImportFormat::MemoryApp)), "{format:?}");
        let error = given(&bytes, ImportFormat::MemoryApp, &Options::default(), Place::default());
        assert!(matches!(error, Err(ImportError::Unknown(_))), "{format:?}");
    }
}
