//! The bytes of files, in S3. An object appears there when somebody uploads it through a link, or completes an upload in parts.

use std::error::Error;
use std::sync::Arc;

use app_domain::{Checksum, ContentType, File, FileId, StoreError, UserId};
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumMode, CompletedMultipartUpload, CompletedPart};

/// How many bytes of a file tell what it is.
const BEGINNING_BYTES: usize = 8 * 1024;

/// The mark of an object that nobody has looked at. The bucket's lifecycle removes what keeps it: an upload that is never completed,
/// or one that comes after its file was deleted, while its link still works.
pub(crate) const UNSEEN: &str = "state=uploading";

/// The bucket of files. Cloning shares the client.
#[derive(Clone)]
pub struct FileBucket {
    client: Arc<dyn Fn() -> Client + Send + Sync>,
    pub(crate) name: Arc<str>,
}

/// A part that has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrivedPart {
    /// Its number, from 1.
    pub number: u32,
    /// Its size.
    pub size_bytes: u64,
    etag: Option<String>,
    sha256: Option<String>,
}

/// A whole object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    /// Its size.
    pub size_bytes: u64,
    /// What S3 has computed over it when it came.
    pub checksum: Option<Checksum>,
}

impl FileBucket {
    /// The bucket `name`; `client` is asked for with every call.
    pub fn new(name: impl Into<Arc<str>>, client: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        Self { client: Arc::new(client), name: name.into() }
    }

    pub(crate) fn client(&self) -> Client {
        (self.client)()
    }

    /// Begins an upload in parts, each of which S3 checks against its SHA-256, and returns S3's name for it.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn begin(&self, owner: UserId, id: FileId, is: &ContentType) -> Result<String, StoreError> {
        let request =
            self.client().create_multipart_upload().bucket(&*self.name).key(File::object_key(owner, id));
        let request = request.content_type(is.to_string()).checksum_algorithm(ChecksumAlgorithm::Sha256);
        let begun = request.tagging(UNSEEN).send().await.map_err(failed)?;
        begun.upload_id.ok_or_else(|| StoreError::Corrupt("S3 has not named the upload".into()))
    }

    /// The parts of an upload that have come, in their order. `None` if there is no such upload, any more.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn arrived(
        &self,
        owner: UserId,
        id: FileId,
        upload_id: &str,
    ) -> Result<Option<Vec<ArrivedPart>>, StoreError> {
        let request = self.client().list_parts().bucket(&*self.name).key(File::object_key(owner, id));
        // One answer has up to a thousand parts, which is more than any file has.
        let answer = match request.upload_id(upload_id).send().await {
            Ok(answer) => answer,
            Err(error) if error.code() == Some("NoSuchUpload") => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let parts = answer.parts.unwrap_or_default().into_iter().map(|part| ArrivedPart {
            number: part.part_number.and_then(|number| number.try_into().ok()).unwrap_or_default(),
            size_bytes: part.size.and_then(|size| size.try_into().ok()).unwrap_or_default(),
            etag: part.e_tag,
            sha256: part.checksum_sha256,
        });
        Ok(Some(parts.collect()))
    }

    /// Makes the file of its parts. `Ok(false)` if S3 does not: the upload is no more, or a part has been replaced meanwhile.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn assemble(
        &self,
        owner: UserId,
        id: FileId,
        upload_id: &str,
        parts: Vec<ArrivedPart>,
    ) -> Result<bool, StoreError> {
        let parts = parts.into_iter().map(|part| {
            let complete = CompletedPart::builder().part_number(part.number.cast_signed());
            complete.set_e_tag(part.etag).set_checksum_sha256(part.sha256).build()
        });
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.collect())).build();
        let request = self.client().complete_multipart_upload().bucket(&*self.name);
        let request = request.key(File::object_key(owner, id)).upload_id(upload_id).multipart_upload(parts);
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error) if matches!(error.code(), Some("NoSuchUpload" | "InvalidPart")) => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }

    /// What is there of a file.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn object(&self, owner: UserId, id: FileId) -> Result<Option<StoredObject>, StoreError> {
        let request = self.client().head_object().bucket(&*self.name).key(File::object_key(owner, id));
        match request.checksum_mode(ChecksumMode::Enabled).send().await {
            Ok(object) => Ok(Some(StoredObject {
                size_bytes: object.content_length.and_then(|size| size.try_into().ok()).unwrap_or_default(),
                checksum: object.checksum_sha256.and_then(|checksum| Checksum::parse(&checksum).ok()),
            })),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// The first bytes of a file, enough to tell what it is, if it is there.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn beginning(&self, owner: UserId, id: FileId) -> Result<Option<Vec<u8>>, StoreError> {
        self.first(owner, id, BEGINNING_BYTES).await
    }

    /// The first bytes of a file, at most `count`, if it is there.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn first(
        &self,
        owner: UserId,
        id: FileId,
        count: usize,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        range(&self.client(), &self.name, &File::object_key(owner, id), 0, count as u64).await
    }

    /// As many bytes of a file as are there of `count` from `from` on, if the file is there.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn range(
        &self,
        owner: UserId,
        id: FileId,
        from: u64,
        count: u64,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        range(&self.client(), &self.name, &File::object_key(owner, id), from, count).await
    }

    /// Keeps a file that has been looked at; until then it is marked as not to be kept. `Ok(false)` if it is not there.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn keep(&self, owner: UserId, id: FileId) -> Result<bool, StoreError> {
        let request = self.client().delete_object_tagging().bucket(&*self.name);
        match request.key(File::object_key(owner, id)).send().await {
            Ok(_) => Ok(true),
            Err(error) if is_missing(&error) => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }

    /// Removes whatever is there of a file: parts of an upload, and the object.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn remove(&self, owner: UserId, id: FileId, upload_id: Option<&str>) -> Result<(), StoreError> {
        let key = File::object_key(owner, id);
        // First the upload, so that no object can come of it afterwards.
        if let Some(upload_id) = upload_id {
            let request = self.client().abort_multipart_upload().bucket(&*self.name).key(&key);
            match request.upload_id(upload_id).send().await {
                Err(error) if error.code() != Some("NoSuchUpload") => return Err(failed(error)),
                _ => {}
            }
        }
        let request = self.client().delete_object().bucket(&*self.name).key(key);
        request.send().await.map(drop).map_err(failed)
    }
}

