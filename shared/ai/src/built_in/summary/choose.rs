//! Which sentences a summary has: good ones that do not repeat each other (maximal marginal relevance, Carbonell and
//! Goldstein, 1998) and that fit in.

use super::rank::Ranked;
use crate::built_in::lines::{counted, one_line};

/// How much it counts to be good, rather than new.
const GOOD: f32 = 0.7;
/// A sentence that has this much in common with one that is chosen says it again.
const SAME: f32 = 0.6;
/// A sentence that fits is taken instead of the best that does not, if it is this good.
const GOOD_ENOUGH: f32 = 0.5;

/// What a summary consists of.
#[derive(Debug)]
pub(super) enum Choice {
    /// These sentences, in the order of the text.
    Whole(Vec<usize>),
    /// A part of this one, because none that is good enough fits.
    Cut(usize),
}

/// Chooses up to `most` sentences with at most `max_words` words together.
pub(super) fn choose(text: &str, ranked: &Ranked, most: usize, max_words: u32) -> Choice {
    let order = ranked.order();
    let Some(&best) = order.first() else {
        return Choice::Whole(Vec::new());
    };
    let lengths: Vec<u32> =
        ranked.pieces.iter().map(|piece| counted(&one_line(&text[piece.range.clone()]))).collect();
    let mut left = max_words;
    let fits = |at: usize, left: u32| lengths[at] <= left;
    let mut open: Vec<usize> = order.into_iter().filter(|&at| fits(at, left)).collect();
    if open.first().is_none_or(|&at| ranked.scores[at] < GOOD_ENOUGH) {
        return Choice::Cut(best);
    }
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < most && !open.is_empty() {
        let gain = |at: usize| GOOD * ranked.scores[at] - (1.0 - GOOD) * repeated(ranked, &chosen, at);
        // Of equally good ones the first in order, which is the earlier.
        let next = open.iter().copied().reduce(|best, at| if gain(at) > gain(best) { at } else { best });
        let Some(next) = next else {
            break;
        };
        chosen.push(next);
        left = left.saturating_sub(lengths[next]);
        open.retain(|&at| at != next && fits(at, left) && ranked.similarities.between(at, next) < SAME);
    }
    chosen.sort_unstable();
    Choice::Whole(chosen)
}

/// How much of a sentence one of the chosen has said.
fn repeated(ranked: &Ranked, chosen: &[usize], at: usize) -> f32 {
    chosen.iter().map(|&other| ranked.similarities.between(at, other)).fold(0.0, f32::max)
}
