//! Splits normalised text into words, with bigrams for scripts that do not separate them.

use std::ops::Range;

use crate::classes::{Class, class_of, is_kana};
use crate::fold::{is_mark, push_lower};
use crate::grams;
use crate::language::Language;

/// Letters of a word beyond these are ignored: nobody asks for them, and they must not cost anything.
const MAX_WORD_CHARS: usize = 48;

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A word between spaces or punctuation.
    Word,
    /// Two neighbouring characters of an unspaced script, or one that stands alone.
    Gram,
    /// One character inside a longer unspaced run: what a question of one character is matched with.
    Single,
}

/// A word or a part of an unspaced run.
#[derive(Debug, Clone, Copy)]
pub struct Token<'a> {
    /// In lower case, accents kept.
    pub text: &'a str,
    /// Where it stands in the text that was split.
    pub start: usize,
    /// Where it ends there.
    pub end: usize,
    /// What it is made of.
    pub shape: Shape,
}

/// Calls `each` for every token of `text`, which has been through [`crate::fold::normalise`].
pub fn each_token(text: &str, each: impl FnMut(Token<'_>)) {
    // Whatever holds kana is Japanese; ideographs alone are taken to be Chinese.
    let is_japanese = !text.is_ascii() && text.chars().any(is_kana);
    let language = if is_japanese { Language::Japanese } else { Language::Chinese };
    each_token_in(text, language, each);
}

/// The same for a text in a known language. A Japanese title may be all ideographs, and must not be read as Chinese.
pub fn each_token_in(text: &str, language: Language, each: impl FnMut(Token<'_>)) {
    split(text, if language == Language::Japanese { Grams::Japanese } else { Grams::Chinese }, each);
}

/// Calls `each` for every token, grammar included: unspaced runs become all their pairs, each with the single character
/// that it begins with. Neighbours that begin at different places follow one another, so phrases can be told.
pub fn each_token_whole(text: &str, each: impl FnMut(Token<'_>)) {
    split(text, Grams::All, each);
}

/// What becomes of unspaced runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grams {
    /// Grammar words of the language separate.
    Chinese,
    Japanese,
    /// Everything stays.
    All,
}

fn split(text: &str, mode: Grams, mut each: impl FnMut(Token<'_>)) {
    if text.is_ascii() {
        return each_ascii_word(text, each);
    }
    let mut lower = String::new();
    let mut rest = 0;
    while let Some((run, class)) = next_run(text, rest) {
        rest = run.end;
        match class {
            Class::Letter => {
                lower.clear();
                for c in text[run.clone()].chars().filter(|&c| c != '-').take(MAX_WORD_CHARS) {
                    push_lower(&mut lower, c);
                }
                each(Token { text: &lower, start: run.start, end: run.end, shape: Shape::Word });
            }
            Class::Emoji => {
                each(Token { text: &text[run.clone()], start: run.start, end: run.end, shape: Shape::Word })
            }
            Class::Han | Class::Hiragana | Class::Dense if mode == Grams::All => {
                grams::whole(&text[run.clone()], run.start, &mut each)
            }
            Class::Han => grams::han(&text[run.clone()], run.start, mode == Grams::Japanese, &mut each),
            Class::Hiragana => grams::hiragana(&text[run.clone()], run.start, &mut each),
            Class::Dense => grams::dense(&text[run.clone()], run.start, &mut each),
            Class::Break => {}
        }
    }
}

/// What [`split`] does, for text that needs no tables.
fn each_ascii_word(text: &str, mut each: impl FnMut(Token<'_>)) {
    let bytes = text.as_bytes();
    let mut lower = String::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && bytes[at].is_ascii_alphanumeric() {
            at += 1;
        }
        if at - start <= 2 && bytes.get(at) == Some(&b'-') {
            at = joined(text, start, at);
        }
        lower.clear();
        let letters = bytes[start..at].iter().filter(|&&byte| byte != b'-').take(MAX_WORD_CHARS);
        lower.extend(letters.map(|byte| char::from(byte.to_ascii_lowercase())));
        each(Token { text: &lower, start, end: at, shape: Shape::Word });
    }
}

/// The next run of one class from `from` on.
fn next_run(text: &str, from: usize) -> Option<(Range<usize>, Class)> {
    let mut chars = text[from..].char_indices();
    let (offset, class, width) = chars.find_map(|(at, c)| match class_of(c) {
        Class::Break => None,
        class => Some((at, class, c.len_utf8())),
    })?;
    let start = from + offset;
    let mut end = start + width;
    if class == Class::Emoji {
        return Some((start..end, class));
    }
    for c in text[end..].chars() {
        // A mark belongs to whatever it stands on.
        if class_of(c) != class && !is_mark(c) {
            break;
        }
        end += c.len_utf8();
    }
    if class == Class::Letter {
        end = joined(text, start, end);
    }
    Some((start..end, class))
}

/// Extends a very short first part over its hyphen: `wi-fi`, `e-mail` and `t-shirt` are one word however they are spelled.
fn joined(text: &str, start: usize, end: usize) -> usize {
    let Some(after) = text[end..].strip_prefix('-') else {
        return end;
    };
    let is_short = text[start..end].chars().count() <= 2 && text[start..end].chars().all(char::is_alphabetic);
    let starts_fresh = !text[..start].ends_with('-');
    if !is_short || !starts_fresh {
        return end;
    }
    let second = after.find(|c| class_of(c) != Class::Letter && !is_mark(c)).unwrap_or(after.len());
    let is_word = after[..second].chars().count() >= 2 && after[..second].chars().all(char::is_alphabetic);
    if is_word && !after[second..].starts_with('-') { end + 1 + second } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::normalise;

    fn words(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        each_token(&normalise(text), |token| found.push(token.text.to_owned()));
        found
    }

    #[test]
    fn words_split_at_spaces_punctuation_and_apostrophes() {
        assert_eq!(words("Où est l'Immeuble, Anna's P4?"), ["où", "est", "l", "immeuble", "anna", "s", "p4"]);
    }

    #[test]
    fn short_prefixes_join_over_a_hyphen() {
        assert_eq!(
            words("Wi-Fi e-mail half-marathon y-a-t-il"),
            ["wifi", "email", "half", "marathon", "y", "a", "t", "il"]
        );
    }

    #[test]
    fn chinese_and_japanese_become_bigrams() {
        assert_eq!(words("护照号"), ["护照", "照号", "护", "照", "号"]);
        assert_eq!(words("猫のワクチン"), ["猫", "ワクチン"]);
    }

    #[test]
    fn a_whole_run_keeps_its_grammar() {
        let mut found = Vec::new();
        each_token_whole("我的车 a", |token| found.push(token.text.to_owned()));
        assert_eq!(found, ["我的", "我", "的车", "的", "车", "a"]);
    }

    #[test]
    fn thai_becomes_bigrams_and_korean_stays_words() {
        assert_eq!(words("กขค"), ["กข", "ขค"]);
        assert_eq!(words("여권은 서랍에"), ["여권은", "서랍에"]);
    }

    #[test]
    fn a_picture_is_a_word() {
        assert_eq!(words("was 🔥🔥!"), ["was", "🔥", "🔥"]);
    }

    #[test]
    fn ascii_takes_the_same_way_as_everything_else() {
        for text in ["Wi-Fi at 9:30, RX-88213 isn't 7-3-9-1.", "a-b-c e-mail x-", "--", "T-Shirt-Size"] {
            let with_accent = format!("{text} é");
            assert_eq!([words(text), vec!["é".to_owned()]].concat(), words(&with_accent));
        }
    }

    #[test]
    fn ranges_point_into_the_text() {
        let mut found = Vec::new();
        each_token("Ünder 12, 停车", |token| found.push((token.start, token.end)));
        assert_eq!(found.first(), Some(&(0, 6)));
        assert!(found.iter().all(|&(start, end)| "Ünder 12, 停车".get(start..end).is_some()));
    }

    #[test]
    fn an_endless_word_is_cut() {
        assert_eq!(words(&"x".repeat(100_000))[0].len(), MAX_WORD_CHARS);
    }
}
