//! Lines of a text, each of them bounded.

use std::io::{self, BufRead};

/// The largest line, and the largest element of JSON, that is read.
pub(crate) const MAX_BYTES: usize = 32 * 1024 * 1024;
/// What is said of one that is larger.
pub(crate) const TOO_LARGE: &str = "It is larger than 32 MiB.";

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Which it is, from 1.
    pub(crate) number: u64,
    /// It, without its end; or why it cannot be read.
    pub(crate) text: Result<Vec<u8>, &'static str>,
}

/// The lines of a text, each of at most 32 MiB.
pub(crate) struct Lines<R> {
    reader: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, number: 0 }
    }

    pub(crate) fn into_inner(self) -> R {
        self.reader
    }

    fn line(&mut self) -> io::Result<Option<Line>> {
        let mut text = Vec::new();
        let (mut is_too_large, mut is_there) = (false, false);
        loop {
            let chunk = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                chunk => chunk?,
            };
            if chunk.is_empty() {
                break;
            }
            is_there = true;
            let end = memchr::memchr(b'\n', chunk);
            let piece = &chunk[..end.unwrap_or(chunk.len())];
            if text.len() + piece.len() > MAX_BYTES {
                is_too_large = true;
                text = Vec::new();
            }
            if !is_too_large {
                text.extend_from_slice(piece);
            }
            let taken = piece.len() + usize::from(end.is_some());
            self.reader.consume(taken);
            if end.is_some() {
                break;
            }
        }
        if !is_there {
            return Ok(None);
        }
        self.number += 1;
        if text.last() == Some(&b'\r') {
            text.pop();
        }
        let text = if is_too_large { Err(TOO_LARGE) } else { Ok(text) };
        Ok(Some(Line { number: self.number, text }))
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        self.line().transpose()
    }
}
