//! What somebody typed, as words to look for. Any text is a query.

use std::collections::HashSet;

use app_text::fold::{normalise, without_accents};
use app_text::language::Language;
use app_text::tokens::{Shape, each_token_in};

use super::analysis::{detect, each_word};
use super::units::{units, wanted};

/// Of longer queries the beginning is read.
const MAX_BYTES: usize = 8 * 1024;
/// More different words than these are not looked for.
pub(super) const MAX_TERMS: usize = 24;
/// More words than these are not read of all quoted phrases together, nor of all that is excluded: every one costs reading
/// where it stands, and the most frequent stand everywhere.
const MAX_PHRASE_WORDS: usize = 24;
/// Stands between the places of words that something stood between.
const GAP: u32 = 100;

/// What somebody typed, as words to look for.
///
/// `"quoted words"` must stand so, `-word` and `-"quoted words"` must not. The last word is also looked for as the beginning
/// of a longer one, as long as nothing follows it: somebody may still be typing.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pub(super) terms: Vec<Term>,
    pub(super) required: Vec<Phrase>,
    pub(super) excluded: Vec<Phrase>,
    /// The language of the query, if it can be told.
    pub(super) language: Option<Language>,
    wanted: String,
}

/// One word to look for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    /// In lower case.
    pub(super) exact: String,
    /// Without accents, too.
    pub(super) folded: String,
    pub(super) shape: Shape,
    /// Its number in the query.
    pub(super) position: u32,
    /// Whether it may be the beginning of a word.
    pub(super) is_prefix: bool,
    /// Whether it is a pair of characters with grammar in it: good to find, no loss to miss.
    pub(super) is_grammar: bool,
}

impl Term {
    fn new(exact: &str, shape: Shape, position: u32) -> Self {
        let folded = without_accents(exact).into_owned();
        Self { exact: exact.to_owned(), folded, shape, position, is_prefix: false, is_grammar: false }
    }

    /// Whether other words may be meant.
    pub(super) fn has_near_words(&self) -> bool {
        self.typos() > 0
            || (self.shape == Shape::Gram && self.folded.chars().nth(1).is_some() && !self.is_grammar)
    }

    /// How many letters may be wrong.
    pub(super) fn typos(&self) -> usize {
        // The next number is another number, and a pair of characters another word.
        if self.shape != Shape::Word || !self.folded.chars().all(char::is_alphabetic) {
            return 0;
        }
        match self.folded.chars().count() {
            0..4 => 0,
            4..8 => 1,
            _ => 2,
        }
    }
}

/// Words that stand one after the other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Phrase {
    /// Each with its distance from the first one's place.
    pub(super) words: Vec<Term>,
}

impl Query {
    /// Reads any text whatever.
    pub fn parse(text: &str) -> Self {
        let typed = &text[..text.floor_char_boundary(MAX_BYTES)];
        let text = normalise(typed);
        let mut query = Self { language: detect(&text), ..Self::default() };
        let units = units(&text);
        let mut position = 0;
        for unit in &units {
            let part = &text[unit.range.clone()];
            match (unit.is_quoted, unit.is_excluded) {
                (false, false) => query.add_words(part, unit.range.end == text.len(), &mut position),
                (true, false) => add_phrase(&mut query.required, part),
                (_, true) => add_phrase(&mut query.excluded, part),
            }
        }
        if !query.is_empty() {
            query.wanted = wanted(&text, &units).unwrap_or_else(|| typed.to_owned());
        }
        query
    }

    /// What was typed without what it excludes and without quotation marks, for those who search by what it means. Empty,
    /// if there is nothing to look for.
    pub fn wanted(&self) -> &str {
        &self.wanted
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.required.is_empty()
    }

    fn add_words(&mut self, part: &str, is_last: bool, position: &mut u32) {
        let content = self.content(part);
        let begin = *position;
        each_word(part, |word| {
            *position = begin + word.position + GAP;
            let is_content = word.shape == Shape::Word || content.contains(&(word.start, word.end));
            // A character inside a run is only looked for when it is all there is.
            if (word.shape == Shape::Single && !is_content) || self.terms.len() >= MAX_TERMS {
                return;
            }
            let term = Term::new(word.exact, word.shape, begin + word.position);
            if term.folded.is_empty() {
                return;
            }
            let is_prefix = is_last && word.shape == Shape::Word && word.end == part.len();
            if let Some(known) = self.terms.iter_mut().find(|term| term.exact == word.exact) {
                known.is_prefix |= is_prefix;
                known.is_grammar &= !is_content;
                return;
            }
            self.terms.push(Term { is_prefix, is_grammar: !is_content, ..term });
        });
    }

