//! Makes a segment of documents.

use std::collections::HashMap;

use app_text::fold::normalise;

use super::analysis::{Languages, SEPARATOR, bit_of, each_word, language_of, write_key};
use super::document::Document;
use super::posting_writer::PostingsWriter;
use super::postings::{FIELDS, place};
use super::segment::Segment;
use super::writer::{Row, SegmentWriter};
use crate::EntityId;

/// How many words lie between two tags, so that no phrase reaches from one into the next.
const TAG_GAP: u32 = 8;
/// Words of a title or of the tags that are found.
const MAX_SHORT_WORDS: u32 = 1_000;

impl Segment {
    /// The bytes of a segment with these documents; of two with one id, the later one counts. What was `removed` since
    /// older segments were written is hidden in them when they are searched together, as is every older document of an id
    /// that is here.
    pub fn build<'a>(
        documents: impl IntoIterator<Item = &'a Document>,
        removed: impl IntoIterator<Item = EntityId>,
    ) -> Vec<u8> {
        let mut documents: Vec<&Document> = documents.into_iter().collect();
        // Stable, so that the later of two is behind the earlier, and the first of the reversed.
        documents.reverse();
        documents.sort_by_key(|document| document.id);
        documents.dedup_by_key(|document| document.id);
        let mut removed: Vec<EntityId> = removed.into_iter().collect();
        removed.sort_unstable();
        removed.dedup();
        removed.retain(|id| documents.binary_search_by_key(id, |document| document.id).is_err());

        let mut vocabulary = Vocabulary::default();
        let mut rows = Vec::with_capacity(documents.len());
        for (number, document) in (0..).zip(documents) {
            rows.push(vocabulary.add(number, document));
        }
        let mut writer = SegmentWriter::new(&rows, &removed);
        vocabulary.write(&mut writer);
        writer.finish()
    }
}

/// The words met so far.
#[derive(Default)]
struct Vocabulary {
    /// The number of each word, by its exact spelling.
    numbers: HashMap<Box<str>, u32>,
    postings: Vec<PostingsWriter>,
    languages: Vec<Languages>,
    /// The words of the document at hand, and their places.
    places: Vec<(u32, u32)>,
}

impl Vocabulary {
    fn add(&mut self, number: u32, document: &Document) -> Row {
        let language = language_of(&document.title, &document.body);
        self.places.clear();
        let title = self.add_field(0, 0, &document.title, MAX_SHORT_WORDS);
        let mut tags = (0, 0);
        for tag in &document.tags {
            let begin = tags.1;
            let words = self.add_field(1, begin, tag, MAX_SHORT_WORDS.saturating_sub(tags.0));
            tags = (tags.0 + words, begin + words + TAG_GAP);
        }
        let body = self.add_field(2, 0, &document.body, Document::MAX_WORDS);

        self.places.sort_unstable();
        // A pair that is written like the character it begins with would stand twice at its place.
        self.places.dedup();
        for of_word in self.places.chunk_by(|one, other| one.0 == other.0) {
            let word = of_word[0].0 as usize;
            self.postings[word].push(number, of_word.iter().map(|(_, place)| *place));
            self.languages[word] |= bit_of(language);
        }
        Row {
            id: document.id,
            memory: document.memory.map(|memory| memory.as_uuid()).unwrap_or_default(),
            made_at: document.created_at.as_millis(),
            language,
            lengths: [title, tags.0, body].map(|words| u16::try_from(words).unwrap_or(u16::MAX)),
            facets: document.facets.clone(),
        }
    }

    /// Adds the words of a field from a position on, and returns how many there are.
    fn add_field(&mut self, field: usize, begin: u32, text: &str, max_words: u32) -> u32 {
        debug_assert!(field < FIELDS);
        let mut words = 0;
        each_word(&normalise(text), |word| {
            if word.position >= max_words {
                return;
            }
            words = word.position + 1;
            let number = self.number(word.exact);
            self.places.push((number, place(field, begin + word.position)));
        });
        words
    }

    fn number(&mut self, exact: &str) -> u32 {
        if let Some(&number) = self.numbers.get(exact) {
            return number;
        }
        let number = self.postings.len() as u32;
        self.numbers.insert(exact.into(), number);
        self.postings.push(PostingsWriter::default());
        self.languages.push(0);
        number
    }

    fn write(&mut self, writer: &mut SegmentWriter<'_>) {
        let mut key = Vec::new();
        let mut keys: Vec<(Vec<u8>, u32)> = Vec::with_capacity(self.numbers.len());
        for (exact, number) in &self.numbers {
            write_key(exact, &mut key);
            keys.push((key.clone(), *number));
        }
        keys.sort_unstable();
        // Marks alone are no word, and the beginning of every word.
        for (key, number) in keys.into_iter().filter(|(key, _)| key.first() != Some(&SEPARATOR)) {
            let number = number as usize;
            writer.add_word(&key, self.languages[number], &mut self.postings[number]);
        }
    }
}
