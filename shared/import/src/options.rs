//! How an archive is read.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

/// How an archive is read.
#[derive(Debug, Clone)]
pub struct Options {
    /// The time zone of times that name none.
    pub timezone: TimeZone,
    /// For dates that can be read in two ways: whether the day stands before the month. Found out unless told.
    pub day_first: Option<bool>,
    /// For tables and JSON: which column or member is what, by the names of `ImportSpec::MAPPED`.
    pub mapping: BTreeMap<String, String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { timezone: TimeZone::UTC, day_first: None, mapping: BTreeMap::new() }
    }
}
