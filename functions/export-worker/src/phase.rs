//! What is done of an export, one after the other.

use app_walk::Place;
use serde::{Deserialize, Serialize};

/// How far an export has come. Each says what comes next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Phase {
    /// The records, as often as the format wants to see them.
    Pass {
        /// Which pass.
        number: usize,
        /// Behind which record; nothing before the renderer was told of the pass.
        place: Option<Place>,
    },
    /// What the renderer wants again.
    Index(Reading),
    /// The renderer's last words.
    Finish,
    /// The bytes of files.
    Files {
        at: Reading,
        /// How much of the file there is written.
        offset: u64,
    },
    /// What describes an archive.
    Extras,
    /// The checksums of an archive, and its manifest.
    Sums(Reading),
    /// The central directory of an archive.
    Directory(Reading),
    /// Everything is written.
    Closing,
}

impl Phase {
    /// Before everything.
    pub(crate) const START: Self = Self::Pass { number: 0, place: None };
}

/// Where a spool is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reading {
    /// Which piece.
    pub(crate) piece: u64,
    /// Behind which of its bytes.
    pub(crate) byte: usize,
}

impl Reading {
    /// Behind a line of so many bytes.
    pub(crate) fn next_line(self, bytes: usize) -> Self {
        Self { byte: self.byte + bytes, ..self }
    }

    /// Behind the piece.
    pub(crate) fn next_piece(self) -> Self {
        Self { piece: self.piece + 1, byte: 0 }
    }
}
