//! What is tried with every input: it is read, read again from the middle, and made what we keep. Nothing may panic, and an archive must give
//! the same from anywhere.

use std::io::{Cursor, Read, Write};
use std::ops::ControlFlow;

use app_archive::{MemoryRecord, MessageRecord, Record};
use app_domain::{ImportFormat, MemoryId, Timestamp, UserId};
use app_import::{Bringing, Given, Item, Options, Place, Standing};
use jiff::tz::TimeZone;

/// More items are not looked at: what is far behind is like what is before it.
const MAX_ITEMS: usize = 20_000;

fn options() -> Options {
    // With hours that are there twice and hours that are not there at all.
    Options { timezone: TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC), ..Options::default() }
}

/// What it is found to be.
pub fn detect(bytes: &[u8]) -> Option<ImportFormat> {
    app_import::detect(&mut Cursor::new(bytes), &options()).ok()
}

/// Reads it, as whatever it may be.
pub fn read(bytes: &[u8], format: ImportFormat) {
    let all = given(bytes, format, Place::default());
    if let Some(middle) = all.get(all.len() / 2) {
        let rest = given(bytes, format, middle.next);
        let behind = &all[all.len() / 2 + 1..];
        assert!(
            rest.iter().zip(behind).all(|(again, first)| again == first),
            "from the middle it is another"
        );
        assert!(
            all.len() == MAX_ITEMS || rest.len() == behind.len(),
            "from the middle there is more or less"
        );
    }
    for given in all {
        make(given.item, format);
    }
}

fn given(bytes: &[u8], format: ImportFormat, from: Place) -> Vec<Given> {
    let mut all = Vec::new();
    let mut give = |given: Given| {
        all.push(given);
        if all.len() == MAX_ITEMS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    // What cannot be read is said so.
    let _ = app_import::read(&mut Cursor::new(bytes), format, &options(), from, &mut give);
    all
}

fn at() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000).unwrap_or(Timestamp::MIN)
}

fn owner() -> UserId {
    UserId::new(at())
}

fn make(item: Item, format: ImportFormat) {
    let bringing = Bringing { owner: owner(), format, at: at() };
    let standing = Standing { memory: MemoryId::derived(at(), &[7; 32]), after: at() };
    match item {
        Item::Record(record) => bring(*record),
        Item::Memory(memory) => {
            let _ = bringing.memory(&memory);
        }
        Item::Message(message) => {
            let _ = bringing.messages(&message, standing, &[]);
        }
        Item::Trouble(_) | Item::Warning(_) => {}
    }
}

/// Makes of a record what it is a record of. What is made once can be written and made again.
pub fn bring(record: Record) {
    let _ = app_archive::redacted(record.clone());
    let owner = owner();
    match record {
        Record::Memory(record) => {
            if let Ok(memory) = record.memory(owner) {
                let again = MemoryRecord::of(&memory).memory(owner);
                assert_eq!(again.ok(), Some(memory));
            }
        }
        Record::Message(record) => {
            if let Ok(message) = record.message(owner) {
                let again = MessageRecord::of(&message).message(owner);
                assert_eq!(again.ok(), Some(message));
            }
        }
        Record::Version(record) => drop(record.memory(owner)),
        Record::File(record) => drop(record.file()),
        Record::Conversation(record) => drop(record.conversation(owner)),
        Record::Turn(record) => drop(record.turn(owner)),
        Record::Settings(record) => drop(record.settings()),
        Record::Category(record) => drop(record.category(owner)),
        Record::SavedSearch(record) => drop(record.saved_search()),
        Record::Fact(record) => drop(record.fact(owner)),
        Record::Reminder(record) => drop(record.reminder(owner)),
        Record::Account(_) | Record::Contact(_) => {}
    }
}

/// Reads a file in an archive.
pub fn attachment(bytes: &[u8], path: &str) {
    let mut source = Cursor::new(bytes);
    if let Ok(Some(reader)) = app_import::attachment(&mut source, path) {
        let _ = reader.take(64 * 1024 * 1024).read_to_end(&mut Vec::new());
    }
}

/// A ZIP of files with these names, among which the bytes are divided at the first byte 0xff, which is in no text.
pub fn zip(names: &[&str], bytes: &[u8]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, part) in names.iter().zip(bytes.splitn(names.len(), |byte| *byte == 0xff)) {
        let written = writer.start_file(*name, options).map(|()| writer.write_all(part));
        assert!(matches!(written, Ok(Ok(()))), "it is written into memory");
    }
    writer.finish().map(Cursor::into_inner).unwrap_or_default()
}