/// As many bytes of an object as are there of `count` from `from` on; none behind its end. `None` if it is not there.
pub(crate) async fn range(
    client: &Client,
    bucket: &str,
    key: &str,
    from: u64,
    count: u64,
) -> Result<Option<Vec<u8>>, StoreError> {
    let last = from.saturating_add(count.max(1) - 1);
    let answer = match client
        .get_object()
        .bucket(bucket)
        .key(key)
        .range(format!("bytes={from}-{last}"))
        .send()
        .await
    {
        Ok(answer) => answer,
        Err(error) if is_missing(&error) => return Ok(None),
        Err(error) if error.code() == Some("InvalidRange") => return Ok(Some(Vec::new())),
        Err(error) => return Err(failed(error)),
    };
    let bytes = answer.body.collect().await.map_err(|error| StoreError::Unavailable(Box::new(error)))?;
    Ok(Some(bytes.to_vec()))
}

/// By the status: a `HEAD` has no body that could name the error.
pub(crate) fn is_missing<E>(error: &SdkError<E>) -> bool {
    error.raw_response().is_some_and(|response| response.status().as_u16() == 404)
}

/// The error's code alone where S3 gave one: its message may hold more than a log should.
pub(crate) fn failed<E>(error: SdkError<E>) -> StoreError
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    match error.code() {
        Some(code @ ("SlowDown" | "Throttling" | "ServiceUnavailable")) => {
            StoreError::Throttled(code.to_owned().into())
        }
        Some(code) => StoreError::Unavailable(code.to_owned().into()),
        None => StoreError::Unavailable(Box::new(error)),
    }
}
