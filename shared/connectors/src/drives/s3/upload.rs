//! Objects in parts.

use aws_lc_rs::digest;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart, MetadataDirective, Part,
};
use bytes::Bytes;
use data_encoding::BASE64;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::error::failed;
use super::{CONTENT_TYPE, Guard, Object, S3Drive, SHA256};
use crate::drives::http::patiently;
use crate::drives::{DigestKind, Drive, DriveError, DriveErrorClass, DriveFile, DriveUpload, When, same};

/// The size of all parts but the last: an object has ten thousand at most.
pub(super) const PART_BYTES: u64 = 8 << 20;
const MAX_PARTS: u64 = 10_000;
/// The name, among an object's metadata, of what tells whose upload made it.
pub(super) const MARK: &str = "upload";
/// Larger objects cannot be copied in one call.
const MAX_COPY_BYTES: u64 = 5 << 30;

/// What stands for itself in no address.
const RESERVED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// What opens an upload.
#[derive(Serialize, Deserialize)]
struct Session {
    id: String,
    mark: String,
}

impl Session {
    fn of(upload: &DriveUpload) -> Result<Self, DriveError> {
        serde_json::from_str(&upload.session).map_err(|_| DriveError::of(DriveErrorClass::UploadGone))
    }
}

impl S3Drive {
    pub(super) async fn begin_parts(
        &self,
        path: &str,
        size_bytes: u64,
        when: When,
    ) -> Result<DriveUpload, DriveError> {
        if !(1..=PART_BYTES * MAX_PARTS).contains(&size_bytes) {
            return Err(DriveError::of(DriveErrorClass::Refused));
        }
        let mark = Uuid::new_v4().to_string();
        let begin = || async {
            let begin = self.client.create_multipart_upload().bucket(&self.bucket).key(self.key(path));
            let begin = begin.checksum_algorithm(ChecksumAlgorithm::Sha256).content_type(CONTENT_TYPE);
            begin.metadata(MARK, &mark).send().await.map_err(failed)
        };
        let id = patiently(begin).await?.upload_id;
        let id = id.ok_or(DriveError::of(DriveErrorClass::Transient))?;
        let session = serde_json::to_string(&Session { id, mark });
        let session = session.map_err(|_| DriveError::of(DriveErrorClass::Refused))?;
        Ok(DriveUpload::begun(path, size_bytes, when, DigestKind::Sha256, session))
    }

    pub(super) async fn send_part(
        &self,
        upload: &mut DriveUpload,
        chunk: Bytes,
    ) -> Result<Option<DriveFile>, DriveError> {
        let session = Session::of(upload)?;
        let left = upload.size_bytes.saturating_sub(upload.offset);
        let is_whole = upload.offset.is_multiple_of(PART_BYTES) && chunk.len() as u64 == left.min(PART_BYTES);
        if left > 0 && !is_whole {
            return Err(DriveError::of(DriveErrorClass::Refused));
        }
        if left > 0 {
            let number = i32::try_from(upload.offset / PART_BYTES + 1);
            let number = number.map_err(|_| DriveError::of(DriveErrorClass::Refused))?;
            let checksum = BASE64.encode(digest::digest(&digest::SHA256, &chunk).as_ref());
            let send = || async {
                let part = self.client.upload_part().bucket(&self.bucket).key(self.key(&upload.path));
                let part = part.upload_id(&session.id).part_number(number).checksum_sha256(&checksum);
                part.body(ByteStream::from(chunk.clone())).send().await.map(drop).map_err(failed)
            };
            patiently(send).await?;
            upload.digest(&chunk);
            upload.offset += chunk.len() as u64;
        }
        if upload.offset < upload.size_bytes {
            return Ok(None);
        }
        let parts = self.parts(upload, &session).await?;
        if held(&parts) != upload.size_bytes {
            return Err(DriveError::of(DriveErrorClass::UploadGone));
        }
        self.complete(upload, &session, parts).await.map(Some)
    }

    pub(super) async fn resume_parts(
        &self,
        upload: &mut DriveUpload,
    ) -> Result<Option<DriveFile>, DriveError> {
        let session = Session::of(upload)?;
        match self.parts(upload, &session).await {
            Ok(parts) => {
                upload.offset = held(&parts);
                Ok(None)
            }
            // It may be over because it is done.
            Err(error) if error.class == DriveErrorClass::UploadGone => {
                let made = self.object(&upload.path).await?;
                let made = made.filter(|object| object.mark.as_ref() == Some(&session.mark));
                let made = made.ok_or(error)?;
                upload.offset = upload.size_bytes;
                self.finished(upload, &session, made).await.map(Some)
            }
            Err(error) => Err(error),
        }
    }

    /// The parts that S3 has, from the first on without a gap, each of the size that it is meant to have.
    async fn parts(&self, upload: &DriveUpload, session: &Session) -> Result<Vec<Part>, DriveError> {
        let (mut parts, mut after) = (Vec::new(), None);
        loop {
            let list = || async {
                let list = self.client.list_parts().bucket(&self.bucket).key(self.key(&upload.path));
                let list = list.upload_id(&session.id).set_part_number_marker(after.clone());
                list.send().await.map_err(failed)
            };
            let answer = patiently(list).await.map_err(|error| match error.class {
                DriveErrorClass::NotFound => DriveError { class: DriveErrorClass::UploadGone, ..error },
                _ => error,
            })?;
            parts.extend(answer.parts.unwrap_or_default());
            let next = answer.next_part_number_marker.filter(|_| answer.is_truncated == Some(true));
            if next.is_none() || next == after {
                break;
            }
            after = next;
        }
        let mut offset = 0;
        let fits = |(number, part): &(i32, Part)| {
            let wanted = (upload.size_bytes - offset).min(PART_BYTES);
            let fits =
                part.part_number == Some(*number) && part.size == Some(wanted.cast_signed()) && wanted > 0;
            offset += wanted;
            fits
        };
        Ok((1..).zip(parts).take_while(fits).map(|(_, part)| part).collect())
    }

