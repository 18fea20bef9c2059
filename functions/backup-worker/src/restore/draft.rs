//! The archive that a restore hands to the importer, as it is written: into the imports bucket in parts, with safe points in our own.
//!
//! **Safe points.** When enough has gathered it becomes a part, and then it is kept how far the archive is. Whoever follows writes the same parts
//! again from there on; the archive is made of exactly those that the last safe point names.

use app_archive::{Container, ContainerState, Counts, Head, Record, Shape, Spool, Totals};
use app_domain::{ImportJob, StoreError, Timestamp};
use app_store::{ArchiveBucket, SentPart};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// How much becomes a part. S3 wants at least 5 MiB and takes 10,000 parts.
const PART_BYTES: usize = 8 << 20;
const ZIP: &str = "application/zip";

/// The upload in parts is no more, or a part was replaced meanwhile.
#[derive(Debug, thiserror::Error)]
#[error("what was sent of an archive is lost")]
pub(crate) struct Lost;

/// All of an archive that must be kept in order to go on with it, but for the bytes beside it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Kept {
    container: ContainerState,
    counts: Counts,
    missing_files: u64,
    upload: Option<Upload>,
    /// The lengths of what is kept beside it.
    sums: usize,
    directory: usize,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Upload {
    id: String,
    parts: Vec<SentPart>,
}

/// An archive that is being written.
pub(crate) struct Draft {
    bucket: ArchiveBucket,
    key: String,
    container: Container,
    pub(crate) counts: Counts,
    pub(crate) missing_files: u64,
    upload: Option<Upload>,
    /// Lines of `SHA256SUMS`, and of the central directory: some hundred bytes for each file.
    sums: Vec<u8>,
    directory: Vec<u8>,
    /// What no part has yet.
    unsent: Vec<u8>,
}

impl Draft {
    /// An empty archive, for the file of an import.
    pub(crate) fn new(bucket: &ArchiveBucket, import: &ImportJob) -> Self {
        Self {
            bucket: bucket.clone(),
            key: import.object_key(),
            container: Container::new(Shape::Archive),
            counts: Counts::new(),
            missing_files: 0,
            upload: None,
            sums: Vec::new(),
            directory: Vec::new(),
            unsent: Vec::new(),
        }
    }

    /// An archive as it was kept.
    pub(crate) fn resumed(
        bucket: &ArchiveBucket,
        import: &ImportJob,
        kept: Kept,
        beside: &[u8],
    ) -> Option<Self> {
        let (sums, rest) = beside.split_at_checked(kept.sums)?;
        let (directory, unsent) = rest.split_at_checked(kept.directory)?;
        Some(Self {
            bucket: bucket.clone(),
            key: import.object_key(),
            container: Container::resume(kept.container),
            counts: kept.counts,
            missing_files: kept.missing_files,
            upload: kept.upload,
            sums: sums.to_vec(),
            directory: directory.to_vec(),
            unsent: unsent.to_vec(),
        })
    }

    /// As it is kept, with the bytes beside it.
    pub(crate) fn kept(&mut self) -> (Kept, Vec<u8>) {
        let container = self.container.settle();
        self.gather();
        let kept = Kept {
            container,
            counts: self.counts.clone(),
            missing_files: self.missing_files,
            upload: self.upload.clone(),
            sums: self.sums.len(),
            directory: self.directory.len(),
        };
        (kept, [self.sums.as_slice(), &self.directory, &self.unsent].concat())
    }

    /// Begins a file of records.
    pub(crate) fn begin_records(&mut self, number: usize, at: Timestamp) {
        self.container.open(&format!("records-{number:05}.jsonl"), at);
    }

    /// Writes a record.
    pub(crate) fn record(&mut self, record: &Record) -> Result<(), Failure> {
        *self.counts.entry(record.kind()).or_default() += 1;
        let mut line = serde_json::to_vec(record)?;
        line.push(b'\n');
        self.container.write(&line);
        Ok(())
    }

    /// Begins a file.
    pub(crate) fn open(&mut self, path: &str, at: Timestamp) {
        self.container.open(path, at);
    }

    /// Writes into the file.
    pub(crate) fn write(&mut self, bytes: &[u8], is_dense: bool) {
        if is_dense {
            self.container.store(bytes)
        } else {
            self.container.write(bytes)
        }
        self.gather();
    }

    /// Ends the file as one that is not what it should be: the importer leaves it out, and says so.
    pub(crate) fn spoil(&mut self) {
        self.container.spoil();
        self.gather();
    }

    /// Ends the archive.
    pub(crate) fn end(&mut self, head: &Head) {
        self.container.close();
        self.gather();
        let totals =
            Totals { counts: self.counts.clone(), missing_files: self.missing_files, ..Totals::default() };
        self.container.sums(&std::mem::take(&mut self.sums));
        self.container.manifest(head, &totals);
        self.gather();
        self.container.directory(&std::mem::take(&mut self.directory));
        self.container.end();
        self.container.settle();
        self.gather();
    }

    /// Whether enough has gathered for a part.
    pub(crate) fn is_full(&self) -> bool {
        self.unsent.len() + self.container.pending() >= PART_BYTES
    }

    /// How many bytes it has.
    pub(crate) fn size_bytes(&self) -> u64 {
        self.container.written()
    }

    /// Takes out of the container what it has.
    fn gather(&mut self) {
        for (spool, piece) in self.container.spooled() {
            match spool {
                Spool::Sums => self.sums.extend(piece),
                Spool::Directory => self.directory.extend(piece),
                Spool::Files | Spool::Index => {}
            }
        }
        self.unsent.append(&mut self.container.take());
    }

    /// Sends what has gathered as a part. All but the last must be [full](Self::is_full).
    pub(crate) async fn send(&mut self) -> Result<Result<(), Lost>, StoreError> {
        self.container.settle();
        self.gather();
        if self.unsent.is_empty() {
            return Ok(Ok(()));
        }
        let upload = match &mut self.upload {
            Some(upload) => upload,
            None => {
                let id = self.bucket.begin(&self.key, ZIP).await?;
                self.upload.insert(Upload { id, parts: Vec::new() })
            }
        };
        let number = u32::try_from(upload.parts.len()).unwrap_or(u32::MAX).saturating_add(1);
        let part = std::mem::take(&mut self.unsent);
        match self.bucket.send(&self.key, &upload.id, number, part).await? {
            Some(part) => {
                upload.parts.push(part);
                Ok(Ok(()))
            }
            None => Ok(Err(Lost)),
        }
    }

    /// Makes the archive appear, of which everything is sent. It may be there: whoever made it died before that was noted.
    pub(crate) async fn finish(&mut self) -> Result<Result<(), Lost>, StoreError> {
        if self.bucket.size(&self.key).await? == Some(self.size_bytes()) {
            return Ok(Ok(()));
        }
        let Some(upload) = &self.upload else { return Ok(Err(Lost)) };
        let is_there = self.bucket.complete(&self.key, &upload.id, &upload.parts).await?;
        Ok(if is_there { Ok(()) } else { Err(Lost) })
    }

    /// Lets go of what was sent, to begin anew.
    pub(crate) async fn let_go(&mut self) -> Result<(), StoreError> {
        match self.upload.take() {
            Some(upload) => self.bucket.abort(&self.key, &upload.id).await,
            None => Ok(()),
        }
    }
}
