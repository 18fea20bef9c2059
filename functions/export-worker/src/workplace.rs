//! The part of the exports bucket that an export is made in: its file, and beside it, until that is finished, what is needed to go on.

use app_domain::{ExportJob, StoreError};
use app_store::{ArchiveBucket, SentPart};

use crate::checkpoint::Checkpoint;

/// Not for people: nobody downloads it.
const WORK: &str = "application/octet-stream";

/// Where one export is made.
#[derive(Clone)]
pub(crate) struct Workplace {
    bucket: ArchiveBucket,
    prefix: String,
}

impl Workplace {
    /// The place of a job.
    pub(crate) fn of(bucket: &ArchiveBucket, job: &ExportJob) -> Self {
        Self { bucket: bucket.clone(), prefix: job.prefix() }
    }

    /// Where the last safe point was, with the bytes that no part has yet. Nothing before the first, or if it is of another version of
    /// this program: then the work begins anew.
    pub(crate) async fn checkpoint(&self) -> Result<Option<(Checkpoint, Vec<u8>)>, StoreError> {
        let Some(bytes) = self.bucket.get(&self.checkpoint_key()).await? else { return Ok(None) };
        let read = Checkpoint::read(&bytes);
        if read.is_none() {
            tracing::warn!("the safe point of an export cannot be read");
        }
        Ok(read)
    }

    /// Makes this the last safe point.
    pub(crate) async fn save(&self, checkpoint: &Checkpoint, tail: &[u8]) -> Result<(), StoreError> {
        self.bucket.put(&self.checkpoint_key(), checkpoint.written(tail)?, WORK).await
    }

    /// Keeps a piece of a spool. Pieces have the number of their attempt, so that two at once never mix theirs.
    pub(crate) async fn keep(
        &self,
        attempt: u32,
        spool: &str,
        number: u64,
        piece: Vec<u8>,
    ) -> Result<(), StoreError> {
        self.bucket.put(&self.piece_key(attempt, spool, number), piece, WORK).await
    }

    /// A piece of a spool that was kept.
    pub(crate) async fn piece(&self, attempt: u32, spool: &str, number: u64) -> Result<Vec<u8>, StoreError> {
        let piece = self.bucket.get(&self.piece_key(attempt, spool, number)).await?;
        piece.ok_or_else(|| StoreError::Unavailable("a piece of a spool is gone".into()))
    }

    /// The upload of the file in parts, begun if it is not. It is noted at once: an attempt that ends before its first safe point leaves it
    /// to the next one.
    pub(crate) async fn begin(&self, job: &ExportJob) -> Result<String, StoreError> {
        if let Some(begun) = self.begun().await? {
            return Ok(begun);
        }
        let upload = self.bucket.begin(&job.object_key(), job.spec.content_type()).await?;
        self.bucket.put(&self.upload_key(), upload.clone().into_bytes(), WORK).await?;
        Ok(upload)
    }

    /// The upload that was noted.
    async fn begun(&self) -> Result<Option<String>, StoreError> {
        let noted = self.bucket.get(&self.upload_key()).await?;
        Ok(noted.and_then(|noted| String::from_utf8(noted).ok()))
    }

    /// Sends a part of the file. Nothing if the upload is no more.
    pub(crate) async fn send(
        &self,
        job: &ExportJob,
        upload: &str,
        number: u32,
        bytes: Vec<u8>,
    ) -> Result<Option<SentPart>, StoreError> {
        self.bucket.send(&job.object_key(), upload, number, bytes).await
    }

    /// Makes the file of its parts. Whether it is there.
    pub(crate) async fn complete(
        &self,
        job: &ExportJob,
        upload: &str,
        parts: &[SentPart],
        size_bytes: u64,
    ) -> Result<bool, StoreError> {
        let key = job.object_key();
        if self.bucket.complete(&key, upload, parts).await? {
            return Ok(true);
        }
        // An attempt that ended before it could say so has made it: of the same safe point, which is written before.
        Ok(self.bucket.size(&key).await? == Some(size_bytes))
    }

    /// Puts a file that has no parts.
    pub(crate) async fn put(&self, job: &ExportJob, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.bucket.put(&job.object_key(), bytes, job.spec.content_type()).await
    }

    /// Removes what was needed to go on.
    pub(crate) async fn clear(&self) -> Result<(), StoreError> {
        self.bucket.remove(&format!("{}work/", self.prefix)).await
    }

    /// Removes everything, the file too, and lets go of an upload in parts. One that was begun and not noted, between two calls, is found by
    /// the bucket's rules alone.
    pub(crate) async fn remove(&self, job: &ExportJob) -> Result<(), StoreError> {
        if let Some(upload) = self.begun().await? {
            self.let_go(job, &upload).await?;
        }
        self.bucket.remove(&self.prefix).await
    }

    /// Lets go of an upload in parts.
    pub(crate) async fn let_go(&self, job: &ExportJob, upload: &str) -> Result<(), StoreError> {
        self.bucket.abort(&job.object_key(), upload).await?;
        self.bucket.remove(&self.upload_key()).await
    }

    fn checkpoint_key(&self) -> String {
        format!("{}work/checkpoint", self.prefix)
    }

    fn upload_key(&self) -> String {
        format!("{}work/upload", self.prefix)
    }

    fn piece_key(&self, attempt: u32, spool: &str, number: u64) -> String {
        format!("{}work/spool/{attempt}/{spool}/{number:06}", self.prefix)
    }
}
