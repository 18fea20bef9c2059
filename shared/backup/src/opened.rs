//! What is on a drive, in the clear again.

use app_archive::Record;
use app_connectors::drives::BytesSource;
use app_domain::{BackupFormat, FileId};
use async_trait::async_trait;
use bytes::Bytes;

use crate::head::{self, CHUNK_BYTES, HEAD_BYTES, PayloadKey, TAG_BYTES};
use crate::sources::SourceError;
use crate::{FileEntry, Identity, PackEntry, Sum, pack_file};

/// Opens what was written, encrypted or not.
#[derive(Debug, Clone, Default)]
pub struct Opener(Option<Identity>);

/// Why something cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It is encrypted, and there is no key.
    #[error("it is encrypted: the passphrase is needed")]
    NoKey,
    /// It is encrypted to another key, or was changed.
    #[error("it is encrypted to another key, or was changed")]
    Sealed,
    /// It is not what the manifest says.
    #[error("{0}")]
    Wrong(String),
    /// Its format tells no records.
    #[error("a text to read cannot be restored")]
    Prose,
    /// It cannot be read.
    #[error("it cannot be read")]
    Source(#[source] SourceError),
}

/// What is in a pack.
#[derive(Debug, Default)]
pub struct OpenedPack {
    /// Its records, in their order. A [path](app_archive::FileRecord::path) is one of a file that is in the pack, or was missing when it was made.
    pub records: Vec<Record>,
    /// The files that are in it.
    pub files: Vec<SmallFile>,
    /// How many records are of a kind that is not known here.
    pub unknown: u64,
}

/// A file that is in a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmallFile {
    /// The id of its record.
    pub id: FileId,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Opener {
    /// With a key; without one, only what is not encrypted.
    pub fn new(identity: Option<Identity>) -> Self {
        Self(identity)
    }

    /// Some stored bytes in the clear: a manifest, or anything else that fits into memory.
    ///
    /// # Errors
    /// If there is no key for it, or it was changed.
    pub fn open(&self, stored: Vec<u8>, is_sealed: bool) -> Result<Vec<u8>, OpenError> {
        if !is_sealed {
            return Ok(stored);
        }
        let key = self.key(&stored)?;
        let chunks = stored.get(head_bytes()..).filter(|chunks| !chunks.is_empty());
        let chunks = chunks.ok_or(OpenError::Sealed)?.chunks(chunk_bytes());
        let (mut plain, mut left) = (Vec::with_capacity(stored.len()), chunks.len());
        for (index, chunk) in (0..).zip(chunks) {
            left -= 1;
            if !head::open_chunk(&key, index, left == 0, chunk, &mut plain) {
                return Err(OpenError::Sealed);
            }
            // As age has it: only of nothing is the last chunk empty.
            if left == 0 && index > 0 && chunk.len() as u64 == TAG_BYTES {
                return Err(OpenError::Sealed);
            }
        }
        Ok(plain)
    }

    /// What is in a pack, given its bytes as they are stored. Everything is compared with what the manifest says; what it takes is bounded.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn pack(
        &self,
        entry: &PackEntry,
        format: BackupFormat,
        stored: Vec<u8>,
    ) -> Result<OpenedPack, OpenError> {
        if format == BackupFormat::Txt {
            return Err(OpenError::Prose);
        }
        let plain = self.pack_bytes(entry, stored)?;
        let (opened, content, counts) = pack_file::read(&plain, format)?;
        if content != entry.content {
            return Err(wrong("what is in it is not what the manifest says"));
        }
        if opened.unknown == 0 && counts != entry.counts {
            return Err(wrong("it has not as many records as the manifest says"));
        }
        Ok(opened)
    }

    /// The bytes of a pack in the clear, an export by itself.
    ///
    /// # Errors
    /// If it is not what is stored, or cannot be decrypted.
    pub fn pack_bytes(&self, entry: &PackEntry, stored: Vec<u8>) -> Result<Vec<u8>, OpenError> {
        if stored.len() as u64 != entry.size || Sum::of(&stored) != entry.sha256 {
            return Err(wrong("it is not what was stored: its size or its SHA-256 is another"));
        }
        self.open(stored, entry.path.ends_with(crate::layout::SEALED))
    }

    /// A large file in the clear, read from any place on. Where it is not encrypted nothing is compared: whoever reads all of it compares it with
    /// [`FileEntry::content`].
    ///
    /// # Errors
    /// If there is no key for it, or its size is another.
    pub async fn file<S: BytesSource>(
        &self,
        entry: &FileEntry,
        stored: S,
    ) -> Result<OpenedSource<S>, OpenError> {
        let is_sealed = entry.path.ends_with(crate::layout::SEALED);
        let size = entry.content_size;
        let expected = if is_sealed { head::sealed_size(size) } else { size };
        if (stored.size_bytes(), entry.size) != (expected, expected) {
            return Err(wrong("its size is another"));
        }
        let key = match is_sealed {
            true => Some(self.key(&stored.read(0, HEAD_BYTES).await.map_err(OpenError::Source)?)?),
            false => None,
        };
        Ok(OpenedSource { stored, key, size })
    }

    fn key(&self, head: &[u8]) -> Result<PayloadKey, OpenError> {
        let identity = self.0.as_ref().ok_or(OpenError::NoKey)?;
        head::read(head, identity).ok_or(OpenError::Sealed)
    }
}

/// A large file in the clear, decrypted while it is read.
pub struct OpenedSource<S> {
    stored: S,
    key: Option<PayloadKey>,
    size: u64,
}

#[async_trait]
impl<S: BytesSource> BytesSource for OpenedSource<S> {
    fn size_bytes(&self) -> u64 {
        self.size
    }

    async fn read(&self, from: u64, count: u64) -> Result<Bytes, SourceError> {
        let Some(key) = &self.key else { return self.stored.read(from, count).await };
        let end = from.checked_add(count).filter(|end| *end <= self.size);
        let end = end.ok_or("there is nothing behind the end")?;
        let (first, behind) = (from / CHUNK_BYTES, end.div_ceil(CHUNK_BYTES));
        if count == 0 {
            return Ok(Bytes::new());
        }
        let step = CHUNK_BYTES + TAG_BYTES;
        let stored_from = HEAD_BYTES + first * step;
        let stored_end = (HEAD_BYTES + behind * step).min(self.stored.size_bytes());
        let stored = self.stored.read(stored_from, stored_end - stored_from).await?;
        let last = self.size.div_ceil(CHUNK_BYTES).max(1) - 1;
        let mut plain = Vec::with_capacity(stored.len());
        for (index, chunk) in (first..).zip(stored.chunks(chunk_bytes())) {
            if !head::open_chunk(key, index, index == last, chunk, &mut plain) {
                return Err(Box::new(OpenError::Sealed));
            }
        }
        let (skip, count) = (usize::try_from(from - first * CHUNK_BYTES)?, usize::try_from(count)?);
        let plain = Bytes::from(plain);
        if plain.len() < skip + count {
            return Err("there are fewer bytes than there should be".into());
        }
        Ok(plain.slice(skip..skip + count))
    }
}

fn head_bytes() -> usize {
    usize::try_from(HEAD_BYTES).unwrap_or(usize::MAX)
}

fn chunk_bytes() -> usize {
    usize::try_from(CHUNK_BYTES + TAG_BYTES).unwrap_or(usize::MAX)
}

pub(crate) fn wrong(words: impl Into<String>) -> OpenError {
    OpenError::Wrong(words.into())
}
