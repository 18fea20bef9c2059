//! Bringing different spellings of one word together: compatibility forms, case, accents, invisible characters.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// Characters that take no space and carry no meaning for matching. Left in, they would hide a word from a search.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// Characters of the scripts most written in that no normalisation touches, whatever they stand beside.
fn is_plain(c: char) -> bool {
    matches!(c,
        '\0'..='\u{7f}' | 'À'..='ÿ' | 'А'..='я' | 'ё' | '\u{2013}' | '\u{2014}' | '\u{2018}'..='\u{201f}' | '\u{3001}'
        | '\u{3002}' | '\u{300c}' | '\u{300d}' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}')
}

/// The text in compatibility form (NFKC) without invisible characters: what the tokeniser reads.
pub fn normalise(text: &str) -> Cow<'_, str> {
    let plain = text.is_ascii()
        || text.chars().all(is_plain)
        || (is_nfkc_quick(text.chars()) == IsNormalized::Yes && !text.chars().any(is_invisible));
    if plain {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().filter(|&c| !is_invisible(c)).nfkc().collect())
    }
}

/// Appends the character in lower case.
pub fn push_lower(into: &mut String, c: char) {
    match c {
        c if c.is_ascii() => into.push(c.to_ascii_lowercase()),
        // These have no case.
        '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' => into.push(c),
        c => into.extend(c.to_lowercase()),
    }
}

/// A lower-case word without its accents: `été` becomes `ete`, `straße` becomes `strasse`.
///
/// Marks of the Latin, Greek and Cyrillic kind go, and the vowel points of Hebrew and Arabic, which are seldom written. In
/// the scripts of India or Thailand marks are vowels and stay. Arabic letters that people write one for the other become
/// one, and so do the digits of other scripts and ours.
pub fn without_accents(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        return Cow::Borrowed(word);
    }
    let mut folded = String::with_capacity(word.len());
    for c in word.nfd().filter(|&c| !is_folded_away(c)) {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            'ı' => folded.push('i'),
            'ى' | 'ی' => folded.push('ي'),
            'ة' => folded.push('ه'),
            'ک' => folded.push('ك'),
            '٠'..='٩' => push_digit(&mut folded, c, '٠'),
            '۰'..='۹' => push_digit(&mut folded, c, '۰'),
            '०'..='९' => push_digit(&mut folded, c, '०'),
            c => folded.push(c),
        }
    }
    // Hangul falls apart under NFD and must come back together; for the rest this changes nothing.
    Cow::Owned(folded.nfc().collect())
}

fn is_folded_away(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}'
        | '\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e8}' | '\u{6ea}'..='\u{6ed}')
}

/// Appends the digit that is as far from `0` as `digit` is from `zero`.
fn push_digit(into: &mut String, digit: char, zero: char) {
    into.extend(char::from_digit(digit as u32 - zero as u32, 10));
}

/// Whether the character belongs to a word although it is neither letter nor digit.
pub fn is_mark(c: char) -> bool {
    !c.is_ascii() && is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_ligatures_fold_away() {
        for (word, folded) in [
            ("été", "ete"),
            ("straße", "strasse"),
            ("cumpleaños", "cumpleanos"),
            ("œuvre", "oeuvre"),
            ("łódź", "lodz"),
        ] {
            assert_eq!(without_accents(word), folded);
        }
    }

    #[test]
    fn plain_characters_are_those_that_normalising_keeps() {
        let plain = ('\0'..=char::MAX).filter(|&c| is_plain(c));
        for c in plain {
            let alone: String = [c].into_iter().nfkc().collect();
            assert!(alone.chars().eq([c]) && !is_invisible(c) && !is_mark(c), "{c:?}");
        }
    }

    #[test]
    fn arabic_and_hebrew_fold_to_what_people_type() {
        for (word, folded) in [
            ("أحمد", "احمد"),
            ("مُحَمَّد", "محمد"),
            ("مدرسة", "مدرسه"),
            ("שָׁלוֹם", "שלום"),
            ("٤٢", "42"),
            ("४२", "42"),
        ] {
            assert_eq!(without_accents(word), folded);
        }
    }

    #[test]
    fn vowel_marks_of_other_scripts_stay() {
        assert_eq!(without_accents("हिन्दी"), "हिन्दी");
        assert_eq!(without_accents("여권"), "여권");
    }

    #[test]
    fn wide_letters_and_hidden_characters_do_not_hide_a_word() {
        assert_eq!(normalise("ｐａｓｓ\u{200b}ｗｏｒｄ"), "password");
        assert_eq!(normalise("pass\u{202e}word"), "password");
    }
}
