//! Links by which somebody without an account of ours in S3 uploads or reads one file, for a while. They are signed here: S3 is not
//! called. What a link is for is a part of its signature, so that it serves for nothing else.

use std::time::{Duration, SystemTime};

use app_domain::{File, Sha256, StoreError, Timestamp, Upload};
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};

use crate::file_bucket::{FileBucket, UNSEEN, failed};

/// How long a link to upload works.
pub(crate) const UPLOADS_FOR: Duration = Duration::from_secs(60 * 60);
/// How long a link to read works: anybody who has it can read the file.
pub(crate) const READS_FOR: Duration = Duration::from_secs(15 * 60);
/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLink {
    /// Where to.
    pub url: String,
    /// The headers that must be sent, exactly so.
    pub headers: Vec<(String, String)>,
    /// Until when it works.
    pub expires_at: Timestamp,
}

impl FileBucket {
    /// A link to upload a whole file: bytes of its size, type and SHA-256, once.
    ///
    /// # Errors
    /// If it cannot be signed.
    pub async fn upload_link(
        &self,
        file: &File,
        sha256: &Sha256,
        now: Timestamp,
    ) -> Result<FileLink, StoreError> {
        let put = self.client().put_object().bucket(&*self.name).key(File::object_key(file.owner, file.id));
        let put = put
            .content_type(file.content_type.to_string())
            .content_length(file.size_bytes.cast_signed())
            .checksum_sha256(sha256.base64())
            // What is there is not written again: it may have been looked at.
            .if_none_match("*")
            .tagging(UNSEEN);
        let (valid, expires_at) = validity(now, UPLOADS_FOR)?;
        Ok(link(&put.presigned(valid).await.map_err(failed)?, expires_at))
    }

    /// A link to upload one part of a file that comes in parts: bytes of this size and SHA-256.
    ///
    /// # Errors
    /// If it cannot be signed, or the file does not come in parts.
    pub async fn part_link(
        &self,
        file: &File,
        number: u32,
        size_bytes: u64,
        sha256: &Sha256,
        now: Timestamp,
    ) -> Result<FileLink, StoreError> {
        let Upload::Multipart { upload_id, .. } = &file.upload else {
            return Err(StoreError::Corrupt("the file does not come in parts".into()));
        };
        let put = self.client().upload_part().bucket(&*self.name).key(File::object_key(file.owner, file.id));
        let put = put
            .upload_id(upload_id)
            .part_number(number.cast_signed())
            .content_length(size_bytes.cast_signed())
            .checksum_sha256(sha256.base64());
        let (valid, expires_at) = validity(now, UPLOADS_FOR)?;
        Ok(link(&put.presigned(valid).await.map_err(failed)?, expires_at))
    }

    /// A link to read a file, as this type and with this disposition, whatever it was uploaded as.
    ///
    /// # Errors
    /// If it cannot be signed.
    pub async fn download_link(
        &self,
        file: &File,
        content_type: &str,
        disposition: &str,
        now: Timestamp,
    ) -> Result<FileLink, StoreError> {
        let get = self.client().get_object().bucket(&*self.name).key(File::object_key(file.owner, file.id));
        let get = get.response_content_type(content_type).response_content_disposition(disposition);
        let (valid, expires_at) = validity(now, READS_FOR)?;
        Ok(link(&get.presigned(valid).await.map_err(failed)?, expires_at))
    }
}

/// Signatures count in whole seconds.
pub(crate) fn validity(now: Timestamp, span: Duration) -> Result<(PresigningConfig, Timestamp), StoreError> {
    let seconds = u64::try_from(now.as_seconds()).unwrap_or_default();
    let signed_at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let valid = PresigningConfig::builder().start_time(signed_at).expires_in(span).build();
    let valid = valid.map_err(|error| StoreError::Corrupt(Box::new(error)))?;
    let expires_at = Timestamp::from_millis(now.as_seconds() * 1000).unwrap_or(now).plus(span);
    Ok((valid, expires_at))
}

pub(crate) fn link(request: &PresignedRequest, expires_at: Timestamp) -> FileLink {
    // The trace of the call that asked for the link is unsigned, and nothing that others send.
    let headers = request.headers().filter(|(name, _)| *name != "x-amzn-trace-id");
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    FileLink { url: request.uri().to_owned(), headers: headers.collect(), expires_at }
}
