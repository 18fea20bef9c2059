//! A pack of records: what is in it, and its bytes.

use std::fmt;

use app_archive::{Container, Counts, Head, Output, Record, Shape, Spool, StateError, Totals, renderer};
use app_domain::{BackupFormat, ExportFormat, ExportOptions, ExportSpec, Timestamp, UserId};
use aws_lc_rs::digest::{Context, SHA256};

use crate::{Sum, cut};

/// Records that are written together, and the bytes of small files among them. In the format of an export, of which it has everything: an archive
/// can be verified and brought in by itself.
pub struct Pack {
    account: UserId,
    format: BackupFormat,
    records: Vec<Record>,
    files: Vec<PackedFile>,
    hash: ContentHash,
    changed_at: Timestamp,
    /// Of its records and the bytes of the files in it, and of how these are written: the same for the same, whenever it is packed.
    pub content: Sum,
    /// How many records it has of each kind.
    pub counts: Counts,
    /// How many files have a record and no bytes.
    pub missing_files: u64,
}

/// A file whose bytes are in a pack.
pub(crate) struct PackedFile {
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_dense: bool,
    pub(crate) at: Timestamp,
}

/// Why a pack cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// A record is no JSON.
    #[error("a record cannot be written as JSON")]
    Record(#[from] serde_json::Error),
    /// The renderer does not begin.
    #[error(transparent)]
    Renderer(#[from] StateError),
}

/// Not what it holds.
impl fmt::Debug for Pack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pack({} records)", self.records.len())
    }
}

impl Pack {
    pub(crate) fn new(account: UserId, format: BackupFormat) -> Self {
        Self {
            account,
            format,
            records: Vec::new(),
            files: Vec::new(),
            hash: ContentHash::new(format),
            changed_at: Timestamp::from_millis(0).unwrap_or(Timestamp::MIN),
            content: Sum::of(&[]),
            counts: Counts::new(),
            missing_files: 0,
        }
    }

    /// Notes a record, which is to be [kept](Self::keep), and takes the bytes of its file. How long it is.
    pub(crate) fn push(&mut self, record: &Record, file: Option<PackedFile>) -> Result<u64, PackError> {
        let line = serde_json::to_string(record)?;
        self.hash.record(line.as_bytes());
        if let Some(file) = file {
            self.hash.file(&file.bytes);
            self.files.push(file);
        }
        Ok(line.len() as u64 + 1)
    }

    pub(crate) fn keep(&mut self, record: Record) {
        *self.counts.entry(record.kind()).or_default() += 1;
        self.changed_at = cut::changed_at(&record).map_or(self.changed_at, |at| at.max(self.changed_at));
        self.records.push(record);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// With its content's checksum.
    pub(crate) fn whole(mut self) -> Self {
        self.content = self.hash.clone().finish();
        self
    }

    /// Its bytes, before they are encrypted: the same each time.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, PackError> {
        let head = self.head();
        let totals =
            Totals { counts: self.counts.clone(), missing_files: self.missing_files, ..Totals::default() };
        let shape = if head.spec.is_archive() { Shape::Archive } else { Shape::Single };
        let mut container = Container::new(shape);
        self.render(&head, &totals, &mut container)?;
        for file in &self.files {
            container.open(&file.path, file.at);
            match file.is_dense {
                true => container.store(&file.bytes),
                false => container.write(&file.bytes),
            }
        }
        container.close();
        let (sums, mut directory) = spooled(&mut container);
        container.sums(&sums);
        container.manifest(&head, &totals);
        directory.extend(spooled(&mut container).1);
        container.directory(&directory);
        container.end();
        container.settle();
        Ok(container.take())
    }

    fn render(&self, head: &Head, totals: &Totals, container: &mut Container) -> Result<(), PackError> {
        let mut renderer = renderer(head, None)?;
        let mut lines = Vec::new();
        for (pass, kinds) in renderer.passes().iter().enumerate() {
            let mut out = Output { container, index: &mut lines };
            renderer.begin(pass, &mut out);
            for record in self.records.iter().filter(|record| kinds.contains(&record.kind())) {
                renderer.record(record, &mut out);
            }
            renderer.end(pass, &mut out);
        }
        let mut out = Output { container, index: &mut Vec::new() };
        lines.iter().for_each(|line| renderer.index(line, &mut out));
        renderer.finish(totals, &mut out);
        Ok(())
    }

    /// It is of the time of its last change, not of when it is written, so that the same records are the same bytes.
    fn head(&self) -> Head {
        let format = self.format.export_format();
        let options = ExportOptions { versions: true, ..ExportOptions::of(format) };
        debug_assert_eq!(options.files, format == ExportFormat::Zip);
        let spec = ExportSpec { options, ..ExportSpec::of(format) };
        Head { exported_at: self.changed_at, account: self.account, spec }
    }
}

/// Lines of checksums, and of the directory.
fn spooled(container: &mut Container) -> (Vec<u8>, Vec<u8>) {
    let (mut sums, mut directory) = (Vec::new(), Vec::new());
    for (spool, piece) in container.spooled() {
        match spool {
            Spool::Sums => sums.extend(piece),
            Spool::Directory => directory.extend(piece),
            Spool::Files | Spool::Index => {}
        }
    }
    (sums, directory)
}

/// The SHA-256 of what is in a pack: a line with the format, each record's line, and behind the record of a file whose bytes are in it a line with
/// their SHA-256.
#[derive(Clone)]
pub(crate) struct ContentHash(Context);

impl ContentHash {
    pub(crate) fn new(format: BackupFormat) -> Self {
        let mut hash = Self(Context::new(&SHA256));
        hash.line(format!("memory-app-pack 1 {}", format.export_format().as_str()).as_bytes());
        hash
    }

    /// The line of a record.
    pub(crate) fn record(&mut self, line: &[u8]) {
        self.line(line);
    }

    /// The bytes of a file, behind its record.
    pub(crate) fn file(&mut self, bytes: &[u8]) {
        self.line(Sum::of(bytes).to_string().as_bytes());
    }

    pub(crate) fn finish(self) -> Sum {
        Sum::from_digest(&self.0.finish())
    }

    fn line(&mut self, line: &[u8]) {
        self.0.update(line);
        self.0.update(b"\n");
    }
}
