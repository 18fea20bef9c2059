//! Showing where a text matches a query: the stretches around the best matches, with the matching words marked.

use std::ops::Range;

use super::fragment::{Fragment, best_windows, cut};
use super::marks::{Mark, marks};
use super::query::Query;

/// Of longer texts the beginning is looked at.
const MAX_BYTES: usize = 256 * 1024;

/// How much of a text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// At most so many fragments.
    pub fragments: usize,
    /// Each with at most so many user-perceived characters.
    pub chars: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { fragments: 3, chars: 160 }
    }
}

/// The stretches of a text that match a query best, in the order of the text. None, if nothing matches.
///
/// Marked is what a search finds the text by: words in any form, longer words where the query may be the beginning of one,
/// and near words where the text has none that is meant.
pub fn highlight(text: &str, query: &Query, limits: Limits) -> Vec<Fragment> {
    let text = &text[..text.floor_char_boundary(MAX_BYTES)];
    let marks = marks(text, query);
    let mut windows: Vec<Range<usize>> = best_windows(text, &marks, limits);
    windows.sort_unstable_by_key(|window| window.start);
    let of_window = |window: &Range<usize>| {
        let overlaps = |mark: &&Mark| mark.range.start < window.end && window.start < mark.range.end;
        marks.iter().filter(overlaps).map(|mark| mark.range.clone()).collect::<Vec<_>>()
    };
    windows.iter().map(|window| cut(text, window.clone(), &of_window(window))).collect()
}
