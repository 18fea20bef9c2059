//! A file's bytes on their way into the bucket from here, in parts, so that they need never be in memory as a whole.

use app_domain::{ContentType, File, FileId, StoreError, UserId};
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};

use crate::file_bucket::{FileBucket, UNSEEN, failed};

/// A file that is being written. It must be finished or abandoned.
pub struct FileWriter {
    bucket: FileBucket,
    owner: UserId,
    id: FileId,
    content_type: ContentType,
    /// What has not been sent yet.
    part: Vec<u8>,
    /// Begun with the first part that is full.
    begun: Option<Begun>,
}

struct Begun {
    upload_id: String,
    parts: Vec<CompletedPart>,
}

impl FileBucket {
    /// Begins to write a file. There is nothing to see of it until it is finished, and until it is kept it is marked like every
    /// object that nobody has looked at.
    pub fn writer(&self, owner: UserId, id: FileId, content_type: ContentType) -> FileWriter {
        FileWriter { bucket: self.clone(), owner, id, content_type, part: Vec::new(), begun: None }
    }
}

impl FileWriter {
    /// The size of every part but the last. What is not larger comes at once.
    pub const PART_BYTES: usize = 8 << 20;

    /// Writes the next bytes.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<(), StoreError> {
        while !bytes.is_empty() {
            // A full part waits until more follows: so the last is never empty, and one part needs no upload in parts.
            if self.part.len() == Self::PART_BYTES {
                self.send_part().await?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(Self::PART_BYTES - self.part.len()));
            self.part.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// Makes the file appear. If it is there already, that one stays: somebody may have looked at it.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn finish(&mut self) -> Result<(), StoreError> {
        if self.begun.is_some() {
            self.send_part().await?;
            self.complete().await
        } else {
            self.put().await
        }
    }

    /// Lets go of what has been sent. Best effort: the bucket removes abandoned parts by itself.
    pub async fn abandon(&mut self) {
        let Some(Begun { upload_id, .. }) = self.begun.take() else { return };
        let request = self.bucket.client().abort_multipart_upload().bucket(&*self.bucket.name);
        let request = request.key(self.key()).upload_id(upload_id);
        if let Err(error) = request.send().await.map_err(failed) {
            tracing::warn!(error = &error as &dyn std::error::Error, "an upload was not ended");
        }
    }

    async fn put(&mut self) -> Result<(), StoreError> {
        let put = self.bucket.client().put_object().bucket(&*self.bucket.name).key(self.key());
        let put = put.content_type(self.content_type.to_string()).tagging(UNSEEN).if_none_match("*");
        let put = put.checksum_algorithm(ChecksumAlgorithm::Sha256);
        match put.body(ByteStream::from(std::mem::take(&mut self.part))).send().await {
            Err(error) if !is_there(&error) => Err(failed(error)),
            _ => Ok(()),
        }
    }

    async fn send_part(&mut self) -> Result<(), StoreError> {
        let mut begun = match self.begun.take() {
            Some(begun) => begun,
            None => {
                let upload_id = self.bucket.begin(self.owner, self.id, &self.content_type).await?;
                Begun { upload_id, parts: Vec::new() }
            }
        };
        let number = begun.parts.len() as i32 + 1;
        let request = self.bucket.client().upload_part().bucket(&*self.bucket.name).key(self.key());
        let request = request.upload_id(&begun.upload_id).part_number(number);
        let request = request.checksum_algorithm(ChecksumAlgorithm::Sha256);
        let sent = request.body(ByteStream::from(std::mem::take(&mut self.part))).send().await;
        if let Ok(sent) = &sent {
            let part = CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag.clone());
            begun.parts.push(part.set_checksum_sha256(sent.checksum_sha256.clone()).build());
        }
        // Kept after a failure too, to be abandoned.
        self.begun = Some(begun);
        sent.map(drop).map_err(failed)
    }

    async fn complete(&mut self) -> Result<(), StoreError> {
        let Some(Begun { upload_id, parts }) = &self.begun else { return Ok(()) };
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.clone())).build();
        let request = self.bucket.client().complete_multipart_upload().bucket(&*self.bucket.name);
        let request = request.key(self.key()).upload_id(upload_id).multipart_upload(parts);
        match request.if_none_match("*").send().await {
            Ok(_) => self.begun = None,
            Err(error) if is_there(&error) => self.abandon().await,
            Err(error) => return Err(failed(error)),
        }
        Ok(())
    }

    fn key(&self) -> String {
        File::object_key(self.owner, self.id)
    }
}

/// Whether S3 did not write because the object is there.
fn is_there<E>(error: &SdkError<E>) -> bool {
    error.raw_response().is_some_and(|response| response.status().as_u16() == 412)
}
