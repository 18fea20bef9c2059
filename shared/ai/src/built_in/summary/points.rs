//! The key points of a text: its best sentences, each short enough for a line.

use std::collections::HashSet;

use super::choose::{Choice, choose};
use super::measure::cut;
use super::rank::Ranked;
use crate::built_in::lines::one_line;
use crate::text::fold::without_accents;

const MAX_POINTS: usize = 5;
/// A point is shorter than 120 characters.
const MAX_CHARS: usize = 119;

/// Up to five of them, in the order of the text, no two the same.
pub(super) fn key_points(text: &str, ranked: &Ranked) -> Vec<String> {
    let Choice::Whole(chosen) = choose(text, ranked, MAX_POINTS, u32::MAX) else {
        return Vec::new();
    };
    let mut seen = HashSet::new();
    let points = chosen.into_iter().filter_map(|at| {
        let line = one_line(&text[ranked.pieces[at].range.clone()]);
        let point = cut(&line, u32::MAX, MAX_CHARS);
        let folded = without_accents(&point.to_lowercase()).into_owned();
        seen.insert(folded).then_some(point)
    });
    points.collect()
}
