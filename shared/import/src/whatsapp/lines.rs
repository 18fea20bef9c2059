//! Lines of a text that may be larger than memory, one after the other.

use std::io::{self, BufRead, Read};

/// A line is not longer; what is comes in pieces.
const MAX_BYTES: usize = 128 * 1024;

/// A line, without its end.
pub(super) struct Line<'a> {
    /// What it says.
    pub text: &'a str,
    /// Whether it is a further piece of the line before.
    pub is_piece: bool,
    /// Its number, from 1.
    pub number: u64,
}

/// Reads lines. Each byte is looked at once.
pub(super) struct Lines<R> {
    reader: R,
    bytes: Vec<u8>,
    text: String,
    number: u64,
    is_open: bool,
}

impl<R: BufRead> Lines<R> {
    /// The lines of `reader`, which is UTF-8; what is not becomes U+FFFD.
    pub(super) fn new(reader: R) -> Self {
        Self { reader, bytes: Vec::new(), text: String::new(), number: 0, is_open: false }
    }

    /// The next line; `None` behind the last.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        let room = MAX_BYTES - self.bytes.len();
        let read = self.reader.by_ref().take(room as u64).read_until(b'\n', &mut self.bytes)?;
        if read == 0 && self.bytes.is_empty() {
            return Ok(None);
        }
        let is_piece = self.is_open;
        self.is_open = self.bytes.last() != Some(&b'\n') && read == room;
        self.number += u64::from(!is_piece);
        // A character that is cut belongs to the next piece.
        let whole = if self.is_open { whole_chars(&self.bytes) } else { self.bytes.len() };
        self.text.clear();
        self.text.push_str(&String::from_utf8_lossy(&self.bytes[..whole]));
        self.bytes.drain(..whole);
        let text = self.text.strip_suffix('\n').unwrap_or(&self.text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        Ok(Some(Line { text, is_piece, number: self.number }))
    }
}

/// How many bytes are whole characters, as far as that can be said.
fn whole_chars(bytes: &[u8]) -> usize {
    let last = bytes.iter().rev().take(4).position(|byte| byte & 0xc0 != 0x80);
    match last.map(|back| bytes.len() - 1 - back) {
        Some(start) if start > 0 && bytes[start] >= 0xc0 => start,
        _ => bytes.len(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(bytes: &[u8]) -> Vec<(String, bool, u64)> {
        let mut lines = Lines::new(bytes);
        let mut all = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            all.push((line.text.to_owned(), line.is_piece, line.number));
        }
        all
    }

    #[test]
    fn ends_of_lines_are_no_part_of_them() {
        let texts: Vec<_> = all(b"a\r\n\nb\nc").into_iter().map(|(text, ..)| text).collect();
        assert_eq!(texts, ["a", "", "b", "c"]);
    }

    #[test]
    fn a_line_that_is_too_long_comes_in_pieces_of_whole_characters() {
        let text = "aé日".repeat(100_000);
        let pieces = all(text.as_bytes());
        assert!(
            pieces.len() > 4
                && !pieces[0].1
                && pieces[1..].iter().all(|(_, is_piece, number)| *is_piece && *number == 1)
        );
        assert_eq!(pieces.into_iter().map(|(text, ..)| text).collect::<String>(), text);
    }

    proptest! {
        #[test]
        fn nothing_of_a_text_is_lost(text in "[a\u{e9}\u{65e5}\n]{0,300}") {
            let lines: Vec<_> = all(text.as_bytes()).into_iter().map(|(text, ..)| text).collect();
            prop_assert_eq!(lines.join("\n"), text.strip_suffix('\n').unwrap_or(&text));
        }
    }
}
