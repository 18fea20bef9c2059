//! Which words of a text a query means.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use app_text::fold::{normalise, without_accents};
use app_text::tokens::Shape;
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use super::analysis::{Languages, bit_of, each_stem, each_word, language_of};
use super::expand::Kind;
use super::fuzzy::Nearly;
use super::plan;
use super::query::{Phrase, Query, Term};
use super::search::begins_compounds;

/// Words of phrases beyond these are not marked: a text may be one word repeated.
const MAX_SEEN: usize = 20_000;

/// A word of a text that a query means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// Where it stands, whole user-perceived characters.
    pub(super) range: Range<usize>,
    /// Which part of the query it answers to.
    pub(super) part: usize,
}

/// A word that may be marked, with its place in the normalised text.
struct Candidate {
    range: Range<usize>,
    part: usize,
    kind: Kind,
}

/// The words of a text that a query means, in order, none twice.
pub(super) fn marks(text: &str, query: &Query) -> Vec<Mark> {
    let normalised = Normalised::new(text);
    let language = language_of(text, "");
    let mut matcher = Matcher::new(query, bit_of(language));
    let mut candidates = Vec::new();
    let mut phrases = PhraseFinder::new(&query.required, query.terms.len());
    each_word(normalised.text(), |word| {
        let range = word.start..word.end;
        for &(part, kind) in matcher.of(word.exact, word.shape) {
            candidates.push(Candidate { range: range.clone(), part, kind });
        }
        phrases.see(word.exact, word.position, &range);
    });
    let meant: HashSet<usize> =
        candidates.iter().filter(|found| found.kind.is_meant()).map(|found| found.part).collect();
    candidates.retain(|found| found.kind.is_meant() || !meant.contains(&found.part));
    candidates.extend(phrases.found());
    candidates.sort_unstable_by_key(|found| (found.range.start, found.range.end));
    let mut marks: Vec<Mark> = Vec::new();
    for found in candidates {
        let range = normalised.original(found.range);
        match marks.last_mut() {
            // Pairs of characters overlap; what they mark is one stretch.
            Some(last) if range.start < last.range.end => last.range.end = last.range.end.max(range.end),
            _ => marks.push(Mark { range, part: found.part }),
        }
    }
    marks
}

/// Tells which words of the query a word of a text answers to. Remembers what it was asked before.
struct Matcher<'q> {
    /// The words that are looked for, with the parts that they are.
    terms: Vec<(usize, &'q Term, Nearly, HashSet<String>)>,
    languages: Languages,
    known: HashMap<String, Vec<(usize, Kind)>>,
}

impl<'q> Matcher<'q> {
    fn new(query: &'q Query, languages: Languages) -> Self {
        let weights = plan::weights(query, if languages.is_power_of_two() { languages } else { 0 });
        let terms = query.terms.iter().enumerate().zip(weights).filter(|(_, weight)| *weight > 0.0);
        let terms = terms.map(|((part, term), _)| {
            let mut stems = HashSet::new();
            each_stem(&term.exact, languages, |stem, _| {
                stems.insert(stem.to_owned());
            });
            (part, term, Nearly::new(&term.folded, term.typos()), stems)
        });
        Self { terms: terms.collect(), languages, known: HashMap::new() }
    }

    fn of(&mut self, exact: &str, shape: Shape) -> &[(usize, Kind)] {
        if !self.known.contains_key(exact) {
            let found = self.compare(exact, shape);
            self.known.insert(exact.to_owned(), found);
        }
        self.known.get(exact).map_or(&[], Vec::as_slice)
    }

    fn compare(&self, exact: &str, shape: Shape) -> Vec<(usize, Kind)> {
        let folded = without_accents(exact);
        let kind = |term: &Term, nearly: &Nearly, stems: &HashSet<String>| {
            if term.folded == folded {
                return Some(Kind::Exact);
            }
            if shape != Shape::Word || term.shape != Shape::Word {
                return None;
            }
            let mut is_form = false;
            // Forms of one word begin alike; taking every word of a long text apart would cost too much.
            if folded.chars().next() == term.folded.chars().next() {
                each_stem(exact, self.languages, |stem, _| is_form |= stems.contains(stem));
            }
            if is_form {
                return Some(Kind::Form);
            }
            let begins = term.is_prefix || begins_compounds(term, self.languages);
            if begins && folded.starts_with(&term.folded) {
                return Some(Kind::Longer);
            }
            if term.typos() == 0 {
                return None;
            }
            nearly.distance(&folded).map(|_| Kind::Typo)
        };
        let found = self.terms.iter().map(|(part, term, nearly, stems)| (*part, kind(term, nearly, stems)));
        found.filter_map(|(part, kind)| Some((part, kind?))).collect()
    }
}

