//! A file on its way to S3, in parts, so that it need never be in memory as a whole.

use std::error::Error;
use std::sync::Arc;

use app_runtime::causes;
use aws_lc_rs::digest::{Context, SHA256};
use aws_sdk_s3::Client;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};

use crate::document::Sink;

/// The size of every part but the last. S3 wants at least 5 MiB and takes 10,000 parts, so a file can have 80 GB.
pub(crate) const PART_BYTES: usize = 8 * 1024 * 1024;

/// S3 compares every part with this before it takes it.
const CHECKSUM: ChecksumAlgorithm = ChecksumAlgorithm::Crc32;

/// S3 did not take the file.
#[derive(Debug, thiserror::Error)]
#[error("the file could not be written")]
pub(crate) struct FileError(#[source] Box<dyn Error + Send + Sync>);

impl<E: Error + Send + Sync + 'static> From<SdkError<E>> for FileError {
    fn from(error: SdkError<E>) -> Self {
        Self(Box::new(error))
    }
}

/// The exports bucket. Cloning shares the client.
#[derive(Clone)]
pub struct Files {
    client: Arc<dyn Fn() -> Client + Send + Sync>,
    bucket: Arc<str>,
}

impl Files {
    /// Files of `bucket`; `client` is asked for when a file is begun.
    pub fn new(bucket: impl Into<Arc<str>>, client: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        Self { client: Arc::new(client), bucket: bucket.into() }
    }

    /// Begins a file. There is nothing to see of it until it is finished.
    pub(crate) fn upload(&self, key: String) -> Upload {
        Upload {
            client: (self.client)(),
            bucket: Arc::clone(&self.bucket),
            key,
            part: Vec::new(),
            multipart: None,
            digest: Context::new(&SHA256),
            size_bytes: 0,
        }
    }
}

/// A file that is being written. It must be finished or aborted.
pub(crate) struct Upload {
    client: Client,
    bucket: Arc<str>,
    key: String,
    /// What has not been sent yet.
    part: Vec<u8>,
    /// Begun with the first part that is full.
    multipart: Option<Multipart>,
    digest: Context,
    size_bytes: u64,
}

struct Multipart {
    id: String,
    parts: Vec<CompletedPart>,
}

/// A finished file.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) size_bytes: u64,
    /// In hexadecimal.
    pub(crate) sha256: String,
}

impl Sink for Upload {
    async fn write(&mut self, mut bytes: &[u8]) -> Result<(), FileError> {
        self.digest.update(bytes);
        self.size_bytes += bytes.len() as u64;
        while !bytes.is_empty() {
            // A full part waits until more follows: so the last is never empty, and one part needs no multipart upload.
            if self.part.len() == PART_BYTES {
                self.send_part().await?;
            }
            let room = PART_BYTES - self.part.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.part.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }
}

impl Upload {
    /// Makes the file appear.
    pub(crate) async fn finish(&mut self) -> Result<Written, FileError> {
        if self.multipart.is_some() {
            self.send_part().await?;
            self.complete().await?;
        } else {
            self.put().await?;
        }
        let sha256 = data_encoding::HEXLOWER.encode(self.digest.clone().finish().as_ref());
        Ok(Written { size_bytes: self.size_bytes, sha256 })
    }

    /// Lets go of what has been sent. Best effort: the bucket removes abandoned parts after a day.
    pub(crate) async fn abort(&mut self) {
        let Some(Multipart { id, .. }) = self.multipart.take() else { return };
        let request = self.client.abort_multipart_upload().bucket(&*self.bucket).key(&self.key).upload_id(id);
        if let Err(error) = request.send().await {
            tracing::warn!(error = causes(&error), "could not abort an upload");
        }
    }

    async fn put(&mut self) -> Result<(), FileError> {
        let body = ByteStream::from(std::mem::take(&mut self.part));
        let request = self.client.put_object().bucket(&*self.bucket).key(&self.key).body(body);
        request.content_type("application/json").checksum_algorithm(CHECKSUM).send().await?;
        Ok(())
    }

