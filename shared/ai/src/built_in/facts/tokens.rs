//! The words of a sentence, as patterns read them.

use std::ops::Range;

use super::lists::Lists;
use crate::text::fold::without_accents;

/// Contractions of English, folded: what stands behind the apostrophe, and what it is short for. `'s` stays: it has two
/// meanings.
const CONTRACTIONS: &[(&str, &str)] =
    &[("m", "am"), ("re", "are"), ("ve", "have"), ("ll", "will"), ("d", "would")];

/// A word, or a mark that ends a clause.
#[derive(Debug, Clone)]
pub(super) struct Token {
    /// In lower case and without accents; empty for a mark.
    pub(super) word: String,
    /// Where it is in the sentence.
    pub(super) range: Range<usize>,
}

impl Token {
    /// Whether a clause ends here.
    pub(super) fn is_mark(&self) -> bool {
        self.word.is_empty()
    }
}

/// The words of a sentence, in order.
pub(super) fn tokens(sentence: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut chars = sentence.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if !c.is_alphanumeric() && c != '+' {
            // `Dr. Weber`
            let is_title =
                c == '.' && tokens.last().is_some_and(|last| Lists::get().has("title", &last.word));
            if !is_title && !matches!(c, ' ' | '\'' | '’' | '-' | '*' | '_' | '#' | '\u{a0}') {
                tokens.push(Token { word: String::new(), range: start..start + c.len_utf8() });
            }
            continue;
        }
        let end = word_end(sentence, start + c.len_utf8());
        while chars.peek().is_some_and(|&(at, _)| at < end) {
            chars.next();
        }
        let range = start..end;
        let word = without_accents(&sentence[range.clone()].to_lowercase()).into_owned();
        push(&mut tokens, sentence, word, range);
    }
    tokens
}

/// The end of a word that goes on at `end`: numbers keep their marks, addresses of mail their `@`.
fn word_end(sentence: &str, mut end: usize) -> usize {
    loop {
        let before = sentence[..end].chars().next_back();
        let mut after = sentence[end..].chars();
        let (next, second) = (after.next(), after.next());
        let goes_on = match next {
            Some(c) if c.is_alphanumeric() => true,
            Some('@') => second.is_some_and(char::is_alphanumeric),
            Some('.' | '/' | ':' | '-' | '_') if second.is_some_and(char::is_alphanumeric) => true,
            // `3. Mai`: the full stop of an ordinal.
            Some('.') => before.is_some_and(|c| c.is_ascii_digit()) && second == Some(' '),
            Some('+') => second.is_none_or(|c| !c.is_alphanumeric()),
            Some(c) => crate::text::fold::is_mark(c),
            None => false,
        };
        match next {
            Some(c) if goes_on => end += c.len_utf8(),
            _ => return end,
        }
    }
}

/// Adds a word, with a contraction written out.
fn push(tokens: &mut Vec<Token>, sentence: &str, word: String, range: Range<usize>) {
    let follows_apostrophe = sentence[..range.start].ends_with(['\'', '’']);
    let Some(before) = tokens.last_mut().filter(|_| follows_apostrophe) else {
        tokens.push(Token { word, range });
        return;
    };
    if word == "t" && before.word.ends_with('n') {
        // `can't`, `won't` and `don't`.
        let whole = match before.word.as_str() {
            "can" => "can",
            "won" => "will",
            other => &other[..other.len() - 1],
        };
        before.word = whole.to_owned();
        tokens.push(Token { word: "not".to_owned(), range });
        return;
    }
    let whole = CONTRACTIONS.iter().find(|(short, _)| *short == word && before.word != "l");
    tokens.push(Token { word: whole.map_or(word, |(_, whole)| (*whole).to_owned()), range });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(sentence: &str) -> Vec<String> {
        tokens(sentence).into_iter().map(|token| token.word).collect()
    }

    #[test]
    fn contractions_are_written_out() {
        assert_eq!(words("I don't, I’m Anna's"), ["i", "do", "not", "", "i", "am", "anna", "s"]);
        assert_eq!(words("J'habite où ?"), ["j", "habite", "ou", ""]);
    }

    #[test]
    fn numbers_and_addresses_stay_whole() {
        assert_eq!(words("am 3. Mai 1990."), ["am", "3.", "mai", "1990", ""]);
        assert_eq!(words("14.3.1990, a.b@c.example"), ["14.3.1990", "", "a.b@c.example"]);
        assert_eq!(words("0+ and +43 660"), ["0+", "and", "+43", "660"]);
    }
}