    /// Where the words are that carry more than grammar, as far as that can be told of scripts without spaces.
    fn content(&self, part: &str) -> HashSet<(usize, usize)> {
        let mut content = HashSet::new();
        if !part.is_ascii() {
            each_token_in(part, self.language.unwrap_or(Language::Other), |token| {
                if token.shape == Shape::Gram {
                    content.insert((token.start, token.end));
                }
            });
        }
        content
    }
}

fn add_phrase(phrases: &mut Vec<Phrase>, part: &str) {
    let known: usize = phrases.iter().map(|phrase| phrase.words.len()).sum();
    let mut words: Vec<Term> = Vec::new();
    each_word(part, |word| {
        let term = Term::new(word.exact, word.shape, word.position);
        if word.shape != Shape::Single && known + words.len() < MAX_PHRASE_WORDS && !term.folded.is_empty() {
            words.push(term);
        }
    });
    let first = words.first().map_or(0, |word| word.position);
    words.iter_mut().for_each(|word| word.position -= first);
    let phrase = Phrase { words };
    if !phrase.words.is_empty() && !phrases.contains(&phrase) {
        phrases.push(phrase);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let query = Query::parse(text);
        let mark = |term: &Term| match (term.is_prefix, term.is_grammar) {
            (true, _) => format!("{}*", term.exact),
            (_, true) => format!("({})", term.exact),
            _ => term.exact.clone(),
        };
        let phrase = |sign: &str, phrase: &Phrase| {
            let words: Vec<_> = phrase.words.iter().map(|word| word.exact.as_str()).collect();
            format!("{sign}{}", words.join("_"))
        };
        let terms = query.terms.iter().map(mark);
        let required = query.required.iter().map(|one| phrase("+", one));
        terms.chain(required).chain(query.excluded.iter().map(|one| phrase("-", one))).collect()
    }

    #[test]
    fn the_last_word_is_a_prefix_until_something_follows() {
        assert_eq!(words("Red bicyc"), ["red", "bicyc*"]);
        assert_eq!(words("Red bicycle "), ["red", "bicycle"]);
        assert_eq!(words("bicycle?"), ["bicycle"]);
    }

    #[test]
    fn quotes_make_phrases_and_hyphens_leave_out() {
        assert_eq!(
            words(r#"key "red house" -car -"old garage""#),
            ["key", "+red_house", "-car", "-old_garage"]
        );
        assert_eq!(
            words("„rotes Haus“ «maison rouge» 「赤い家」"),
            ["+rotes_haus", "+maison_rouge", "+赤_い_家"]
        );
        assert_eq!(words("heron-42 -5 a - b --x"), ["heron", "42", "5", "a", "b", "x*"]);
    }

    #[test]
    fn what_is_no_quotation_is_words() {
        assert_eq!(words(r#""red hou"#), ["red", "hou*"]);
        assert_eq!(words(r#"5" tube 7" tube"#), ["5", "tube*", "7"]);
        assert_eq!(words(r#""" "." "#), Vec::<String>::new());
    }

    #[test]
    fn grammar_of_unspaced_scripts_is_optional() {
        assert_eq!(words("我的护照"), ["(我的)", "(的护)", "护照"]);
        assert_eq!(words("都市"), ["(都市)", "市"]);
    }

    #[test]
    fn words_are_looked_for_once_and_not_too_many() {
        assert_eq!(words("go Go GO gone go"), ["go*", "gone"]);
        let many: String = (0..5_000).map(|n| format!("w{n} ")).collect();
        assert_eq!(words(&many).len(), MAX_TERMS);
        let phrases: String = (0..500).map(|n| format!("\"a{n} b\" -\"c{n} d\" ")).collect();
        // Where it is cut, the last phrase has no end.
        assert!(words(&phrases).len() <= MAX_PHRASE_WORDS + 2);
        assert_eq!(words("\"a b\" \"a b\""), ["+a_b"]);
    }

    #[test]
    fn any_text_is_a_query() {
        for text in ["", " ", "\0\u{7}", "-", "\"", "-\"", "(((", "[a-z]+\\", "\u{202e}", "«»", "--\"\"--"]
        {
            Query::parse(text);
        }
        assert!(Query::parse("-only").is_empty() && Query::parse("?!").is_empty());
        assert!(!Query::parse("🎉").is_empty());
    }
}
