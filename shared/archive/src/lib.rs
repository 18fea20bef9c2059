//! Archives of a person's data: their records, their formats, their containers, and how they are verified. No AWS and no clock: bytes in,
//! bytes out.

mod container;
mod enclosed;
mod entity;
mod json_text;
mod kind;
mod manifest;
mod record;
mod record_of;
mod redact;
mod render;
mod times;
mod verify;
mod words;

pub use container::{Container, ContainerState, Shape, Spool};
pub use enclosed::{RECORD_SCHEMA, enclosed};
pub use entity::{ArchivedFile, InvalidRecord};
pub use kind::{Counts, Kind};
pub use manifest::{
    Checksums, FORMAT, Footer, Head, Header, MANIFEST, Manifest, SUMS, Totals, Unreadable, Unreadables,
    VERSION,
};
pub use record::{
    AccountRecord, AnswerRecord, CategoryRecord, ContactRecord, ConversationRecord, FactRecord, FileRecord,
    MediaRecord, MemoryFields, MemoryRecord, MessageRecord, Record, ReminderRecord, SavedSearchRecord,
    SettingsRecord, SummaryRecord, TurnRecord, VersionRecord,
};
pub use redact::redacted;
pub use render::{Output, Renderer, StateError, editable_name, editable_note, renderer, shown_words};
pub use verify::{Verified, VerifyError, verify};
