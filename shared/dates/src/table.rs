//! The shape of a language's table.
//!
//! Names of things list their spellings with `|` between them. A pattern is steps with spaces between them: a step is one of
//! several spellings (`last|past`), in brackets when it may be missing (`(the)`), or in capitals a slot that the names fill,
//! see [`crate::names::Slot`]. Case and accents count for nothing, and a hyphen may be missing.

use app_text::language::Language;

use crate::meaning::{Meaning, Relation};

/// What a language says about time.
pub(crate) struct Table {
    pub(crate) language: Language,
    /// One to twelve.
    pub(crate) numbers: [&'static str; 12],
    /// Day, week, month, year: one of them, and several.
    pub(crate) units: [(&'static str, &'static str); 4],
    /// From Monday.
    pub(crate) weekdays: [&'static str; 7],
    /// From January.
    pub(crate) months: [&'static str; 12],
    /// The same in short, which only counts before a year. Empty where the short form is also a word.
    pub(crate) short_months: [&'static str; 12],
    /// What may lead a phrase of `spans`, a date in digits or, save for [`Relation::In`], a year. After [`Relation::Since`]
    /// a month or a weekday may stand alone.
    pub(crate) leads: &'static [(&'static str, Relation)],
    /// Phrases that are sure alone, and behind a lead.
    pub(crate) spans: &'static [(&'static str, Meaning)],
    /// Phrases that are sure as they are: their preposition makes them so.
    pub(crate) whole: &'static [(&'static str, Meaning)],
    /// Phrases that are words of other languages. They are sure when the query is in this one.
    pub(crate) shared: &'static [(&'static str, Meaning)],
    /// Words before a phrase that make it mean something else: "until today", "my last year".
    pub(crate) doubt_before: &'static str,
    /// Words after a phrase that do: "yesterday or today", "on Monday next week".
    pub(crate) doubt_after: &'static str,
    /// Words after a week, month or year that make it a part of something: "last week of school".
    pub(crate) part_of: &'static str,
}

/// What every language reads alike, alone and behind a lead.
pub(crate) const IN_DIGITS: &[(&str, Meaning)] =
    &[("DATE", Meaning::Dated), ("QUARTER (/) YEAR", Meaning::Dated)];

/// What is only sure behind a lead that says since when.
pub(crate) const SINCE: &[(&str, Meaning)] =
    &[("YEAR", Meaning::Dated), ("MONTH", Meaning::Month), ("WEEKDAY", Meaning::Weekday)];

/// What is only sure behind a lead that says before or after what.
pub(crate) const EDGE: &[(&str, Meaning)] = &[("YEAR", Meaning::Dated)];
