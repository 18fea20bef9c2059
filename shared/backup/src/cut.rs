//! Where a pack ends: after which record, is told by the record itself, so that a change somewhere moves no other end.

use app_archive::Record;
use app_domain::Timestamp;
use aws_lc_rs::digest::{SHA256, digest};

/// A pack that has so many bytes ends, whatever comes.
const LARGEST: u64 = 8 << 20;
/// One that has fewer does not.
const SMALLEST: u64 = 512 << 10;
/// So many bytes behind the smallest there is one end on average.
const APART: u64 = 1 << 20;

/// Whether a pack of `size` bytes ends after a record, which has `length` of them.
pub(crate) fn is_end(record: &Record, length: u64, size: u64) -> bool {
    size >= LARGEST || (size >= SMALLEST && is_chosen(record, length))
}

/// One record out of so many, by chance that is always the same, and the more likely the more room it takes.
fn is_chosen(record: &Record, length: u64) -> bool {
    length >= APART || rank(record) < length * (u64::MAX / APART)
}

fn rank(record: &Record) -> u64 {
    let hash = digest(&SHA256, format!("{}/{}", record.kind(), name(record)).as_bytes());
    hash.as_ref().iter().take(8).fold(0, |rank, byte| (rank << 8) | u64::from(*byte))
}

/// What a record is called among those of its kind.
fn name(record: &Record) -> String {
    match record {
        Record::Account(account) => account.id.to_string(),
        Record::Settings(_) => String::new(),
        Record::Category(category) => category.id.to_string(),
        Record::SavedSearch(search) => search.id.to_string(),
        Record::Fact(fact) => fact.id.to_string(),
        Record::Memory(memory) => memory.id.to_string(),
        Record::Version(version) => format!("{}/{}", version.memory_id, version.fields.version),
        Record::File(file) => file.id.to_string(),
        Record::Message(message) => message.id.to_string(),
        Record::Conversation(conversation) => conversation.id.to_string(),
        Record::Turn(turn) => turn.id.to_string(),
        Record::Reminder(reminder) => reminder.id.to_string(),
        Record::Contact(contact) => contact.id.clone(),
    }
}

/// When a record was last changed, as far as it tells.
pub(crate) fn changed_at(record: &Record) -> Option<Timestamp> {
    match record {
        Record::Account(account) => Some(account.created_at),
        Record::Settings(_) => None,
        Record::Category(category) => Some(category.updated_at),
        Record::SavedSearch(search) => Some(search.updated_at),
        Record::Fact(fact) => Some(fact.updated_at),
        Record::Memory(memory) => Some(memory.fields.updated_at),
        Record::Version(version) => Some(version.fields.updated_at),
        Record::File(file) => Some(file.updated_at),
        Record::Message(message) => Some(message.updated_at),
        Record::Conversation(conversation) => Some(conversation.updated_at),
        Record::Turn(turn) => Some(turn.created_at),
        Record::Reminder(reminder) => Some(reminder.created_at),
        Record::Contact(contact) => Some(contact.last_at),
    }
}
