//! Where a record stands in the formats for people: in which part, and below what.

use crate::words::Words;
use crate::{Kind, Record};

/// The part of the export that a record is in, by the kind that it is named after.
pub(super) fn part(record: &Record) -> Kind {
    match record {
        Record::File(file) if file.memory_id.is_none() => Kind::File,
        Record::Version(_) | Record::File(_) | Record::Message(_) => Kind::Memory,
        Record::Turn(_) => Kind::Conversation,
        other => other.kind(),
    }
}

/// Whether a record is below the last one that was not.
pub(super) fn is_below(record: &Record) -> bool {
    part(record) != record.kind()
}

/// The heading over records of a kind.
pub(super) fn heading(kind: Kind, words: &Words) -> &'static str {
    match kind {
        Kind::Account => words.account,
        Kind::Settings => words.settings,
        Kind::Category => words.categories,
        Kind::SavedSearch => words.saved_searches,
        Kind::Fact => words.facts,
        Kind::Memory => words.memories,
        Kind::Version => words.versions,
        Kind::File => words.files,
        Kind::Message => words.messages,
        Kind::Conversation => words.conversations,
        Kind::Turn => words.turns,
        Kind::Reminder => words.reminders,
        Kind::Contact => words.contacts,
    }
}
