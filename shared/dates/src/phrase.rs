//! Finding the one phrase of a query.

use std::cell::LazyCell;
use std::ops::Range;
use std::sync::LazyLock;

use app_text::detect::LanguageDetector;
use app_text::fold::normalise;
use app_text::language::Language;

use crate::grammar::{Grammar, Match};
use crate::languages::TABLES;
use crate::meaning::Reading;
use crate::place::is_free;
use crate::words::Word;

/// Nobody types a search of more words and signs.
const MAX_WORDS: usize = 64;

static GRAMMARS: LazyLock<Vec<Grammar>> =
    LazyLock::new(|| TABLES.iter().map(|table| Grammar::new(table)).collect());
static DETECTOR: LazyLock<LanguageDetector> = LazyLock::new(LanguageDetector::new);

/// Words that name a time span.
#[derive(Debug)]
pub(crate) struct Phrase {
    /// Which words.
    pub(crate) at: Range<usize>,
    pub(crate) reading: Reading,
}

/// The phrase of a query, if it has exactly one and that is sure.
pub(crate) fn only(query: &str, words: &[Word]) -> Option<Phrase> {
    if words.len() > MAX_WORDS {
        return None;
    }
    // Few queries have a word that depends on it.
    let language = LazyCell::new(|| DETECTOR.detect(&normalise(query)));
    let is_in = |one: Language| *language == Some(one);
    let mut only = None;
    let mut at = 0;
    while at < words.len() {
        let found = candidates(&words[at..], is_in);
        let Some((_, first)) = found.first() else {
            at += 1;
            continue;
        };
        let range = at..at + first.length;
        // Languages that understand the same words differently leave it open which was meant.
        let agree = found.iter().all(|(_, other)| other.reading == first.reading);
        let doubted = found.iter().any(|(grammar, other)| grammar.doubts(words, &range, &other.reading));
        if only.is_some() || !agree || doubted || !is_free(words, &range) {
            return None;
        }
        at = range.end;
        only = Some(Phrase { at: range, reading: first.reading });
    }
    only
}

/// What the grammars understand that begins with the first of these words, as far as none of them understands more.
fn candidates(words: &[Word], is_in: impl Fn(Language) -> bool) -> Vec<(&'static Grammar, Match)> {
    let all = GRAMMARS.iter().filter_map(|grammar| Some((grammar, grammar.longest(words)?)));
    let mut sure: Vec<_> =
        all.filter(|(grammar, found)| !found.is_shared || is_in(grammar.language)).collect();
    let longest = sure.iter().map(|(_, found)| found.length).max();
    sure.retain(|(_, found)| Some(found.length) == longest);
    sure
}
