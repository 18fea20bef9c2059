//! Bytes as UTF-8, while they are read. The charset is what a byte order mark says, or what the bytes cannot but be, or a guess by the
//! first part of the text that is not plain ASCII.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// A guess is made by so much.
const GUESSED_BY_BYTES: usize = 256 * 1024;
const PIECE_BYTES: usize = 64 * 1024;

/// Reads text of any charset as UTF-8, without a byte order mark. What is no character of its charset becomes U+FFFD.
pub(crate) struct Utf8<R> {
    inner: R,
    /// None as long as all was ASCII, which is the same in every charset that is guessed.
    decoder: Option<Decoder>,
    is_begun: bool,
    is_at_end: bool,
    has_mistakes: bool,
    /// Why no more can be read. What was read before comes first.
    failure: Option<io::Error>,
    input: Vec<u8>,
    output: Vec<u8>,
    /// How much of the output has been read.
    taken: usize,
}

impl<R: Read> Utf8<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self {
            inner,
            decoder: None,
            is_begun: false,
            is_at_end: false,
            has_mistakes: false,
            failure: None,
            input: Vec::new(),
            output: Vec::new(),
            taken: 0,
        }
    }

    /// Whether something was no character of the charset, as far as it has been read.
    pub(crate) fn has_mistakes(&self) -> bool {
        self.has_mistakes
    }

    /// What it was read from.
    pub(crate) fn into_inner(self) -> R {
        self.inner
    }

    /// Reads until there are so many bytes in the input, or no more.
    fn fill(&mut self, bytes: usize) {
        let missing = bytes.saturating_sub(self.input.len());
        if self.failure.is_some() || missing == 0 {
            return;
        }
        match (&mut self.inner).take(missing as u64).read_to_end(&mut self.input) {
            Ok(read) => self.is_at_end = read < missing,
            Err(error) => self.failure = Some(error),
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.output.clear();
        self.taken = 0;
        if let Some(error) = self.failure.take() {
            self.is_at_end = true;
            return Err(error);
        }
        self.fill(PIECE_BYTES);
        if !self.is_begun {
            self.is_begun = true;
            if let Some((encoding, mark_bytes)) = Encoding::for_bom(&self.input) {
                self.input.drain(..mark_bytes);
                self.decoder = Some(encoding.new_decoder_without_bom_handling());
            } else if let Some(encoding) = utf16(&self.input) {
                self.decoder = Some(encoding.new_decoder_without_bom_handling());
            }
        }
        if self.decoder.is_none() {
            if self.input.is_ascii() {
                std::mem::swap(&mut self.input, &mut self.output);
                return Ok(());
            }
            self.fill(GUESSED_BY_BYTES);
            self.decoder = Some(guess(&self.input, self.is_at_end).new_decoder_without_bom_handling());
        }
        let Some(decoder) = &mut self.decoder else { return Ok(()) };
        let longest = decoder.max_utf8_buffer_length(self.input.len()).unwrap_or(GUESSED_BY_BYTES * 4);
        self.output.resize(longest, 0);
        let (_, read, written, has_mistakes) =
            decoder.decode_to_utf8(&self.input, &mut self.output, self.is_at_end);
        self.output.truncate(written);
        self.input.drain(..read);
        self.has_mistakes |= has_mistakes;
        Ok(())
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.output.len() {
            if self.is_at_end || buffer.is_empty() {
                return Ok(0);
            }
            self.refill()?;
        }
        let count = buffer.len().min(self.output.len() - self.taken);
        buffer[..count].copy_from_slice(&self.output[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}

/// The text of the bytes, and whether something in them was no character.
pub(crate) fn decode(bytes: &[u8]) -> (String, bool) {
    let mut reader = Utf8::new(bytes);
    let mut text = String::new();
    // Bytes in memory do not fail, and what comes out is UTF-8.
    let has_failed = reader.read_to_string(&mut text).is_err();
    (text, reader.has_mistakes() || has_failed)
}

fn guess(bytes: &[u8], is_all: bool) -> &'static Encoding {
    if is_utf8(bytes) {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, is_all);
    detector.guess(None, Utf8Detection::Deny)
}

/// Whether it is UTF-8, but for its end, where a character may be cut, and for few mistakes.
fn is_utf8(bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => true,
        Err(_) => {
            let (mut long_chars, mut mistakes) = (0_usize, 0_usize);
            for chunk in bytes.utf8_chunks() {
                long_chars += chunk.valid().chars().filter(|char| !char.is_ascii()).count();
                mistakes += usize::from(!chunk.invalid().is_empty());
            }
            mistakes * 10 < long_chars
        }
    }
}

/// UTF-16 without its mark, where half of the bytes are NUL: no other text has any.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let nuls = |offset: usize| bytes.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (nuls(0), nuls(1));
    let many = bytes.len() / 4;
    match () {
        () if odd > many && even * 8 < odd => Some(UTF_16LE),
        () if even > many && odd * 8 < even => Some(UTF_16BE),
        () => None,
    }
}
