//! How many tokens a text has, estimated from above.
//!
//! The exact count needs the model's own tables, which weigh more than everything else here. For prose in any script the
//! estimate is rarely below the truth. For noise it may be: then the server refuses the text, and it is cut again.

/// Adds up what the characters of a text cost.
#[derive(Default)]
pub(super) struct Meter {
    tokens: usize,
    /// Of what kind the characters before were, and how many of them there are.
    run: Option<Kind>,
    run_chars: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letters,
    Spaces,
}

impl Meter {
    /// The tokens of everything so far, with this text.
    pub(super) fn add(&mut self, text: &str) -> usize {
        text.chars().fold(self.tokens, |_, c| self.count(c))
    }

    /// The tokens of everything so far, with this character.
    fn count(&mut self, c: char) -> usize {
        let kind = match c {
            'a'..='z' | 'A'..='Z' => Some(Kind::Letters),
            ' ' | '\t' | '\r' | '\n' => Some(Kind::Spaces),
            _ => None,
        };
        let goes_on = kind.is_some() && kind == self.run;
        self.run_chars = if goes_on { self.run_chars + 1 } else { 1 };
        self.run = kind;
        self.tokens += match kind {
            // A word of up to three letters is one token, and every further three letters are another.
            Some(Kind::Letters) => usize::from(self.run_chars % 3 == 1),
            // One space belongs to the word behind it.
            Some(Kind::Spaces) => usize::from(c != ' ' || self.run_chars % 3 == 2),
            None => match c.len_utf8() {
                1 | 2 => 1,
                3 => 2,
                _ => 3,
            },
        };
        self.tokens
    }
}

/// About how many tokens a text has, or more.
pub(super) fn estimate(text: &str) -> usize {
    Meter::default().add(text)
}

/// The beginning of a text, of as many whole characters as have at most `max_tokens`.
pub(super) fn beginning(text: &str, max_tokens: usize) -> &str {
    // No text has more tokens than bytes: most are short, and pass without being looked at.
    if text.len() <= max_tokens {
        return text;
    }
    let mut meter = Meter::default();
    match text.char_indices().find(|&(_, c)| meter.count(c) > max_tokens) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

/// A shorter beginning of a text that was refused, or `None` if it must be something other than its length. Half of it, but
/// not fewer bytes than tokens are allowed: a token has at least one byte.
pub(super) fn shorter(text: &str, max_tokens: usize) -> Option<&str> {
    let bytes = (text.len() / 2).max(max_tokens);
    (bytes < text.len()).then(|| &text[..text.floor_char_boundary(bytes)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_lie_above_what_prose_has() {
        // Beside each, what the vendor's tokenisers are known to make of such text at most: about a token a word in English,
        // one for two letters in other alphabets, one and a half for an ideograph.
        for (text, at_least) in [
            ("The quick brown fox jumps over the lazy dog.", 10),
            ("Internationalization of counterrevolutionaries", 8),
            ("Die Geburtstagsfeier am Donnerstag", 8),
            ("Где лежит ключ от машины?", 12),
            ("护照在抽屉里", 9),
            ("여권은 서랍에 있다", 12),
            ("🎉🎉", 4),
            ("2026-11-21 09:30", 8),
            ("{\"a\":[1,2]}", 8),
            ("\n\n\n", 1),
        ] {
            assert!((at_least..=text.len()).contains(&estimate(text)), "{text}: {}", estimate(text));
        }
        assert_eq!((estimate(""), estimate(" a b")), (0, 2));
    }

    #[test]
    fn a_beginning_is_as_long_as_allowed_and_whole() {
        let text = "Où est la clé ? 护照 🎉 ".repeat(20);
        for max_tokens in 1..estimate(&text) {
            let beginning = beginning(&text, max_tokens);
            assert!(text.starts_with(beginning) && estimate(beginning) <= max_tokens);
            let next = text[beginning.len()..].chars().next().unwrap();
            assert!(estimate(&format!("{beginning}{next}")) > max_tokens);
        }
        assert_eq!(beginning(&text, estimate(&text)), text);
        assert_eq!(beginning(&text, usize::MAX), text);
    }

    #[test]
    fn what_is_refused_gets_shorter_until_it_must_fit() {
        let text = "é".repeat(1000);
        let mut lengths = vec![text.len()];
        let mut left = &text[..];
        while let Some(next) = shorter(left, 301) {
            left = next;
            lengths.push(left.len());
        }
        assert_eq!(lengths, [2000, 1000, 500, 300]);
        assert_eq!(shorter("short", 5), None);
    }
}
