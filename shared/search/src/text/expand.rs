//! Which words of the documents a word of a query stands for.

use std::collections::BTreeSet;

use app_text::tokens::Shape;
use fst::automaton::Str;
use fst::{Automaton, IntoStreamer, Streamer};

use super::analysis::{ANY_LANGUAGE, Languages, SEPARATOR, bit_of, each_stem, spellings};
use super::corpus::{Corpus, Part};
use super::fuzzy::Nearly;
use super::query::Term;
use super::segment::Segment;

/// How a word of a document answers to one of a query, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// It is the same.
    Exact,
    /// It has other accents.
    Accent,
    /// It is another form of the word.
    Form,
    /// It begins with it.
    Longer,
    /// One letter is wrong.
    Typo,
    /// Two letters are wrong.
    TwoTypos,
}

impl Kind {
    /// How many there are.
    pub(super) const COUNT: usize = Self::TwoTypos as usize + 1;

    /// What a match counts beside an exact one. An exact match of a word scores between 1 and 3.2 times the word's weight
    /// (see `score`), so that no word with a typo in it comes before the right one.
    pub(super) fn weight(self) -> f32 {
        match self {
            Self::Exact => 1.0,
            Self::Accent => 0.95,
            Self::Form => 0.85,
            Self::Longer => 0.6,
            Self::Typo => 0.3,
            Self::TwoTypos => 0.18,
        }
    }

    /// How far a document with such a match holds the word at all.
    pub(super) fn coverage(self) -> f32 {
        match self {
            Self::Typo => 0.6,
            Self::TwoTypos => 0.4,
            _ => 1.0,
        }
    }

    /// Whether it is the word in some form, rather than another that is like it.
    pub(super) fn is_same_word(self) -> bool {
        self < Self::Longer
    }

    /// Whether the word is meant, rather than only near.
    pub(super) fn is_meant(self) -> bool {
        self < Self::Typo
    }
}

/// A word of a segment that answers to one of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Variant {
    pub(super) kind: Kind,
    /// Where its postings begin.
    pub(super) offset: u32,
}

/// The words of a segment that are the word itself, whatever its accents.
pub(super) fn same_words(segment: &Segment, term: &Term, into: &mut Vec<Variant>) {
    let plain = Kind::of_accents(term.folded == term.exact);
    into.extend(segment.words.get(&term.folded).map(|offset| Variant { kind: plain, offset: offset as u32 }));
    let mut accented = term.folded.clone().into_bytes();
    accented.push(SEPARATOR);
    let mut stream = segment.words.range().ge(&accented).into_stream();
    while let Some((key, offset)) = stream.next() {
        if !key.starts_with(&accented) {
            break;
        }
        let kind = Kind::of_accents(spellings(key).1 == term.exact);
        into.push(Variant { kind, offset: offset as u32 });
    }
}

/// The words of each part of a corpus that the word stands for: itself, its other forms in these languages, and longer words
/// if it may be the beginning of one. The best kind first, each word once.
pub(super) fn meant_words(
    corpus: &Corpus,
    term: &Term,
    languages: Languages,
    begins: bool,
) -> Vec<Vec<Variant>> {
    let forms = forms(corpus, term, languages);
    let of_part = |part: &Part| {
        let words = &part.segment.words;
        let mut variants = Vec::new();
        same_words(&part.segment, term, &mut variants);
        let forms = forms.iter().filter_map(|form| words.get(form));
        variants.extend(forms.map(|offset| Variant { kind: Kind::Form, offset: offset as u32 }));
        if begins {
            let mut longer = words.search(Str::new(&term.folded).starts_with()).into_stream();
            while let Some((_, offset)) = longer.next() {
                variants.push(Variant { kind: Kind::Longer, offset: offset as u32 });
            }
        }
        once(variants)
    };
    corpus.parts.iter().map(of_part).collect()
}

/// The keys of the words that share a stem with the word, in one of these languages and in a document of that language. They
/// are forms of it in every part, in whichever of them that document is.
fn forms(corpus: &Corpus, term: &Term, languages: Languages) -> BTreeSet<Vec<u8>> {
    // What a text is in whose language cannot be told: most likely in that of most others.
    let unknown = match corpus.main_languages() {
        0 => ANY_LANGUAGE,
        main => main,
    };
    let mut forms = BTreeSet::new();
    each_stem(&term.exact, languages, |stem, of| {
        for part in &corpus.parts {
            part.segment.each_of_stem(stem, |offset, languages| {
                let shared = languages & of;
                let is_so = |document| {
                    let languages = bit_of(part.segment.language(document));
                    let languages = if languages == ANY_LANGUAGE { unknown } else { languages };
                    part.is_live(document) && languages & shared != 0
                };
                if shared != 0 && part.segment.postings(offset).any(|document, _| is_so(document)) {
                    forms.extend(part.segment.words.as_fst().get_key(offset.into()));
                }
            });
        }
    });
    forms
}

/// The words of a segment that are the word but for a typo or two; of a pair of characters, each of the two.
pub(super) fn near_words(segment: &Segment, term: &Term) -> Vec<Variant> {
    if term.shape == Shape::Gram {
        let mut buffer = [0; 4];
        let single = |c: char| segment.words.get(c.encode_utf8(&mut buffer).as_bytes());
        let offsets = term.folded.chars().filter_map(single);
        return once(offsets.map(|offset| Variant { kind: Kind::Typo, offset: offset as u32 }).collect());
    }
    let nearly = Nearly::new(&term.folded, term.typos());
    let mut variants = Vec::new();
    let mut stream = segment.words.search_with_state(&nearly).into_stream();
    while let Some((_, offset, state)) = stream.next() {
        let kind = match nearly.distance_at(&state) {
            Some(1) => Kind::Typo,
            Some(2) => Kind::TwoTypos,
            _ => continue,
        };
        variants.push(Variant { kind, offset: offset as u32 });
    }
    once(variants)
}

/// Each word once, in the best of its kinds.
fn once(mut variants: Vec<Variant>) -> Vec<Variant> {
    variants.sort_unstable_by_key(|variant| (variant.offset, variant.kind));
    variants.dedup_by_key(|variant| variant.offset);
    variants.sort_unstable();
    variants
}

impl Kind {
    fn of_accents(are_same: bool) -> Self {
        if are_same { Self::Exact } else { Self::Accent }
    }
}
