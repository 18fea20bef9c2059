//! Words that stand beside each other in the query and in a document, too: names, numbers of things, expressions.

use super::corpus::Corpus;
use super::postings::field_of;
use super::rank::Scored;
use super::search::Group;

/// What two words count for standing as in the query, beside what the lesser of them is worth.
const BESIDE: f32 = 0.8;
/// What they count for standing near each other.
const NEAR: f32 = 0.3;
/// How many words apart that is.
const NEAR_WORDS: u32 = 5;

/// Adds to the scores of documents in which neighbouring words of the query are neighbours.
pub(super) fn add(corpus: &Corpus, groups: &[Group<'_>], best: &mut [Scored]) {
    let words: Vec<&Group<'_>> = groups.iter().filter(|group| group.term.is_some()).collect();
    if words.len() < 2 || best.is_empty() {
        return;
    }
    for (number, _) in corpus.parts.iter().enumerate() {
        let mut here: Vec<&mut Scored> = best.iter_mut().filter(|scored| scored.part == number).collect();
        here.sort_unstable_by_key(|scored| scored.document);
        if !here.is_empty() {
            add_in(corpus, number, &words, &mut here);
        }
    }
}

fn add_in(corpus: &Corpus, number: usize, words: &[&Group<'_>], here: &mut [&mut Scored]) {
    let documents: Vec<u32> = here.iter().map(|scored| scored.document).collect();
    let mut before = places(corpus, number, words[0], &documents);
    for pair in words.windows(2) {
        let after = places(corpus, number, pair[1], &documents);
        let apart =
            pair[0].term.zip(pair[1].term).map_or(0, |(one, other)| other.position.abs_diff(one.position));
        let worth = pair[0].worth().min(pair[1].worth());
        for ((scored, before), after) in here.iter_mut().zip(&before).zip(&after) {
            scored.score += worth * closeness(before, after, apart);
        }
        before = after;
    }
}

/// The places of a word in each of some documents, which are sorted.
fn places(corpus: &Corpus, number: usize, group: &Group<'_>, documents: &[u32]) -> Vec<Vec<u32>> {
    let mut all = vec![Vec::new(); documents.len()];
    let segment = &corpus.parts[number].segment;
    let meant =
        group.variants.get(number).into_iter().flatten().filter(|variant| variant.kind.is_same_word());
    for variant in meant {
        segment.postings(variant.offset).each_with_places(
            |document| documents.binary_search(&document).is_ok(),
            |document, places| {
                if let Ok(at) = documents.binary_search(&document) {
                    all[at].extend_from_slice(places);
                }
            },
        );
    }
    all.iter_mut().for_each(|places| places.sort_unstable());
    all
}

/// How near two words come to each other, given their places and how far apart they are in the query.
fn closeness(before: &[u32], after: &[u32], apart: u32) -> f32 {
    let mut best = 0.0;
    for &place in before {
        let from = place.saturating_sub(NEAR_WORDS);
        let first = after.partition_point(|&other| other < from);
        for &other in after[first..].iter().take_while(|&&other| other <= place + NEAR_WORDS.max(apart)) {
            if field_of(other) != field_of(place) {
                continue;
            }
            if other.checked_sub(place) == Some(apart) {
                return BESIDE;
            }
            if other.abs_diff(place) <= NEAR_WORDS {
                best = NEAR;
            }
        }
    }
    best
}
