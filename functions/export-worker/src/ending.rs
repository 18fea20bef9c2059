//! What an archive has behind its records: the bytes of files, what describes it, checksums, the central directory.

use app_archive::{Kind, Spool, enclosed};
use app_domain::StoreError;
use app_walk::Packed;

use crate::attempt::{Attempt, ExportError};
use crate::draft::Draft;
use crate::phase::{Phase, Reading};

/// How much of a file is read at once.
const READ_BYTES: u64 = 4 << 20;

impl Attempt<'_> {
    /// A piece of a file.
    pub(crate) async fn files(&mut self, at: Reading, offset: u64) -> Result<(), ExportError> {
        let Some((line, next)) = self.draft.spools.line(&self.draft.at, Spool::Files, at).await? else {
            self.phase = Phase::Extras;
            return Ok(());
        };
        let file: Packed =
            serde_json::from_str(&line).map_err(|error| StoreError::Corrupt(Box::new(error)))?;
        let count = READ_BYTES.min(file.size_bytes.saturating_sub(offset));
        let bytes = self.worker.files_bucket.range(self.job.user_id, file.id, offset, count).await?;
        let bytes = bytes.unwrap_or_default();
        if offset == 0 && !bytes.is_empty() {
            self.draft.container.open(&file.path, file.at);
        }
        match file.is_dense {
            true => self.draft.container.store(&bytes),
            false => self.draft.container.write(&bytes),
        }
        let written = offset + bytes.len() as u64;
        if written < file.size_bytes && !bytes.is_empty() {
            self.phase = Phase::Files { at, offset: written };
            return Ok(());
        }
        if written == 0 {
            self.draft.totals.missing_files += 1;
        } else {
            self.draft.container.close();
            self.draft.gather();
        }
        // It was deleted while it was copied, and its entry ends where that was.
        if written > 0 && written < file.size_bytes {
            self.draft.totals.unreadable.add(Kind::File, file.id.to_string());
        }
        self.phase = Phase::Files { at: next, offset: 0 };
        Ok(())
    }

    /// What describes the archive to whoever opens it.
    pub(crate) fn extras(&mut self) {
        for (path, text) in enclosed(&self.head) {
            self.draft.container.open(path, self.head.exported_at);
            self.draft.container.write(text.as_bytes());
        }
        self.draft.container.close();
        self.draft.gather();
        self.phase = Phase::Sums(Reading::default());
    }

    /// A piece of the checksums; behind the last, the manifest.
    pub(crate) async fn sums(&mut self, at: Reading) -> Result<(), ExportError> {
        let Draft { spools, container, at: place, .. } = &mut self.draft;
        match spools.piece(place, Spool::Sums, at.piece).await? {
            Some(piece) => {
                container.sums(piece);
                self.phase = Phase::Sums(at.next_piece());
            }
            None => {
                self.draft.container.manifest(&self.head, &self.draft.totals);
                self.draft.gather();
                self.phase = Phase::Directory(Reading::default());
            }
        }
        Ok(())
    }

    /// A piece of the central directory; behind the last, the end.
    pub(crate) async fn directory(&mut self, at: Reading) -> Result<(), ExportError> {
        let Draft { spools, container, at: place, .. } = &mut self.draft;
        match spools.piece(place, Spool::Directory, at.piece).await? {
            Some(piece) => {
                container.directory(piece);
                self.phase = Phase::Directory(at.next_piece());
            }
            None => {
                container.end();
                self.phase = Phase::Closing;
            }
        }
        Ok(())
    }
}
