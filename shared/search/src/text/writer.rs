//! Puts a segment together from rows and postings: what building and merging have in common.

use std::collections::BTreeMap;

use fst::MapBuilder;
use uuid::Uuid;

use super::analysis::{Languages, bit_of, each_stem, spellings};
use super::codec::put_varint;
use super::format::{self, Section};
use super::posting_writer::PostingsWriter;
use super::postings::FIELDS;
use super::table::Table;
use crate::EntityId;

/// What is kept of a document beside its words.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) id: EntityId,
    pub(super) memory: Uuid,
    /// In milliseconds.
    pub(super) made_at: i64,
    pub(super) language: u8,
    pub(super) lengths: [u16; FIELDS],
    pub(super) facets: Vec<String>,
}

/// A segment that is being written. Its documents are known from the beginning, its words are added in order.
pub(super) struct SegmentWriter<'a> {
    rows: &'a [Row],
    removed: &'a [EntityId],
    words: MapBuilder<Vec<u8>>,
    postings: Vec<u8>,
    /// Of each stem, the words that have it, by where their postings begin.
    stems: BTreeMap<Box<str>, Vec<(u32, Languages)>>,
}

impl<'a> SegmentWriter<'a> {
    /// With these documents and removals, both sorted by id.
    pub(super) fn new(rows: &'a [Row], removed: &'a [EntityId]) -> Self {
        Self { rows, removed, words: MapBuilder::memory(), postings: Vec::new(), stems: BTreeMap::new() }
    }

    /// Adds a word, whose key is greater than all before, and which stands in documents of these languages.
    pub(super) fn add_word(&mut self, key: &[u8], languages: Languages, postings: &mut PostingsWriter) {
        let offset = self.postings.len() as u32;
        // Keys come sorted and memory takes every byte, so it cannot fail; a word that fails would only not be found.
        if self.words.insert(key, offset.into()).is_err() {
            return;
        }
        postings.finish(&mut self.postings);
        each_stem(spellings(key).1, languages, |stem, languages| match self.stems.get_mut(stem) {
            Some(words) => words.push((offset, languages)),
            None => drop(self.stems.insert(stem.into(), vec![(offset, languages)])),
        });
    }

    /// The language of a document, as a bit.
    pub(super) fn language_of(rows: &[Row], document: u32) -> Languages {
        rows.get(document as usize).map_or(0, |row| bit_of(row.language))
    }

    /// The bytes of the segment.
    pub(super) fn finish(self) -> Vec<u8> {
        let mut sections = [const { Vec::new() }; Section::COUNT];
        write_rows(self.rows, &mut sections);
        sections[Section::Removed as usize].extend(self.removed.iter().flat_map(|id| id.to_bytes()));
        // To memory nothing fails to be written; no bytes would be found to be no dictionary.
        sections[Section::Words as usize] = self.words.into_inner().unwrap_or_default();
        sections[Section::Postings as usize] = self.postings;

        let mut stem_words = Vec::new();
        let mut starts = BTreeMap::new();
        for (stem, words) in &self.stems {
            starts.insert(stem, stem_words.len() as u32);
            put_varint(&mut stem_words, words.len() as u32);
            let mut before = 0;
            for (offset, languages) in words {
                put_varint(&mut stem_words, offset - before);
                put_varint(&mut stem_words, *languages);
                before = *offset;
            }
        }
        sections[Section::Stems as usize] = Table::write(&starts);
        sections[Section::StemWords as usize] = stem_words;
        format::write(self.rows.len() as u32, &sections)
    }
}

fn write_rows(rows: &[Row], sections: &mut [Vec<u8>; Section::COUNT]) {
    let mut names: BTreeMap<&str, u32> =
        rows.iter().flat_map(|row| &row.facets).map(|facet| (facet.as_str(), 0)).collect();
    names.values_mut().zip(0..).for_each(|(slot, number)| *slot = number);

    for row in rows {
        sections[Section::Ids as usize].extend(row.id.to_bytes());
        sections[Section::Memories as usize].extend(row.memory.as_bytes());
        sections[Section::Times as usize].extend(row.made_at.to_le_bytes());
        sections[Section::Languages as usize].push(row.language);
        sections[Section::Lengths as usize]
            .extend(row.lengths.iter().flat_map(|length| length.to_le_bytes()));
        let start = sections[Section::Facets as usize].len() as u32;
        sections[Section::FacetStarts as usize].extend(start.to_le_bytes());
        let mut facets: Vec<u32> =
            row.facets.iter().filter_map(|facet| names.get(facet.as_str()).copied()).collect();
        facets.sort_unstable();
        facets.dedup();
        let into = &mut sections[Section::Facets as usize];
        put_varint(into, facets.len() as u32);
        facets.iter().for_each(|facet| put_varint(into, *facet));
    }

    sections[Section::FacetNames as usize] = Table::write(&names);
}
