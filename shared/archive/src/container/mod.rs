//! The file that an archive is, as it is written: one text, or a ZIP archive of many entries.
//!
//! The ZIP is written by code of our own, because no library can go on with one in another process: they keep what they have written of an
//! entry in the state of their compressor, and every entry's line of the central directory in memory. Here a [`ContainerState`] of a few
//! hundred bytes is all that must outlive a safe point. What it rests on is old and common: data descriptors behind the data, ZIP64, and
//! deflate's full flush, after which nothing refers to what was before. `docs/archive/README.md` says what is where.

mod deflate;
mod end;
mod zip;

use app_domain::{Sha256State, Timestamp};
use serde::{Deserialize, Serialize};

use deflate::Deflate;
use zip::Entry;

/// Whether a file is one text or an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Shape {
    /// The bytes as they are.
    Single,
    /// A ZIP archive.
    Archive,
}

/// What gathers outside the file while it is written, in pieces, and is wanted again at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Spool {
    /// Lines of `SHA256SUMS`.
    Sums,
    /// The central directory.
    Directory,
    /// Files whose bytes are still to be written.
    Files,
    /// What a renderer wants again when it has seen everything.
    Index,
}

impl Spool {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sums => "sums",
            Self::Directory => "directory",
            Self::Files => "files",
            Self::Index => "index",
        }
    }
}

/// A file that is being written. It does no I/O: what is written gathers inside until it is [taken](Self::take).
#[derive(Debug)]
pub struct Container {
    state: ContainerState,
    deflate: Deflate,
    /// What of the open entry is not compressed yet.
    piece: Vec<u8>,
    out: Vec<u8>,
    sums: Vec<u8>,
    directory: Vec<u8>,
}

/// All that must be kept of a file in order to go on with it. It does not grow with the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerState {
    shape: Shape,
    /// How many bytes the file has.
    written: u64,
    /// Of these.
    sha256: Sha256State,
    entry: Option<Entry>,
    /// How many entries are closed.
    entries: u64,
    /// How many of them have a line in `SHA256SUMS`.
    listed: u64,
    /// The time of the last entry that was opened.
    at: Timestamp,
    /// Of `SHA256SUMS`, when it is closed.
    sums_sha256: Option<String>,
    /// Where the central directory begins, when it has.
    directory_from: Option<u64>,
}

impl Container {
    /// How much is compressed at once. Larger pieces are hardly smaller together: deflate looks back 32 KiB.
    const PIECE_BYTES: usize = 256 << 10;

    /// An empty file.
    pub fn new(shape: Shape) -> Self {
        Self::resume(ContainerState {
            shape,
            written: 0,
            sha256: Sha256State::default(),
            entry: None,
            entries: 0,
            listed: 0,
            at: Timestamp::MIN,
            sums_sha256: None,
            directory_from: None,
        })
    }

    /// A file whose bytes up to that state are elsewhere.
    pub fn resume(state: ContainerState) -> Self {
        Self {
            state,
            deflate: Deflate::default(),
            piece: Vec::new(),
            out: Vec::new(),
            sums: Vec::new(),
            directory: Vec::new(),
        }
    }

    /// Which of both it is.
    pub fn shape(&self) -> Shape {
        self.state.shape
    }

    /// Begins an entry and ends the one before. A single text has no entries: everything is written to it.
    pub fn open(&mut self, path: &str, at: Timestamp) {
        if self.is_archive() {
            self.begin(path, at, true);
        }
    }

    /// Writes into the open entry, compressed in an archive.
    pub fn write(&mut self, bytes: &[u8]) {
        if !self.is_archive() {
            return self.emit(bytes);
        }
        let Some(entry) = &mut self.state.entry else { return };
        entry.note(bytes);
        let mut rest = bytes;
        while !rest.is_empty() {
            let room = Self::PIECE_BYTES.saturating_sub(self.piece.len()).min(rest.len());
            let (now, later) = rest.split_at(room);
            self.piece.extend_from_slice(now);
            rest = later;
            if self.piece.len() >= Self::PIECE_BYTES {
                self.pack();
            }
        }
    }