    /// Makes the object of its parts.
    async fn complete(
        &self,
        upload: &DriveUpload,
        session: &Session,
        parts: Vec<Part>,
    ) -> Result<DriveFile, DriveError> {
        let hash = upload.digest.finish();
        let is_it = |file: &DriveFile| {
            let is_known = file.hash.is_some() && upload.digested == upload.size_bytes;
            is_known && same(file, upload.size_bytes, &hash).is_ok()
        };
        let guard = match self.guard(&upload.path, &upload.when, is_it).await {
            Ok(Ok(guard)) => guard,
            Ok(Err(file)) => {
                self.abort(upload, session).await?;
                return Ok(file);
            }
            Err(error) => {
                self.abort(upload, session).await?;
                return Err(error);
            }
        };
        let parts: Vec<CompletedPart> = parts
            .into_iter()
            .map(|part| {
                let done = CompletedPart::builder().set_part_number(part.part_number).set_e_tag(part.e_tag);
                done.set_checksum_sha256(part.checksum_sha256).build()
            })
            .collect();
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let complete = |guard: Guard| {
            let complete = self.client.complete_multipart_upload().bucket(&self.bucket);
            let complete = complete.key(self.key(&upload.path)).upload_id(&session.id);
            let complete = complete.multipart_upload(parts.clone());
            let complete = match guard {
                Guard::Absent => complete.if_none_match("*"),
                Guard::Tag(tag) => complete.if_match(tag),
                Guard::None => complete,
            };
            async move { complete.send().await.map(drop).map_err(failed) }
        };
        let mut done = patiently(|| complete(guard.clone())).await;
        if done.as_ref().is_err_and(|error| error.status == Some(501)) {
            done = patiently(|| complete(Guard::None)).await;
        }
        // It may have been done before, and not heard of.
        let made = self.object(&upload.path).await?;
        match (made.filter(|object| object.mark.as_ref() == Some(&session.mark)), done) {
            (Some(made), _) => self.finished(upload, session, made).await,
            (None, Err(error)) => {
                if error.class == DriveErrorClass::Conflict {
                    self.abort(upload, session).await?;
                }
                Err(error)
            }
            // Made, and replaced by somebody since, or a service that keeps no metadata.
            (None, Ok(())) => Err(DriveError::of(DriveErrorClass::Conflict)),
        }
    }

    /// An object that was made of our parts: if it is what was sent, with its hash among its metadata. S3 changes those by copying an object onto itself.
    async fn finished(
        &self,
        upload: &DriveUpload,
        session: &Session,
        made: Object,
    ) -> Result<DriveFile, DriveError> {
        if let Err(error) = upload.check(&made.file) {
            self.remove(&made.file).await?;
            return Err(error);
        }
        let has_missed = upload.digested < upload.size_bytes;
        if made.file.hash.is_some() || has_missed || upload.size_bytes > MAX_COPY_BYTES {
            return Ok(made.file);
        }
        let (key, hash) = (self.key(&upload.path), upload.digest.finish());
        let copy = || async {
            let copy = self.client.copy_object().bucket(&self.bucket).key(&key);
            let copy = copy.copy_source(format!("{}/{}", self.bucket, encoded(&key)));
            let copy = copy.copy_source_if_match(&made.file.revision);
            let copy = copy.metadata_directive(MetadataDirective::Replace).content_type(CONTENT_TYPE);
            copy.metadata(SHA256, &hash).metadata(MARK, &session.mark).send().await.map(drop).map_err(failed)
        };
        match patiently(copy).await {
            Ok(()) => Ok(self.written(&upload.path).await?.file),
            // Without, the file is as good: what it is like is known by its parts.
            Err(error) if matches!(error.class, DriveErrorClass::Refused | DriveErrorClass::Conflict) => {
                Ok(made.file)
            }
            Err(error) => Err(error),
        }
    }

    /// Lets go of what has been sent.
    async fn abort(&self, upload: &DriveUpload, session: &Session) -> Result<(), DriveError> {
        let abort = || async {
            let abort = self.client.abort_multipart_upload().bucket(&self.bucket);
            let abort = abort.key(self.key(&upload.path)).upload_id(&session.id);
            match abort.send().await.map_err(failed) {
                Err(error)
                    if !matches!(error.class, DriveErrorClass::UploadGone | DriveErrorClass::NotFound) =>
                {
                    Err(error)
                }
                _ => Ok(()),
            }
        };
        patiently(abort).await
    }
}

/// How many bytes parts have in all.
fn held(parts: &[Part]) -> u64 {
    parts.iter().filter_map(|part| u64::try_from(part.size?).ok()).sum()
}

/// A key as it stands in a header.
fn encoded(key: &str) -> String {
    utf8_percent_encode(key, RESERVED).to_string()
}
