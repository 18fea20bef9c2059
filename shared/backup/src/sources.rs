//! Large files, read by pieces wherever they are: on a drive, and as they are to be stored.

use std::error::Error;
use std::sync::Arc;

use app_connectors::drives::{BytesSource, Drive, DriveFile};
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};

use crate::SealedHead;
use crate::head::{CHUNK_BYTES, HEAD_BYTES, TAG_BYTES, sealed_size};

/// The most that [`Drive::read`] gives.
const READ_BYTES: u64 = 32 << 20;

/// What a source fails with.
pub(crate) type SourceError = Box<dyn Error + Send + Sync>;

/// A file as it is to be stored, encrypted while it is read, from any place on.
#[derive(Debug, Clone)]
pub struct SealedSource<S> {
    plain: S,
    head: SealedHead,
}

impl<S: BytesSource> SealedSource<S> {
    /// Of a file in the clear.
    pub fn new(plain: S, head: SealedHead) -> Self {
        Self { plain, head }
    }
}

#[async_trait]
impl<S: BytesSource> BytesSource for SealedSource<S> {
    fn size_bytes(&self) -> u64 {
        sealed_size(self.plain.size_bytes())
    }

    async fn read(&self, from: u64, count: u64) -> Result<Bytes, SourceError> {
        let end = from.checked_add(count).filter(|end| *end <= self.size_bytes());
        let end = end.ok_or("there is nothing behind the end")?;
        let mut out = Vec::new();
        let mut begins = 0;
        if from < HEAD_BYTES {
            out.extend_from_slice(&self.head.head);
        } else {
            begins = HEAD_BYTES + (from - HEAD_BYTES) / (CHUNK_BYTES + TAG_BYTES) * (CHUNK_BYTES + TAG_BYTES);
        }
        if end > HEAD_BYTES {
            let size = self.plain.size_bytes();
            let first = begins.saturating_sub(HEAD_BYTES) / (CHUNK_BYTES + TAG_BYTES);
            let behind = (end - HEAD_BYTES).div_ceil(CHUNK_BYTES + TAG_BYTES);
            let (plain_from, plain_end) = (first * CHUNK_BYTES, (behind * CHUNK_BYTES).min(size));
            let plain = self.plain.read(plain_from, plain_end - plain_from).await?;
            self.head.chunks(first, size, &plain, &mut out)?;
        }
        let (skip, count) = (usize::try_from(from - begins)?, usize::try_from(count)?);
        let bytes = Bytes::from(out);
        if bytes.len() < skip + count {
            return Err("there are fewer bytes than there should be".into());
        }
        Ok(bytes.slice(skip..skip + count))
    }
}

/// A file on a drive.
#[derive(Clone)]
pub struct DriveSource {
    drive: Arc<dyn Drive>,
    file: DriveFile,
}

impl DriveSource {
    /// What is read is not more than the file has.
    pub fn new(drive: Arc<dyn Drive>, file: DriveFile) -> Self {
        Self { drive, file }
    }
}

#[async_trait]
impl BytesSource for DriveSource {
    fn size_bytes(&self) -> u64 {
        self.file.size_bytes
    }

    async fn read(&self, from: u64, count: u64) -> Result<Bytes, SourceError> {
        if count <= READ_BYTES {
            let bytes = self.drive.read(&self.file, from, count).await?;
            if bytes.len() as u64 == count {
                return Ok(bytes);
            }
            return Err("the file on the drive has fewer bytes than it should".into());
        }
        let mut all = BytesMut::new();
        while (all.len() as u64) < count {
            let at = all.len() as u64;
            let piece = self.drive.read(&self.file, from + at, (count - at).min(READ_BYTES)).await?;
            if piece.is_empty() {
                return Err("the file on the drive has fewer bytes than it should".into());
            }
            all.extend_from_slice(&piece);
        }
        Ok(all.freeze())
    }
}
