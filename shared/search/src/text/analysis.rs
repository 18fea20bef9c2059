//! Taking text apart: words as they are looked up, and where they stand.

use std::sync::LazyLock;

use app_text::detect::LanguageDetector;
use app_text::fold::{normalise, without_accents};
use app_text::language::Language;
use app_text::stem::stem;
use app_text::tokens::{Shape, each_token_whole};

static DETECTOR: LazyLock<LanguageDetector> = LazyLock::new(LanguageDetector::new);

/// Stands between the two spellings of a key. No word holds it.
pub(super) const SEPARATOR: u8 = 0;

/// Languages as bits, one for each.
pub(super) type Languages = u32;

/// The bits of every language that words are stemmed in. What a text without a recognisable language may be in.
pub(super) const ANY_LANGUAGE: Languages = (1 << Language::COUNT) - 1;

/// The language of a text as a number, or [`Language::COUNT`] if it cannot be told.
pub(super) fn language_of(title: &str, body: &str) -> u8 {
    let mut sample = String::with_capacity(2 * LanguageDetector::SAMPLE_BYTES);
    for part in [title, body] {
        sample.push_str(&part[..part.floor_char_boundary(LanguageDetector::SAMPLE_BYTES)]);
        sample.push('\n');
    }
    detect(&normalise(&sample)).map_or(Language::COUNT, |language| language as usize) as u8
}

/// The language of a normalised text, if it can be told.
pub(super) fn detect(normalised: &str) -> Option<Language> {
    DETECTOR.detect(normalised)
}

/// The bit of a language that [`language_of`] returned.
pub(super) fn bit_of(language: u8) -> Languages {
    if usize::from(language) < Language::COUNT { 1 << language } else { ANY_LANGUAGE }
}

/// Calls `each` for every language among the bits.
pub(super) fn each_language(mut languages: Languages, mut each: impl FnMut(Language)) {
    languages &= ANY_LANGUAGE;
    while languages != 0 {
        if let Some((language, ..)) = Language::ALL.get(languages.trailing_zeros() as usize) {
            each(*language);
        }
        languages &= languages - 1;
    }
}

/// One word of a text.
pub(super) struct Word<'a> {
    /// In lower case.
    pub(super) exact: &'a str,
    /// Its number in the text. A pair of characters and the character it begins with have the same.
    pub(super) position: u32,
    /// Where it stands in the normalised text.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) shape: Shape,
}

/// Calls `each` for every word of a normalised text.
pub(super) fn each_word(normalised: &str, mut each: impl FnMut(Word<'_>)) {
    let mut position = 0;
    let mut before = None;
    each_token_whole(normalised, |token| {
        if before.replace(token.start).is_some_and(|before| before != token.start) {
            position += 1;
        }
        each(Word { exact: token.text, position, start: token.start, end: token.end, shape: token.shape });
    });
}

/// Writes the key of a word: its folded spelling, and behind a separator the exact one if that is another. So the spellings
/// that fold to one stand side by side, and an unaccented prefix finds them all.
pub(super) fn write_key(exact: &str, into: &mut Vec<u8>) {
    into.clear();
    let folded = without_accents(exact);
    into.extend(folded.as_bytes());
    if folded != exact {
        into.push(SEPARATOR);
        into.extend(exact.as_bytes());
    }
}

/// The two spellings of a key: folded and exact.
pub(super) fn spellings(key: &[u8]) -> (&str, &str) {
    let mut parts = key.splitn(2, |&byte| byte == SEPARATOR);
    let folded = parts.next().and_then(|part| str::from_utf8(part).ok()).unwrap_or_default();
    let exact = parts.next().and_then(|part| str::from_utf8(part).ok()).unwrap_or(folded);
    (folded, exact)
}

/// Calls `each` with every different stem that the word has in these languages, and with the languages where it has it.
pub(super) fn each_stem(exact: &str, languages: Languages, mut each: impl FnMut(&str, Languages)) {
    if !is_stemmed(exact) {
        return;
    }
    let mut stems: Vec<(String, Languages)> = Vec::new();
    each_language(languages, |language| {
        let stem = stem(exact, language);
        match stems.iter_mut().find(|(known, _)| *known == stem) {
            Some((_, languages)) => *languages |= 1 << language as u8,
            None => stems.push((stem.into_owned(), 1 << language as u8)),
        }
    });
    stems.iter().for_each(|(stem, languages)| each(stem, *languages));
}

/// Whether a word has forms. Codes and numbers have none, and pictures and pairs of characters neither.
fn is_stemmed(exact: &str) -> bool {
    let mut letters = 0;
    for c in exact.chars() {
        if !c.is_alphabetic() {
            return false;
        }
        letters += 1;
    }
    letters > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_that_fold_to_one_have_neighbouring_keys() {
        let key = |word: &str| {
            let mut key = Vec::new();
            write_key(word, &mut key);
            key
        };
        let keys = [key("resume"), key("resumé"), key("résumé"), key("resumed")];
        assert!(keys.is_sorted());
        assert_eq!(spellings(&keys[2]), ("resume", "résumé"));
        assert_eq!(spellings(&keys[3]), ("resumed", "resumed"));
    }

    #[test]
    fn words_follow_one_another_and_pairs_share_their_place() {
        let mut found = Vec::new();
        each_word("to 停车场 go", |word| found.push((word.exact.to_owned(), word.position)));
        let found: Vec<_> = found.iter().map(|(word, position)| (word.as_str(), *position)).collect();
        assert_eq!(found, [("to", 0), ("停车", 1), ("停", 1), ("车场", 2), ("车", 2), ("场", 3), ("go", 4)]);
    }

    #[test]
    fn a_word_has_a_stem_in_each_language() {
        let mut found = Vec::new();
        let languages = 1 << Language::English as u8 | 1 << Language::German as u8;
        each_stem("bananas", languages, |stem, of| found.push((stem.to_owned(), of.count_ones())));
        assert!(found.contains(&("banana".to_owned(), 1)), "{found:?}");
        each_stem("rx88", languages, |stem, _| panic!("{stem}"));
    }
}