    /// The same for bytes that are compressed already: in an archive they stay as they are.
    pub fn store(&mut self, bytes: &[u8]) {
        if !self.is_archive() {
            return self.emit(bytes);
        }
        self.pack();
        let Some(entry) = &mut self.state.entry else { return };
        entry.note(bytes);
        self.put(&deflate::stored(bytes));
    }

    /// Ends the open entry, if there is one.
    pub fn close(&mut self) {
        self.pack();
        if self.state.entry.is_some() {
            self.put(deflate::LAST_BLOCK);
        }
        let Some(entry) = self.state.entry.take() else { return };
        self.emit(&entry.descriptor());
        self.directory.extend_from_slice(&entry.directory_header());
        if entry.is_listed {
            self.sums.extend_from_slice(entry.sums_line().as_bytes());
            self.state.listed += 1;
        }
        self.state.entries += 1;
    }

    /// Ends the open entry as one that lacks bytes or has wrong ones: its checksum is not theirs, so nobody takes it for whole.
    pub fn spoil(&mut self) {
        if let Some(entry) = &mut self.state.entry {
            entry.spoil();
        }
        self.close();
    }

    /// The SHA-256, in hexadecimal, of what was written into the open entry so far.
    pub fn entry_sha256(&self) -> String {
        self.state.entry.as_ref().map_or_else(|| self.sha256(), Entry::sha256)
    }

    /// How many bytes were written into the open entry so far, before compression.
    pub fn entry_bytes(&self) -> u64 {
        self.state.entry.as_ref().map_or(self.state.written, |entry| entry.bytes)
    }

    /// About how many bytes wait inside.
    pub fn pending(&self) -> usize {
        self.out.len() + self.piece.len()
    }

    /// Sees to it that [`Self::take`] and [`Self::spooled`] give everything up to now, and gives the state in which the file goes on after
    /// that.
    pub fn settle(&mut self) -> ContainerState {
        self.pack();
        self.state.clone()
    }

    /// The bytes of the file since they were last taken.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// How many bytes the file has, taken or not.
    pub fn written(&self) -> u64 {
        self.state.written
    }

    /// The SHA-256 of all of them, in hexadecimal.
    pub fn sha256(&self) -> String {
        self.state.sha256.hex()
    }

    /// What has come to the spools since they were last taken: at most one piece each.
    pub fn spooled(&mut self) -> Vec<(Spool, Vec<u8>)> {
        let spools = [(Spool::Sums, &mut self.sums), (Spool::Directory, &mut self.directory)];
        let taken = spools.map(|(spool, piece)| (spool, std::mem::take(piece)));
        taken.into_iter().filter(|(_, piece)| !piece.is_empty()).collect()
    }

    fn is_archive(&self) -> bool {
        self.state.shape == Shape::Archive
    }

    /// Begins an entry of an archive, with a line in `SHA256SUMS` or without.
    fn begin(&mut self, path: &str, at: Timestamp, is_listed: bool) {
        self.close();
        let entry = Entry::new(path, at, self.state.written, is_listed);
        self.emit(&entry.local_header());
        self.state.at = at;
        self.state.entry = Some(entry);
    }

    /// Compresses what waits for it.
    fn pack(&mut self) {
        if self.piece.is_empty() {
            return;
        }
        let packed = self.deflate.pack(&self.piece);
        self.piece.clear();
        self.put(&packed);
    }

    /// Adds compressed bytes to the open entry.
    fn put(&mut self, packed: &[u8]) {
        if let Some(entry) = &mut self.state.entry {
            entry.compressed += packed.len() as u64;
        }
        self.emit(packed);
    }

    /// Adds bytes to the file.
    fn emit(&mut self, bytes: &[u8]) {
        self.state.sha256.update(bytes);
        self.state.written += bytes.len() as u64;
        self.out.extend_from_slice(bytes);
    }
}
