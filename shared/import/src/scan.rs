//! Follows the brackets and strings of JSON, without taking it apart.

use std::io::{self, BufRead};

use crate::lines::MAX_BYTES;

/// Brackets are known by their kind to this depth. What is deeper is not taken apart anyway.
const KNOWN_DEPTH: usize = 256;
/// So often reading goes back to look for an element in what was taken for another's inside.
const MAX_RETURNS: u32 = 64;
/// So much is kept of what is too large.
const KEPT_OF_LARGE: usize = 64;
/// After so many brackets that nothing was opened with, the rest is none either.
const MAX_JUNK: u32 = 1000;

/// How a value ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// As it should.
    Whole,
    /// It is larger than it may be.
    TooLarge,
    /// Its quotes or brackets do not fit together.
    Broken,
    /// With the text.
    Cut,
}

/// Reads values of JSON as bytes.
pub(crate) struct Scanner<R> {
    reader: R,
    /// What was read and is to be read again, before the reader.
    again: Vec<u8>,
    again_at: usize,
    returns: u32,
    junk: u32,
    /// What stands before an element on its line, and its first byte: `\n  {`.
    margin: Option<Vec<u8>>,
    /// Blanks since the last line began, before a value.
    blanks: Vec<u8>,
}

impl<R: BufRead> Scanner<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, again: Vec::new(), again_at: 0, returns: 0, junk: 0, margin: None, blanks: Vec::new() }
    }

    pub(crate) fn reader(&self) -> &R {
        &self.reader
    }

    pub(crate) fn into_reader(self) -> R {
        self.reader
    }

    pub(crate) fn junk(&mut self) {
        self.junk += 1;
    }

    pub(crate) fn is_hopeless(&self) -> bool {
        self.junk >= MAX_JUNK
    }

    /// The next byte that is no blank.
    pub(crate) fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            let Some(byte) = self.chunk()?.first().copied() else { return Ok(None) };
            match byte {
                b'\n' => {
                    self.blanks.clear();
                    self.blanks.push(byte);
                }
                b' ' | b'\t' | b'\r' if self.blanks.len() < 64 => self.blanks.push(byte),
                b' ' | b'\t' | b'\r' => {}
                _ => return Ok(Some(byte)),
            }
            self.consume(1);
        }
    }

    /// Behind the byte that was peeked at.
    pub(crate) fn skip(&mut self) {
        self.blanks.clear();
        self.consume(1);
    }

    /// Reads what is left.
    pub(crate) fn drain(&mut self) -> io::Result<()> {
        loop {
            let left = self.chunk()?.len();
            if left == 0 {
                return Ok(());
            }
            self.consume(left);
        }
    }

    /// Reads an element of the array. If it is not whole, and another begins on a line inside of it as the first one did, reading
    /// goes on there.
    pub(crate) fn element(&mut self, into: &mut Vec<u8>) -> io::Result<End> {
        if let (Some(first), None) = (self.peek()?, &self.margin) {
            let is_on_line = self.blanks.first() == Some(&b'\n') && matches!(first, b'{' | b'[');
            self.margin = Some(if is_on_line { [&self.blanks, &[first][..]].concat() } else { Vec::new() });
        }
        self.value(into, MAX_BYTES, true)
    }

    /// Reads a name or a value of an object.
    pub(crate) fn member(&mut self, into: &mut Vec<u8>, most: usize) -> io::Result<End> {
        self.peek()?;
        self.value(into, most, false)
    }

    fn value(&mut self, into: &mut Vec<u8>, most: usize, returns: bool) -> io::Result<End> {
        let mut follow = Follow::default();
        let mut is_too_large = false;
        let end = loop {
            let chunk = self.chunk()?;
            if chunk.is_empty() {
                break End::Cut;
            }
            let (taken, is_done) = follow.take(chunk);
            if !is_too_large {
                into.extend_from_slice(&chunk[..taken]);
            }
            self.consume(taken);
            if into.len() > most && !is_too_large {
                is_too_large = true;
                if returns && self.go_back(into) {
                    return Ok(End::Broken);
                }
                // Its first bytes may tell what it was.
                *into = into.get(..KEPT_OF_LARGE).unwrap_or_default().to_vec();
            }
            if is_done {
                break if follow.is_broken { End::Broken } else { End::Whole };
            }
        };
        if returns && !is_too_large && end != End::Whole && self.go_back(into) {
            return Ok(End::Broken);
        }
        Ok(if is_too_large && end != End::Cut { End::TooLarge } else { end })
    }

    /// Looks for the beginning of another element in what was read, and goes back to it.
    fn go_back(&mut self, read: &mut Vec<u8>) -> bool {
        let Some(margin) = self.margin.as_deref().filter(|margin| !margin.is_empty()) else { return false };
        let mut places = memchr::memmem::find_iter(read, margin);
        // An element stands behind the comma of the one before.
        let place = places.find(|place| read[..*place].trim_ascii_end().ends_with(b","));
        let Some(place) = place.filter(|_| self.returns < MAX_RETURNS) else { return false };
        self.returns += 1;
        let mut again = read.split_off(place);
        again.extend_from_slice(&self.again[self.again_at..]);
        (self.again, self.again_at) = (again, 0);
        true
    }

    fn chunk(&mut self) -> io::Result<&[u8]> {
        if self.again_at < self.again.len() {
            return Ok(&self.again[self.again_at..]);
        }
        if !self.again.is_empty() {
            (self.again, self.again_at) = (Vec::new(), 0);
        }
        loop {
            match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(_) => break,
            }
        }
        self.reader.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        if self.again_at < self.again.len() {
            self.again_at += bytes;
        } else {
            self.reader.consume(bytes);
        }
    }
}

