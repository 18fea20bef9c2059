//! Large files, one object each on the drive. A file never changes under its id, so what the last backup has of it is not read again.

use std::error::Error;

use app_backup::{FileCheck, FileEntry, SealedHead, SealedSource, Sum, layout};
use app_connectors::drives::{BytesSource, Digest, Drive, DriveUpload};
use app_domain::{FileId, UserId};
use app_store::FileBucket;
use app_walk::Packed;
use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::base::Base;
use super::draft::Draft;
use super::send::{Sent, UPLOAD, sent};
use crate::failure::Failure;
use crate::kept::work_key;
use crate::run::Run;

/// How much is read at once to see what is in a file. A multiple of what is encrypted at once.
const READ_BYTES: u64 = 8 << 20;

/// A file that is being sent, as it is kept to be gone on with. It holds what the file is encrypted with.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sending {
    entry: FileEntry,
    /// What the provider should say of it.
    digest: String,
    head: Option<SealedHead>,
    pub(super) upload: Option<DriveUpload>,
}

/// The file was removed by its owner while it was read.
#[derive(Debug, thiserror::Error)]
#[error("the file is gone")]
struct Gone;

/// A file in our bucket.
#[derive(Clone)]
struct FileSource {
    bucket: FileBucket,
    owner: UserId,
    id: FileId,
    size_bytes: u64,
}

#[async_trait]
impl BytesSource for FileSource {
    fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    async fn read(&self, from: u64, count: u64) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
        if count == 0 {
            return Ok(Bytes::new());
        }
        let bytes = self.bucket.range(self.owner, self.id, from, count).await?;
        let bytes = bytes.filter(|bytes| bytes.len() as u64 == count);
        Ok(bytes.ok_or(Gone)?.into())
    }
}

/// Sees to it that a large file is on the drive, and names it in the draft. Whether its bytes are there to be sent.
pub(super) async fn send(
    run: &Run<'_>,
    base: &Base,
    draft: &mut Draft,
    packed: &Packed,
) -> Result<bool, Failure> {
    if draft.has_file(packed.id) {
        return Ok(true);
    }
    if let Some((entry, hash)) = base.file(packed.id, packed.size_bytes, draft.recipient()) {
        draft.add_file(entry, hash, 0);
        return Ok(true);
    }
    match send_new(run, base, draft, packed).await {
        Err(Failure::Step(error)) if error.is::<Gone>() => {
            run.kept.remove(&work_key(run.job, UPLOAD)).await?;
            Ok(false)
        }
        Err(failure) => Err(failure),
        Ok(()) => Ok(true),
    }
}

async fn send_new(run: &Run<'_>, base: &Base, draft: &mut Draft, packed: &Packed) -> Result<(), Failure> {
    let key = work_key(run.job, UPLOAD);
    let kept: Option<Sending> = run.kept.get_json(&key).await?;
    let (owner, id, size_bytes) = (run.owner(), packed.id, packed.size_bytes);
    let source = FileSource { bucket: run.worker.files_bucket.clone(), owner, id, size_bytes };
    let mut sending = match kept.filter(|kept| kept.entry.id == id) {
        Some(kept) => kept,
        None => {
            let sending = look(run, draft, packed, &source).await?;
            run.kept.put_json(&key, &sending).await?;
            sending
        }
    };
    let stored = stored(source, sending.head.clone());
    let (path, digest) = (sending.entry.path.clone(), sending.digest.clone());
    let sent = sent(run, base, &path, &*stored, Some(&digest), Some(&mut sending)).await;
    let Sent { hash, new_bytes } = sent?;
    draft.add_file(sending.entry, hash, new_bytes);
    draft.save_soon(run).await
}

/// Reads a file once, to know by what name it goes: of the bytes in the clear, and of those that are stored. And what the provider says of these.
async fn look(
    run: &Run<'_>,
    draft: &Draft,
    packed: &Packed,
    source: &FileSource,
) -> Result<Sending, Failure> {
    let head = draft.sealer.begin().map_err(|error| Failure::Step(Box::new(error)))?;
    let (content, digest) = sums(run, source).await?;
    let stored = stored(source.clone(), head.clone());
    let (sha256, digest) = match &head {
        Some(_) => sums(run, &*stored).await?,
        None => (content, digest),
    };
    let size = stored.size_bytes();
    let path = layout::file(run.owner(), sha256, &packed.path, head.is_some());
    let (id, content_size) = (packed.id, source.size_bytes);
    let entry = FileEntry { path, size, sha256, id, content, content_size };
    Ok(Sending { entry, digest, head, upload: None })
}

fn stored(source: FileSource, head: Option<SealedHead>) -> Box<dyn BytesSource> {
    match head {
        Some(head) => Box::new(SealedSource::new(source, head)),
        None => Box::new(source),
    }
}

async fn sums(run: &Run<'_>, source: &dyn BytesSource) -> Result<(Sum, String), Failure> {
    let (mut check, mut digest) = (FileCheck::default(), Digest::new(run.drive.digest()));
    while check.bytes() < source.size_bytes() {
        run.goes_on().await?;
        let count = READ_BYTES.min(source.size_bytes() - check.bytes());
        let bytes = source.read(check.bytes(), count).await.map_err(Failure::within)?;
        check.update(&bytes);
        digest.update(&bytes);
    }
    Ok((check.sum().ok_or(Failure::Kept)?, digest.finish()))
}
