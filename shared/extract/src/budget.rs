//! What reading one file may cost. A file decides what is done with it; so that it cannot ask for too much, everything that it can
//! multiply is paid for here: bytes that are inflated, and steps such as tokens, objects and operators.

use crate::error::{Flow, Stop};

/// How much is read of a file, and how much text is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// At most so many bytes of text.
    pub text_bytes: usize,
    /// At most so many bytes of what is in the file, after it is inflated. They are in memory, some of them twice.
    pub read_bytes: usize,
    /// At most so many steps. A step takes less than a microsecond.
    pub steps: usize,
}

impl Default for Limits {
    /// What a function with 2 GB of memory and some minutes can do many times over.
    fn default() -> Self {
        Self { text_bytes: 1024 * 1024, read_bytes: 192 * 1024 * 1024, steps: 48_000_000 }
    }
}

/// What is left of the limits.
#[derive(Debug)]
pub(crate) struct Budget {
    read_bytes: usize,
    steps: usize,
    is_exhausted: bool,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { read_bytes: limits.read_bytes, steps: limits.steps, is_exhausted: false }
    }

    /// How many bytes may still be read.
    pub(crate) fn left_bytes(&self) -> usize {
        self.read_bytes
    }

    /// Whether something was left out because it would have cost too much.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.is_exhausted
    }

    pub(crate) fn step(&mut self) -> Flow {
        self.steps(1)
    }

    pub(crate) fn steps(&mut self, steps: usize) -> Flow {
        match self.steps.checked_sub(steps) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => Err(self.exhausted()),
        }
    }

    /// Pays for bytes that were read.
    pub(crate) fn read(&mut self, bytes: usize) -> Flow {
        match self.read_bytes.checked_sub(bytes) {
            Some(left) => {
                self.read_bytes = left;
                Ok(())
            }
            None => {
                self.read_bytes = 0;
                Err(self.exhausted())
            }
        }
    }

    /// As much of the bytes as may be read.
    pub(crate) fn affordable<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let length = bytes.len().min(self.read_bytes);
        // What is over is left out; that much is noted.
        let _ = self.read(bytes.len());
        &bytes[..length]
    }

    /// Notes that something is left out.
    pub(crate) fn exhausted(&mut self) -> Stop {
        self.is_exhausted = true;
        Stop::Exhausted
    }
}
