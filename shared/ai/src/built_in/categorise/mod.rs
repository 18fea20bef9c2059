//! Filing: where would this person file this text? Mostly by what they filed before, and else by what their categories are
//! called.

mod compare;
mod features;
mod tags;
mod topics;

use self::compare::Shelf;
use self::features::Reader;
use super::BuiltIn;
use crate::{CategoryGuess, CategoryRequest};

/// A text that fits no category better than this fits none.
const FITS: f32 = 0.3;
/// Bytes of a text that are read: what it is about, it says at the beginning.
const TEXT_BYTES: usize = 32 * 1024;
/// The same of an example.
const EXAMPLE_BYTES: usize = 1024;
/// Examples of a category that are read.
const EXAMPLES: usize = 20;
/// How often a word counts that stands in the title or is a tag.
const TITLE_WEIGHT: f32 = 1.5;

impl BuiltIn {
    /// Where a text may belong, the most likely first. All categories are there, also those where it does not belong.
    pub fn categorise(&self, request: &CategoryRequest) -> Vec<CategoryGuess> {
        let mut reader = Reader::new();
        let shelves: Vec<Shelf> =
            request.categories.iter().map(|profile| Shelf::read(profile, &mut reader)).collect();
        let tags = request.tags.join("\n");
        let parts = [
            (request.title.as_str(), TITLE_WEIGHT),
            (tags.as_str(), TITLE_WEIGHT),
            (beginning(&request.text, TEXT_BYTES), 1.0),
        ];
        let text = reader.read(&parts);
        let mut guesses: Vec<CategoryGuess> = compare::confidences(&text, &shelves, reader.marks())
            .into_iter()
            .enumerate()
            .map(|(category, confidence)| CategoryGuess { category, confidence })
            .collect();
        // The sort is stable: of equally likely ones the person's first one comes first.
        guesses.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        guesses
    }

    /// What a new category for this text could be called, if it fits none that there is: up to 30 characters.
    pub fn suggested_name(&self, request: &CategoryRequest) -> Option<String> {
        let fits = self.categorise(request).first().is_some_and(|guess| guess.confidence >= FITS);
        if fits { None } else { tags::name(request) }
    }

    /// Up to five words or names that tell what a text is about, the most telling first.
    pub fn tags(&self, text: &str) -> Vec<String> {
        tags::tags(beginning(text, TEXT_BYTES))
    }
}

/// The first bytes of a text, as many as are read.
fn beginning(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