    async fn send_part(&mut self) -> Result<(), FileError> {
        let Multipart { id, mut parts } = match self.multipart.take() {
            Some(begun) => begun,
            None => self.begin().await?,
        };
        let number = parts.len() as i32 + 1;
        let body = ByteStream::from(std::mem::take(&mut self.part));
        let request = self.client.upload_part().bucket(&*self.bucket).key(&self.key).upload_id(&id);
        let sent = request.part_number(number).body(body).checksum_algorithm(CHECKSUM).send().await;
        if let Ok(sent) = &sent {
            let part = CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag.clone());
            parts.push(part.set_checksum_crc32(sent.checksum_crc32.clone()).build());
        }
        // Kept after a failure too, to be aborted.
        self.multipart = Some(Multipart { id, parts });
        sent?;
        Ok(())
    }

    async fn begin(&self) -> Result<Multipart, FileError> {
        let request = self.client.create_multipart_upload().bucket(&*self.bucket).key(&self.key);
        let begun = request.content_type("application/json").checksum_algorithm(CHECKSUM).send().await?;
        let id = begun.upload_id.ok_or_else(|| FileError("S3 has not named the upload".into()))?;
        Ok(Multipart { id, parts: Vec::new() })
    }

    async fn complete(&self) -> Result<(), FileError> {
        let Some(Multipart { id, parts }) = &self.multipart else { return Ok(()) };
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.clone())).build();
        let request =
            self.client.complete_multipart_upload().bucket(&*self.bucket).key(&self.key).upload_id(id);
        request.multipart_upload(parts).send().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::digest::digest;

    use super::*;
    use crate::fake_s3::FakeS3;

    /// Bytes of which no two parts are alike.
    fn bytes(count: usize) -> Vec<u8> {
        (0..count).map(|place| (place / 7 + place / PART_BYTES) as u8).collect()
    }

    async fn uploaded(s3: &FakeS3, bytes: &[u8], chunk: usize) -> Result<Written, FileError> {
        let mut upload = s3.files().upload("key".to_owned());
        for chunk in bytes.chunks(chunk) {
            upload.write(chunk).await?;
        }
        upload.finish().await
    }

    #[tokio::test]
    async fn what_fits_in_one_part_is_put_at_once() {
        for count in [0, 1, PART_BYTES] {
            let (s3, bytes) = (FakeS3::default(), bytes(count));
            let written = uploaded(&s3, &bytes, 64 * 1024).await.unwrap();
            assert_eq!(
                (s3.calls(), s3.file("key")),
                (vec!["PUT".to_owned()], Some(bytes.clone())),
                "{count}"
            );
            let sha256 = data_encoding::HEXLOWER.encode(digest(&SHA256, &bytes).as_ref());
            assert_eq!((written.size_bytes, written.sha256), (count as u64, sha256));
        }
    }

    #[tokio::test]
    async fn more_goes_in_parts_whatever_the_sizes_of_the_writes() {
        let bytes = bytes(2 * PART_BYTES + 1);
        for chunk in [60_001, PART_BYTES, PART_BYTES + 1, bytes.len()] {
            let s3 = FakeS3::default();
            let written = uploaded(&s3, &bytes, chunk).await.unwrap();
            assert_eq!(s3.calls(), ["POST", "PUT 1", "PUT 2", "PUT 3", "POST"], "{chunk}");
            assert!(s3.file("key").as_deref() == Some(bytes.as_slice()), "{chunk}");
            let sha256 = data_encoding::HEXLOWER.encode(digest(&SHA256, &bytes).as_ref());
            assert_eq!((written.size_bytes, written.sha256), (bytes.len() as u64, sha256));
        }
    }

    #[tokio::test]
    async fn an_aborted_upload_leaves_nothing() {
        let s3 = FakeS3::broken_at("PUT 2");
        let mut upload = s3.files().upload("key".to_owned());
        assert!(upload.write(&bytes(3 * PART_BYTES)).await.is_err());
        upload.abort().await;
        assert_eq!(s3.calls(), ["POST", "PUT 1", "PUT 2", "DELETE"]);
        assert_eq!((s3.unfinished_uploads(), s3.file_count()), (0, 0));
    }

    #[tokio::test]
    async fn a_failure_keeps_its_cause_for_the_log() {
        let error = uploaded(&FakeS3::broken_at("PUT"), b"{}", 2).await.unwrap_err();
        assert!(causes(&error).contains("AccessDenied"), "{}", causes(&error));
    }
}
