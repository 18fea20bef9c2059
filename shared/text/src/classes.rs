//! What a character is for splitting text into words.

use crate::fold::is_mark;

/// How a character takes part in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Of a script that separates its words. Katakana counts: a run of it is one (borrowed) word.
    Letter,
    Han,
    Hiragana,
    /// Thai, Lao, Khmer, Burmese: words follow each other without a space.
    Dense,
    /// One picture is one word.
    Emoji,
    Break,
}

pub(crate) fn class_of(c: char) -> Class {
    if c.is_ascii() {
        return if c.is_ascii_alphanumeric() { Class::Letter } else { Class::Break };
    }
    match c {
        // The scripts most written in are told without asking the tables.
        'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ÿ' | 'А'..='я' | '\u{ac00}'..='\u{d7a3}' | '\u{30a1}'..='\u{30fa}' => {
            Class::Letter
        }
        '\u{2010}'..='\u{205e}' | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' => Class::Break,
        '\u{3041}'..='\u{309f}' => Class::Hiragana,
        '々' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{323af}' => Class::Han,
        '\u{e00}'..='\u{edf}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17dd}' => Class::Dense,
        '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}' => Class::Emoji,
        c if c.is_alphanumeric() || is_mark(c) => Class::Letter,
        _ => Class::Break,
    }
}

/// Whether the character is one of the Japanese syllabaries.
pub(crate) fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_belong_to_words_as_their_script_has_it() {
        for (chars, class) in [
            ("aZ9éñßяΩعש한ーカ", Class::Letter),
            ("停々", Class::Han),
            ("のすゞ", Class::Hiragana),
            ("กຂក", Class::Dense),
            ("🔥☂", Class::Emoji),
            (" .,;:!?“”«»—…、。「」\u{a0}×÷", Class::Break),
        ] {
            for c in chars.chars() {
                assert_eq!(class_of(c), class, "{c:?}");
            }
        }
    }
}
