//! Time spans that people name in a search: "dentist last week" looks for "dentist" among what was made last week.
//!
//! A span is only read where hardly anything else can be meant. When in doubt there is none, and its words are searched like
//! all others. What words a language has for it is in tables, one per language; the code knows no language.

mod calendar;
mod digits;
mod grammar;
mod languages;
mod meaning;
mod names;
mod pattern;
mod phrase;
mod place;
mod table;
mod words;

use std::ops::Range;

use jiff::{Timestamp, Zoned};

/// A longer query was not typed to search: it was pasted, and a day in it says nothing about when it was saved.
const MAX_BYTES: usize = 1024;

/// A time span that a query names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Where in the query it stands, in bytes, its preposition included.
    pub phrase: Range<usize>,
    /// The query without it, on one line. Empty when it names nothing else.
    pub rest: String,
    /// The beginning: a local midnight, save for nights. None for what is before something.
    pub from: Option<Timestamp>,
    /// The end, which is no longer part of it. It may lie in the future: today ends at midnight.
    pub to: Timestamp,
}

/// The time span that a query names for sure, read in the zone of `now`.
///
/// Nothing is sure about two spans, about one inside quotation marks or left out with a hyphen, and about one in the future:
/// people write down what they plan.
pub fn find(query: &str, now: Zoned) -> Option<Named> {
    if query.len() > MAX_BYTES {
        return None;
    }
    let words = words::words(query);
    let phrase = phrase::only(query, &words)?;
    let (from, to) = phrase.reading.span(&now)?;
    let range = words[phrase.at.start].range.start..words[phrase.at.end - 1].range.end;
    let rest = place::without(query, &range);
    Some(Named { phrase: range, rest, from, to })
}
