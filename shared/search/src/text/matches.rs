//! In which documents a word or a phrase is found.

use super::corpus::Part;
use super::expand::{Kind, Variant, same_words};
use super::postings::{Counts, FIELDS, field_of};
use super::query::Phrase;

/// A document in which a word of the query is found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Match {
    pub(super) document: u32,
    /// The best kind of what was found there.
    pub(super) kind: Kind,
    /// How often, in each field.
    pub(super) counts: Counts,
}

/// Room for one number for each document of a segment, all zero between uses.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    slots: Vec<u32>,
}

impl Scratch {
    fn for_part(&mut self, part: &Part) -> &mut [u32] {
        let documents = part.segment.document_count();
        if self.slots.len() < documents {
            self.slots.resize(documents, 0);
        }
        &mut self.slots[..documents]
    }
}

/// Adds the documents that hold one of the words to those found already, each once. The words come with the best kind
/// first; where a word that is meant is found, near ones do not count.
pub(super) fn find(part: &Part, variants: &[Variant], scratch: &mut Scratch, found: &mut Vec<Match>) {
    let is_only = variants.len() == 1 && found.is_empty();
    let slots = scratch.for_part(part);
    for (at, known) in (1..).zip(&*found) {
        slots[known.document as usize] = at;
    }
    for variant in variants {
        let kind = variant.kind;
        part.segment.postings(variant.offset).each(|document, counts| {
            if !part.is_live(document) {
                return;
            }
            if is_only {
                found.push(Match { document, kind, counts });
                return;
            }
            let slot = &mut slots[document as usize];
            if *slot == 0 {
                found.push(Match { document, kind, counts });
                *slot = found.len() as u32;
            } else if let Some(known) = found.get_mut(*slot as usize - 1)
                && known.kind.is_meant() == kind.is_meant()
            {
                known.kind = known.kind.min(kind);
                for (sum, count) in known.counts.iter_mut().zip(counts) {
                    *sum = sum.saturating_add(count);
                }
            }
        });
    }
    found.iter().for_each(|known| slots[known.document as usize] = 0);
}

/// The documents that hold the words of a phrase one after the other, whatever their accents.
pub(super) fn find_phrase(part: &Part, phrase: &Phrase, scratch: &mut Scratch) -> Vec<Match> {
    let variants: Vec<Vec<Variant>> = phrase
        .words
        .iter()
        .map(|word| {
            let mut variants = Vec::new();
            same_words(&part.segment, word, &mut variants);
            variants
        })
        .collect();
    let Some((first, rest)) = variants.split_first() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    find(part, first, scratch, &mut found);
    if rest.is_empty() {
        return found;
    }

    // Places are only read where all words are.
    let slots = scratch.for_part(part);
    found.iter().for_each(|known| slots[known.document as usize] = 1);
    for (at, variants) in (1..).zip(rest) {
        for variant in variants {
            part.segment.postings(variant.offset).each(|document, _| {
                let slot = &mut slots[document as usize];
                *slot += u32::from(*slot == at);
            });
        }
    }
    let all = variants.len() as u32;
    found.retain(|known| std::mem::take(&mut slots[known.document as usize]) == all);
    if found.is_empty() {
        return found;
    }
    found.iter().for_each(|known| slots[known.document as usize] = all);
    let mut begins: Option<Vec<u64>> = None;
    for (word, variants) in phrase.words.iter().zip(&variants) {
        let mut here = Vec::new();
        for variant in variants {
            part.segment.postings(variant.offset).each_with_places(
                |document| slots[document as usize] == all,
                |document, places| {
                    here.extend(places.iter().filter_map(|&at| begin(document, at, word.position)))
                },
            );
        }
        here.sort_unstable();
        begins = Some(match begins {
            None => here,
            Some(before) => before.into_iter().filter(|begin| here.binary_search(begin).is_ok()).collect(),
        });
    }
    found.iter().for_each(|known| slots[known.document as usize] = 0);
    count(&begins.unwrap_or_default())
}

/// Where a phrase begins whose word at `offset` stands at `place`, if it can begin in the same field.
fn begin(document: u32, place: u32, offset: u32) -> Option<u64> {
    let begin = place.checked_sub(offset).filter(|&begin| field_of(begin) == field_of(place))?;
    Some(u64::from(document) << 32 | u64::from(begin))
}

/// How often a phrase begins in each document and field, from where it does, sorted.
fn count(begins: &[u64]) -> Vec<Match> {
    let of_documents = begins.chunk_by(|one, other| one >> 32 == other >> 32);
    let count = |begins: &[u64]| {
        let mut counts = [0_u16; FIELDS];
        for &begin in begins {
            let field = field_of(begin as u32).min(FIELDS - 1);
            counts[field] = counts[field].saturating_add(1);
        }
        Match { document: (begins[0] >> 32) as u32, kind: Kind::Exact, counts }
    };
    of_documents.map(count).collect()
}
