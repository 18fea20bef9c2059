//! The end of an archive: checksums, manifest, central directory.

use super::Container;
use super::zip::ELSEWHERE;
use crate::json_text::pretty;
use crate::manifest::{Checksums, Header, MANIFEST, Manifest, SUMS};
use crate::{Head, Totals};

/// What ends a single text is written by its renderer: these do nothing there.
impl Container {
    /// Writes a piece of `SHA256SUMS`, which the first one begins. All other entries must be closed and their lines taken before: what is
    /// written here are the pieces of [`Spool::Sums`](super::Spool::Sums), in order.
    pub fn sums(&mut self, piece: &[u8]) {
        if self.is_archive() {
            self.begin_sums();
            self.write(piece);
        }
    }

    /// Ends `SHA256SUMS` and writes `manifest.json`, the last entry.
    pub fn manifest(&mut self, head: &Head, totals: &Totals) {
        if !self.is_archive() {
            return;
        }
        self.begin_sums();
        let sha256 = self.entry_sha256();
        self.state.sums_sha256 = Some(sha256.clone());
        let manifest = Manifest {
            header: Header::of(head),
            counts: totals.counts.clone(),
            missing_files: totals.missing_files,
            unreadable: totals.unreadable.clone(),
            checksums: Checksums { file: SUMS.to_owned(), sha256, entries: self.state.listed },
        };
        self.begin(MANIFEST, self.state.at, false);
        self.write(pretty(&manifest).as_bytes());
        self.close();
    }

    /// Writes a piece of the central directory: those of [`Spool::Directory`](super::Spool::Directory), in order. The manifest must be
    /// written, and its line taken, before.
    pub fn directory(&mut self, piece: &[u8]) {
        if self.is_archive() {
            self.state.directory_from.get_or_insert(self.state.written);
            self.emit(piece);
        }
    }

    /// Ends the archive (APPNOTE, sections 4.3.14 to 4.3.16). The records of ZIP64 are there if something needs them: some readers take an
    /// archive that has them for a large one.
    pub fn end(&mut self) {
        if !self.is_archive() {
            return;
        }
        let (entries, end) = (self.state.entries, self.state.written);
        let from = self.state.directory_from.unwrap_or(end);
        let size = end - from;
        let short = |value: u64| u32::try_from(value).unwrap_or(ELSEWHERE);
        let few = u16::try_from(entries).unwrap_or(u16::MAX);
        let mut records = Vec::with_capacity(98);
        if few == u16::MAX || [size, from].map(short).contains(&ELSEWHERE) {
            records.extend_from_slice(b"PK\x06\x06");
            records.extend_from_slice(&44_u64.to_le_bytes());
            records.extend_from_slice(&[45, 3, 45, 0]);
            records.extend_from_slice(&[0; 8]);
            for value in [entries, entries, size, from] {
                records.extend_from_slice(&value.to_le_bytes());
            }
            records.extend_from_slice(b"PK\x06\x07");
            records.extend_from_slice(&[0; 4]);
            records.extend_from_slice(&end.to_le_bytes());
            records.extend_from_slice(&1_u32.to_le_bytes());
        }
        records.extend_from_slice(b"PK\x05\x06");
        records.extend_from_slice(&[0; 4]);
        records.extend_from_slice(&few.to_le_bytes());
        records.extend_from_slice(&few.to_le_bytes());
        records.extend_from_slice(&short(size).to_le_bytes());
        records.extend_from_slice(&short(from).to_le_bytes());
        records.extend_from_slice(&[0; 2]);
        self.emit(&records);
    }

    /// Goes on in `SHA256SUMS`, or begins it.
    fn begin_sums(&mut self) {
        if !self.state.entry.as_ref().is_some_and(|entry| entry.is_called(SUMS)) {
            self.begin(SUMS, self.state.at, false);
        }
    }
}
