//! Patterns of words, and the longest match of one.

use crate::meaning::Slots;
use crate::names::{Names, Slot, Spellings};
use crate::words::Word;

/// A sequence of steps, see [`crate::table`].
#[derive(Debug)]
pub(crate) struct Pattern(Vec<Step>);

#[derive(Debug)]
struct Step {
    fits: Fits,
    may_miss: bool,
}

#[derive(Debug)]
enum Fits {
    Slot(Slot),
    Spellings(Spellings),
}

impl Pattern {
    /// Reads a pattern of a table.
    pub(crate) fn parse(pattern: &str) -> Self {
        let step = |step: &str| {
            let inside = step.strip_prefix('(').and_then(|step| step.strip_suffix(')'));
            let text = inside.unwrap_or(step);
            let fits = Slot::parse(text).map_or_else(|| Fits::Spellings(Spellings::parse(text)), Fits::Slot);
            Step { fits, may_miss: inside.is_some() }
        };
        Self(pattern.split_whitespace().map(step).collect())
    }

    /// How many words the longest match takes up that begins with the first of these words, and what fills its slots.
    pub(crate) fn longest(&self, names: &Names, words: &[Word]) -> Option<(usize, Slots)> {
        longest(&self.0, names, words, Slots::default())
    }
}

fn longest(steps: &[Step], names: &Names, words: &[Word], slots: Slots) -> Option<(usize, Slots)> {
    let Some((step, steps)) = steps.split_first() else {
        return Some((0, slots));
    };
    let onwards = |length: usize, slots: Slots| {
        let (rest, slots) = longest(steps, names, words.get(length..)?, slots)?;
        Some((length + rest, slots))
    };
    let with = match &step.fits {
        Fits::Slot(slot) => {
            names.fill(*slot, words, slots).and_then(|(length, slots)| onwards(length, slots))
        }
        Fits::Spellings(spellings) => {
            let ends = spellings.lengths(words).filter_map(|length| onwards(length, slots));
            ends.max_by_key(|(length, _)| *length)
        }
    };
    let without = if step.may_miss { onwards(0, slots) } else { None };
    with.into_iter().chain(without).max_by_key(|(length, _)| *length)
}
