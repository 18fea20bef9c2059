//! What stands around a phrase: whether it may be one there, and what is left without it.

use std::ops::Range;

use app_text::fold::is_invisible;

use crate::words::Word;

/// Whether a phrase between these words stands free: not quoted, not left out, and no part of something longer
/// (`last-week`, `yesterday's`, `2025-03-14.pdf`).
pub(crate) fn is_free(words: &[Word], at: &Range<usize>) -> bool {
    !is_quoted(&words[..at.start]) && begins(words, at.start) && ends(&words[at.end..])
}

/// Whether a quotation is open after these words. Marks open and close by turns, whichever way they lean: languages
/// disagree.
fn is_quoted(before: &[Word]) -> bool {
    before.iter().filter(|word| is_quotation_mark(&word.text)).count() % 2 == 1
}

fn is_quotation_mark(text: &str) -> bool {
    matches!(text, "\"" | "“" | "”" | "„" | "‟" | "«" | "»" | "「" | "」" | "『" | "』")
}

fn begins(words: &[Word], at: usize) -> bool {
    let mut at = at;
    while words[at].touches && at > 0 {
        at -= 1;
        if !matches!(words[at].text.as_str(), "(" | "[" | "¿" | "¡") {
            return false;
        }
    }
    true
}

fn ends(after: &[Word]) -> bool {
    after.iter().take_while(|word| word.touches).all(|word| is_closing(&word.text))
}

fn is_closing(text: &str) -> bool {
    matches!(text, "." | "," | ";" | ":" | "!" | "?" | "…" | ")" | "]")
}

/// The query without this part of it and the punctuation that held it, on one line.
pub(crate) fn without(query: &str, part: &Range<usize>) -> String {
    let is_space = |c: char| c.is_whitespace() || is_invisible(c);
    let holds =
        |c: char| is_space(c) || matches!(c, ',' | ';' | ':' | '(' | '[' | '¿' | '¡' | '-' | '–' | '—');
    let ends = |c: char| is_space(c) || is_closing(c.encode_utf8(&mut [0; 4]));
    let before = query[..part.start].trim_end_matches(holds);
    let after = query[part.end..].trim_start_matches(ends);
    let words: Vec<&str> = before.split_whitespace().chain(after.split_whitespace()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_is_tidy() {
        for (query, rest) in [
            ("dentist  <today>", "dentist"),
            ("dentist, <today>?", "dentist"),
            ("<today>: the\ndentist", "the dentist"),
            ("dentist (<today>) bill", "dentist bill"),
            ("dentist - <today>", "dentist"),
            ("¿<hoy>?", ""),
            ("\u{feff}<today>\u{200b}", ""),
            ("“red house” <today> -car", "“red house” -car"),
        ] {
            let (before, after) = query.split_once('<').unwrap();
            let (phrase, after) = after.split_once('>').unwrap();
            let query = format!("{before}{phrase}{after}");
            assert_eq!(without(&query, &(before.len()..before.len() + phrase.len())), rest);
        }
    }
}
