//! What gathers while an export is written and is wanted again at its end: kept in the bucket, in pieces, so that it does not grow here.

use std::collections::BTreeMap;

use app_archive::Spool;
use app_domain::StoreError;
use serde::{Deserialize, Serialize};

use crate::phase::Reading;
use crate::workplace::Workplace;

/// How much of a spool is kept here before it becomes a piece.
const PIECE_BYTES: usize = 1 << 20;

/// Pieces that one attempt kept, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stretch {
    attempt: u32,
    /// The number of the first, among those of its attempt.
    first: u64,
    count: u64,
}

/// The spools of an export.
pub(crate) struct Spools {
    attempt: u32,
    kept: BTreeMap<String, Vec<Stretch>>,
    /// What is in no piece yet.
    gathered: BTreeMap<&'static str, Vec<u8>>,
    /// How many pieces this attempt has kept of each, whether they still count or not.
    numbers: BTreeMap<&'static str, u64>,
    /// The piece that was read last.
    read: Option<(&'static str, u64, Vec<u8>)>,
}

impl Spools {
    /// Those that earlier attempts kept, and what `attempt` adds to them.
    pub(crate) fn new(attempt: u32, kept: BTreeMap<String, Vec<Stretch>>) -> Self {
        let (gathered, numbers) = (BTreeMap::new(), BTreeMap::new());
        Self { attempt, kept, gathered, numbers, read: None }
    }

    /// Which pieces there are.
    pub(crate) fn kept(&self) -> &BTreeMap<String, Vec<Stretch>> {
        &self.kept
    }

    /// Adds to a spool.
    pub(crate) fn add(&mut self, spool: Spool, bytes: &[u8]) {
        self.gathered.entry(spool.as_str()).or_default().extend_from_slice(bytes);
    }

    /// Adds a line to a spool.
    pub(crate) fn add_line(&mut self, spool: Spool, line: &str) {
        self.add(spool, line.as_bytes());
        self.add(spool, b"\n");
    }

    /// Makes pieces of what is enough for one.
    pub(crate) async fn thin(&mut self, at: &Workplace) -> Result<(), StoreError> {
        self.keep(at, PIECE_BYTES).await
    }

    /// Makes pieces of everything.
    pub(crate) async fn flush(&mut self, at: &Workplace) -> Result<(), StoreError> {
        self.keep(at, 1).await
    }

    async fn keep(&mut self, at: &Workplace, least: usize) -> Result<(), StoreError> {
        for (spool, gathered) in &mut self.gathered {
            if gathered.len() < least {
                continue;
            }
            let number = self.numbers.entry(spool).or_default();
            at.keep(self.attempt, spool, *number, std::mem::take(gathered)).await?;
            let stretches = self.kept.entry((*spool).to_owned()).or_default();
            match stretches.last_mut() {
                Some(last) if last.attempt == self.attempt && last.first + last.count == *number => {
                    last.count += 1;
                }
                _ => stretches.push(Stretch { attempt: self.attempt, first: *number, count: 1 }),
            }
            *number += 1;
        }
        Ok(())
    }

    /// The line at a place, with the place behind it. Nothing at the end.
    pub(crate) async fn line(
        &mut self,
        at: &Workplace,
        spool: Spool,
        mut reading: Reading,
    ) -> Result<Option<(String, Reading)>, StoreError> {
        while let Some(piece) = self.piece(at, spool, reading.piece).await? {
            let rest = piece.get(reading.byte..).unwrap_or_default();
            if let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let (line, _) = rest.split_at(end);
                return Ok(Some((String::from_utf8_lossy(line).into_owned(), reading.next_line(end + 1))));
            }
            reading = reading.next_piece();
        }
        Ok(None)
    }

    /// Whether some text is in a spool of lines.
    pub(crate) async fn has(&mut self, at: &Workplace, spool: Spool, text: &str) -> Result<bool, StoreError> {
        let mut number = 0;
        while let Some(piece) = self.piece(at, spool, number).await? {
            if String::from_utf8_lossy(piece).contains(text) {
                return Ok(true);
            }
            number += 1;
        }
        Ok(false)
    }

    /// A piece by its number, of those that are kept and then of what is not yet. Nothing behind them.
    pub(crate) async fn piece(
        &mut self,
        at: &Workplace,
        spool: Spool,
        number: u64,
    ) -> Result<Option<&[u8]>, StoreError> {
        let name = spool.as_str();
        let Some((attempt, own)) = self.find(name, number) else {
            let rest = self.gathered.get(name).filter(|rest| !rest.is_empty());
            return Ok(rest.filter(|_| number == self.count(name)).map(Vec::as_slice));
        };
        if self.read.as_ref().is_none_or(|(read, piece, _)| (*read, *piece) != (name, number)) {
            self.read = Some((name, number, at.piece(attempt, name, own).await?));
        }
        Ok(self.read.as_ref().map(|(_, _, piece)| piece.as_slice()))
    }

    /// The attempt that kept a piece, and which of its own it was.
    fn find(&self, spool: &str, number: u64) -> Option<(u32, u64)> {
        let mut before = 0;
        for stretch in self.kept.get(spool)? {
            if number < before + stretch.count {
                return Some((stretch.attempt, stretch.first + number - before));
            }
            before += stretch.count;
        }
        None
    }

    fn count(&self, spool: &str) -> u64 {
        self.kept.get(spool).map_or(0, |stretches| stretches.iter().map(|stretch| stretch.count).sum())
    }
}
