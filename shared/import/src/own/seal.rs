//! The SHA-256 of what is read, line by line: an export says of itself what it was before its last line.

use std::io::{self, Read};

use aws_lc_rs::digest::{Context, SHA256};

/// Reads on, and takes the SHA-256 of it.
pub(super) struct Seal<R> {
    inner: R,
    all: Context,
    /// Of everything before the line that was begun last.
    before: Context,
    is_line_begun: bool,
}

impl<R: Read> Seal<R> {
    pub(super) fn new(inner: R) -> Self {
        let all = Context::new(&SHA256);
        Self { inner, before: all.clone(), all, is_line_begun: false }
    }

    /// Reads what is left. The SHA-256 of all of it, and of all before the last line.
    pub(super) fn finish(mut self) -> io::Result<(String, String)> {
        io::copy(&mut self, &mut io::sink())?;
        Ok((hex(self.all), hex(self.before)))
    }
}

impl<R: Read> Read for Seal<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let read = &buffer[..count];
        let Some((_, but_last)) = read.split_last() else { return Ok(count) };
        // Where the last line begins that has something in what was read.
        let line = match memchr::memrchr(b'\n', but_last) {
            Some(end) => Some(end + 1),
            None => (!self.is_line_begun).then_some(0),
        };
        let (before, rest) = read.split_at(line.unwrap_or(0));
        self.all.update(before);
        if line.is_some() {
            self.before = self.all.clone();
        }
        self.all.update(rest);
        self.is_line_begun = !read.ends_with(b"\n");
        Ok(count)
    }
}

fn hex(context: Context) -> String {
    context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sha256(bytes: &[u8]) -> String {
        let mut context = Context::new(&SHA256);
        context.update(bytes);
        hex(context)
    }

    /// Gives so many bytes at once.
    struct Pieces<'a>(&'a [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = self.1.min(buffer.len());
            (&mut self.0).take(most as u64).read(buffer)
        }
    }

    #[test]
    fn the_last_line_is_left_out_however_it_is_read() {
        for (before, last) in [("", "one"), ("a\n", "one\n"), ("a\n\nbc\n", "last line"), ("a\n", "\n")] {
            let text = format!("{before}{last}");
            for size in 1..=text.len() {
                let (all, found) = Seal::new(Pieces(text.as_bytes(), size)).finish().unwrap();
                assert_eq!(all, sha256(text.as_bytes()), "{text:?} by {size}");
                assert_eq!(found, sha256(before.as_bytes()), "{text:?} by {size}");
            }
        }
    }
}