/// Where in a value one is.
#[derive(Debug, Default)]
struct Follow {
    /// What is open, to a depth.
    open: Vec<u8>,
    /// How much is open beyond it.
    deeper: u64,
    is_in_string: bool,
    is_escaped: bool,
    is_begun: bool,
    is_broken: bool,
}

impl Follow {
    /// How much of the bytes belongs to the value, and whether it ends there.
    fn take(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while let Some(byte) = bytes.get(at).copied() {
            if self.is_in_string {
                at = self.string(bytes, at);
                if !self.is_in_string && self.is_outside() {
                    return (at, true);
                }
                continue;
            }
            match byte {
                b'"' if self.is_outside() && self.is_begun => return (at, true),
                b'"' => self.is_in_string = true,
                b'{' | b'[' if self.is_outside() && self.is_begun => return (at, true),
                b'{' | b'[' => self.open(byte),
                b'}' | b']' if self.is_outside() => return (at, true),
                b'}' | b']' => {
                    self.close(if byte == b'}' { b'{' } else { b'[' });
                    if self.is_outside() {
                        return (at + 1, true);
                    }
                }
                b',' | b':' if self.is_outside() => return (at, true),
                _ => {}
            }
            self.is_begun = true;
            at += 1;
        }
        (at, false)
    }

    /// Goes on in a string, to behind its end.
    fn string(&mut self, bytes: &[u8], mut at: usize) -> usize {
        if self.is_escaped {
            self.is_escaped = false;
            at += 1;
        }
        let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr3(b'"', b'\\', b'\n', rest)) else {
            return bytes.len();
        };
        match bytes[at + found] {
            b'"' => self.is_in_string = false,
            b'\\' => self.is_escaped = true,
            // No string has a line's end in it: the quote behind it is missing.
            _ => (self.is_in_string, self.is_broken) = (false, true),
        }
        at + found + 1
    }

    fn is_outside(&self) -> bool {
        self.open.is_empty()
    }

    fn open(&mut self, bracket: u8) {
        if self.open.len() < KNOWN_DEPTH {
            self.open.push(bracket);
        } else {
            self.deeper += 1;
        }
    }

    /// Closes the innermost of a kind, and what was left open inside of it.
    fn close(&mut self, bracket: u8) {
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        match self.open.iter().rposition(|open| *open == bracket) {
            Some(at) => {
                self.is_broken |= at + 1 < self.open.len();
                self.open.truncate(at);
            }
            None => self.is_broken = true,
        }
    }
}