/// Finds where the words of phrases stand one after the other.
struct PhraseFinder<'q> {
    phrases: &'q [Phrase],
    /// The part that the first phrase is.
    first_part: usize,
    /// Where the words of the phrases stand, by phrase, word and position.
    seen: HashMap<(usize, usize, u32), Range<usize>>,
}

impl<'q> PhraseFinder<'q> {
    fn new(phrases: &'q [Phrase], first_part: usize) -> Self {
        Self { phrases, first_part, seen: HashMap::new() }
    }

    fn see(&mut self, exact: &str, position: u32, range: &Range<usize>) {
        if self.phrases.is_empty() || self.seen.len() >= MAX_SEEN {
            return;
        }
        let folded = without_accents(exact);
        for (number, phrase) in self.phrases.iter().enumerate() {
            for (at, _) in phrase.words.iter().enumerate().filter(|(_, word)| word.folded == folded) {
                self.seen.insert((number, at, position), range.clone());
            }
        }
    }

    /// Every word that is a part of a whole phrase.
    fn found(&self) -> Vec<Candidate> {
        let begins = self.seen.keys().filter(|(_, at, _)| *at == 0);
        let whole = |&(number, _, begin): &(usize, usize, u32)| {
            let words = self.phrases[number].words.iter().enumerate();
            let ranges: Option<Vec<_>> = words
                .map(|(at, word)| self.seen.get(&(number, at, begin + word.position)).cloned())
                .collect();
            ranges.map(|ranges| (number, ranges))
        };
        let candidate = |(number, ranges): (usize, Vec<Range<usize>>)| {
            let part = self.first_part + number;
            ranges.into_iter().map(move |range| Candidate { range, part, kind: Kind::Exact })
        };
        begins.filter_map(whole).flat_map(candidate).collect()
    }
}

/// A normalised text, and where its stretches come from.
enum Normalised<'t> {
    Same(&'t str),
    Other {
        text: String,
        /// Where each user-perceived character begins, there and in the original.
        starts: Vec<(usize, usize)>,
        original: &'t str,
    },
}

impl<'t> Normalised<'t> {
    fn new(original: &'t str) -> Self {
        if matches!(normalise(original), std::borrow::Cow::Borrowed(_)) {
            return Self::Same(original);
        }
        let mut text = String::with_capacity(original.len());
        let mut starts = Vec::new();
        for (at, grapheme) in original.grapheme_indices(true) {
            starts.push((text.len(), at));
            text.push_str(&normalise(grapheme));
        }
        Self::Other { text, starts, original }
    }

    fn text(&self) -> &str {
        match self {
            Self::Same(text) => text,
            Self::Other { text, .. } => text,
        }
    }

    /// The stretch of the original that a stretch comes from, widened to whole user-perceived characters.
    fn original(&self, range: Range<usize>) -> Range<usize> {
        match self {
            Self::Same(text) => whole(text, range),
            Self::Other { starts, original, .. } => {
                let first = starts.partition_point(|(start, _)| *start <= range.start).saturating_sub(1);
                // Of characters that vanished, the last one at a place is the one that something stands at.
                let end = starts.partition_point(|(start, _)| *start < range.end);
                let at = |index: usize| starts.get(index).map_or(original.len(), |(_, at)| *at);
                at(first)..at(end)
            }
        }
    }
}

/// Widens a range to whole user-perceived characters.
fn whole(text: &str, range: Range<usize>) -> Range<usize> {
    if text.is_ascii() {
        return range;
    }
    let is_inside = |at| !GraphemeCursor::new(at, text.len(), true).is_boundary(text, 0).unwrap_or(true);
    let start = if is_inside(range.start) {
        let before = GraphemeCursor::new(range.start, text.len(), true).prev_boundary(text, 0);
        before.ok().flatten().unwrap_or(0)
    } else {
        range.start
    };
    let end = if is_inside(range.end) {
        let after = GraphemeCursor::new(range.end, text.len(), true).next_boundary(text, 0);
        after.ok().flatten().unwrap_or(text.len())
    } else {
        range.end
    };
    start..end
}
