//! Large files of a backup, fetched piece by piece.

use app_backup::{FileCheck, FileEntry};
use app_connectors::drives::{BytesSource, Drive};
use app_domain::FileId;

use super::assemble::{Assembly, Phase};
use super::backup::{Stored, of_source, unless_drive};
use crate::failure::Failure;
use crate::reasons;

/// How much of one is fetched at once.
const PIECE_BYTES: u64 = 8 << 20;

impl Assembly<'_> {
    /// A piece of a large file.
    pub(super) async fn file(&mut self, number: usize, from: u64) -> Result<(), Failure> {
        let Some(entry) = self.backup.manifest.files.get(number) else {
            self.state.phase = Phase::End;
            return Ok(());
        };
        let next = Phase::File { number: number + 1, from: 0 };
        let Some((at, is_dense)) = self.state.files.get(&entry.id).copied() else {
            self.state.phase = next;
            return Ok(());
        };
        if from == 0 {
            self.state.check = FileCheck::default();
        }
        let piece = match self.piece(entry, from).await? {
            Ok(piece) => piece,
            Err(unread) => {
                self.state.unread.add(unread);
                if from > 0 {
                    self.draft.spoil();
                }
                self.draft.missing_files += 1;
                self.state.phase = next;
                return Ok(());
            }
        };
        if from == 0 {
            self.draft.open(&apart(entry.id), at);
        }
        self.state.check.update(&piece);
        self.draft.write(&piece, is_dense);
        let written = from + piece.len() as u64;
        if written < entry.content_size {
            self.state.phase = Phase::File { number, from: written };
            return Ok(());
        }
        if let Err(fault) = self.state.check.is_content(entry) {
            self.state.unread.add(reasons::unread(&entry.path, &fault));
            self.draft.spoil();
        }
        self.state.phase = next;
        Ok(())
    }

    /// The bytes of a large file from one on; or why they cannot be read.
    async fn piece(&self, entry: &FileEntry, from: u64) -> Result<Result<bytes::Bytes, String>, Failure> {
        let Some(file) = self.run.drive.find(&entry.path).await? else {
            return Ok(Err(reasons::missing(&entry.path)));
        };
        let stored = Stored::new(self.run.drive, file);
        let opened = match self.backup.opener.file(entry, stored).await {
            Ok(opened) => opened,
            Err(error) => return unless_drive(&entry.path, error).map(Err),
        };
        let count = PIECE_BYTES.min(entry.content_size.saturating_sub(from));
        match opened.read(from, count).await {
            Ok(piece) => {
                self.run.bytes(piece.len() as u64);
                Ok(Ok(piece))
            }
            Err(error) => of_source(&entry.path, error).map(Err),
        }
    }
}

/// Where a large file is in the archive: a name of our own, whatever it is called.
pub(super) fn apart(id: FileId) -> String {
    format!("files/{id}")
}
