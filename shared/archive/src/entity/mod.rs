//! Entities of records. An archive may come from anywhere and may have been changed: every rule that holds for what people write holds
//! for what they bring in.
//!
//! What a record cannot bring back is left as it is when there is nothing: counts are counted when their things come in, and what was on its
//! way when the archive was made is not on its way any more.

mod conversation;
mod file;
mod memory;
mod message;
mod small;

use app_domain::{Invalid, Timestamp, Version};
use uuid::Uuid;

use crate::Kind;

pub use file::ArchivedFile;

/// A rule that a record breaks, and the member that breaks it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} of this {kind} {invalid}")]
pub struct InvalidRecord {
    /// The kind of the record.
    pub kind: Kind,
    /// The member.
    pub field: &'static str,
    /// The rule.
    pub invalid: Invalid,
}

/// A text that has no rules of its own, as it comes from messengers: as much of it as is kept, on one line.
fn tidied(text: Option<String>, max_characters: usize) -> Option<String> {
    text.map(|text| text.chars().filter(|c| !c.is_control()).take(max_characters).collect())
}

/// Names what is checked in errors.
#[derive(Clone, Copy)]
struct Check(Kind);

impl Check {
    /// The first and the last moment with a year of four digits: times are compared as text. In seconds since 1970.
    const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;
    /// The last version. Versions are compared as text of ten digits, and must have room to grow.
    const LAST_VERSION: u64 = 999_999_999;

    fn error(self, field: &'static str, invalid: Invalid) -> InvalidRecord {
        InvalidRecord { kind: self.0, field, invalid }
    }

    fn wrong(self, field: &'static str, rule: &'static str) -> InvalidRecord {
        self.error(field, Invalid::new(rule))
    }

    /// A value that was parsed.
    fn ok<T>(self, field: &'static str, parsed: Result<T, Invalid>) -> Result<T, InvalidRecord> {
        parsed.map_err(|invalid| self.error(field, invalid))
    }

    /// A text that must be parsed, if it is there.
    fn text<T>(
        self,
        field: &'static str,
        text: Option<String>,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Result<Option<T>, InvalidRecord> {
        self.ok(field, text.as_deref().map(parse).transpose())
    }

    /// An id as they are made here. Others could stand for something else: there is nothing with the id of only zeros.
    fn id(self, id: Uuid) -> Result<(), InvalidRecord> {
        let is_made = id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122;
        is_made.then_some(()).ok_or_else(|| self.wrong("id", "must be a UUID of version 7"))
    }

    fn version(self, version: u64) -> Result<Version, InvalidRecord> {
        let is_version = (1..=Self::LAST_VERSION).contains(&version);
        is_version
            .then(|| Version::from(version))
            .ok_or_else(|| self.wrong("version", "must be 1 to 999999999"))
    }

    fn time(self, field: &'static str, at: Timestamp) -> Result<Timestamp, InvalidRecord> {
        let is_sane = Self::SECONDS.contains(&at.as_seconds());
        is_sane.then_some(at).ok_or_else(|| self.wrong(field, "must be in the years 1 to 9999"))
    }

    fn time_if_any(
        self,
        field: &'static str,
        at: Option<Timestamp>,
    ) -> Result<Option<Timestamp>, InvalidRecord> {
        at.map(|at| self.time(field, at)).transpose()
    }

    /// When something was made and last changed, which was not before.
    fn times(self, created: Timestamp, updated: Timestamp) -> Result<(Timestamp, Timestamp), InvalidRecord> {
        let created = self.time("createdAt", created)?;
        Ok((created, self.time("updatedAt", updated)?.max(created)))
    }
}
