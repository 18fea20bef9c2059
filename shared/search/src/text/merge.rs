//! Makes one segment of several, without the texts that they were built of.

use bytes::Bytes;
use fst::map::OpBuilder;
use fst::{Map, Streamer};

use super::posting_writer::PostingsWriter;
use super::segment::Segment;
use super::writer::{Row, SegmentWriter};
use crate::EntityId;

/// A document that goes into the merged segment: its id, the segment that it comes from, its number there.
type Kept = (EntityId, usize, u32);

/// A document's number in the merged segment, if it goes there.
type Numbers = Vec<Option<u32>>;

impl Segment {
    /// The bytes of one segment in place of several, given from the oldest to the newest. Of an id the newest document is
    /// kept, if no newer segment removed it, and if `keep` says so. `is_oldest` says that there is no segment older than
    /// these: then what they removed need not be remembered.
    pub fn merge(segments: &[&Segment], is_oldest: bool, keep: impl Fn(EntityId) -> bool) -> Vec<u8> {
        let (kept, removed) = choose(segments, is_oldest, keep);
        let mut numbers: Vec<Numbers> =
            segments.iter().map(|segment| vec![None; segment.document_count()]).collect();
        let mut rows = Vec::with_capacity(kept.len());
        let facets: Vec<Vec<String>> = segments.iter().map(|segment| facet_names(segment)).collect();
        for (number, &(id, of, document)) in (0..).zip(&kept) {
            numbers[of][document as usize] = Some(number);
            rows.push(row(segments[of], id, document, &facets[of]));
        }
        let mut writer = SegmentWriter::new(&rows, &removed);
        merge_words(segments, &numbers, &rows, &mut writer);
        writer.finish()
    }
}

/// What is kept, sorted by id, and what stays removed.
fn choose(
    segments: &[&Segment],
    is_oldest: bool,
    keep: impl Fn(EntityId) -> bool,
) -> (Vec<Kept>, Vec<EntityId>) {
    // The newest first: what is met first of an id counts.
    let mut all: Vec<(EntityId, usize, Option<u32>)> = Vec::new();
    for (of, segment) in segments.iter().enumerate().rev() {
        all.extend(segment.ids().zip(0..).map(|(id, document)| (id, of, Some(document))));
        all.extend(segment.removed_ids().map(|id| (id, of, None)));
    }
    all.sort_by_key(|(id, ..)| *id);
    all.dedup_by_key(|(id, ..)| *id);

    let mut kept = Vec::new();
    let mut removed = Vec::new();
    for (id, of, document) in all {
        match document {
            Some(document) if keep(id) => kept.push((id, of, document)),
            // What is not kept may still lie in an older segment.
            _ if is_oldest => {}
            _ => removed.push(id),
        }
    }
    (kept, removed)
}

/// The names of a segment's facets, by their numbers.
fn facet_names(segment: &Segment) -> Vec<String> {
    let names = (0..segment.facets.len()).map(|index| segment.facets.text(index));
    names.map(|name| String::from_utf8_lossy(name).into_owned()).collect()
}

fn row(segment: &Segment, id: EntityId, document: u32, facet_names: &[String]) -> Row {
    Row {
        id,
        memory: segment.memory(document).map(|memory| memory.as_uuid()).unwrap_or_default(),
        made_at: segment.made_at(document),
        language: segment.language(document),
        lengths: segment.lengths(document),
        facets: segment
            .facets(document)
            .filter_map(|facet| facet_names.get(facet as usize).cloned())
            .collect(),
    }
}

fn merge_words(segments: &[&Segment], numbers: &[Numbers], rows: &[Row], writer: &mut SegmentWriter<'_>) {
    let dictionaries = segments.iter().map(|segment| &segment.words);
    let mut union = dictionaries.fold(OpBuilder::new(), |all, words: &Map<Bytes>| all.add(words)).union();
    let mut postings = PostingsWriter::default();
    let mut places = Vec::new();
    let mut of_word: Vec<(u32, usize, usize)> = Vec::new();
    while let Some((key, sources)) = union.next() {
        places.clear();
        of_word.clear();
        for source in sources {
            let numbers = &numbers[source.index];
            let number = |document: u32| numbers.get(document as usize).copied().flatten();
            segments[source.index].postings(source.value as u32).each_with_places(
                |document| number(document).is_some(),
                |document, of_document| {
                    let begin = places.len();
                    places.extend_from_slice(of_document);
                    of_word.extend(number(document).map(|number| (number, begin, places.len())));
                },
            );
        }
        if of_word.is_empty() {
            continue;
        }
        of_word.sort_unstable();
        let mut languages = 0;
        for &(number, begin, end) in &of_word {
            postings.push(number, places[begin..end].iter().copied());
            languages |= SegmentWriter::language_of(rows, number);
        }
        writer.add_word(key, languages, &mut postings);
    }
}
