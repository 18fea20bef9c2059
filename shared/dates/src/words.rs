//! A query as words and signs.

use std::ops::Range;

use app_text::fold::{is_invisible, is_mark, normalise, push_lower, without_accents};

/// A run of letters and digits, or one other character that is no space.
#[derive(Debug)]
pub(crate) struct Word {
    /// In lower case, without accents; every apostrophe is `'`.
    pub(crate) text: String,
    /// Where it stands in the query, in bytes.
    pub(crate) range: Range<usize>,
    /// Whether nothing stands between it and the one before.
    pub(crate) touches: bool,
}

impl Word {
    /// The number that it is all digits of, if it has at most four.
    pub(crate) fn number(&self) -> Option<i16> {
        let is_number = self.text.len() <= 4 && self.text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { self.text.parse().ok() } else { None }
    }
}

/// The words and signs of a text, in order.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let is_word = c.is_alphanumeric();
        let length = if is_word { text[at..].find(|c| !goes_on(c)) } else { Some(c.len_utf8()) };
        let end = length.map_or(text.len(), |length| at + length);
        if !c.is_whitespace() && !is_invisible(c) {
            let touches = words.last().is_some_and(|before| before.range.end == at);
            words.push(Word { text: folded(&text[at..end]), range: at..end, touches });
        }
        at = end;
    }
    words
}

fn goes_on(c: char) -> bool {
    c.is_alphanumeric() || is_mark(c) || is_invisible(c)
}

fn folded(word: &str) -> String {
    if matches!(word, "’" | "‘" | "ʼ" | "´" | "`") {
        return "'".to_owned();
    }
    let mut lower = String::with_capacity(word.len());
    normalise(word).chars().for_each(|c| push_lower(&mut lower, c));
    without_accents(&lower).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn spellings_of_a_word_are_one() {
        assert_eq!(texts("MÄRZ ma\u{308}rz Ｍarz mä\u{ad}rz"), ["marz"; 4]);
        assert_eq!(texts("l’Année l'annee"), ["l", "'", "annee", "l", "'", "annee"]);
        assert_eq!(texts("14.03. 🎉x"), ["14", ".", "03", ".", "🎉", "x"]);
    }

    #[test]
    fn numbers_are_short_and_all_digits() {
        let numbers: Vec<_> = words("7 07 2024 20245 3rd").iter().map(Word::number).collect();
        assert_eq!(numbers, [Some(7), Some(7), Some(2024), None, None]);
    }
}
