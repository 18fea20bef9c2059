//! A bucket of somebody's own: Amazon's, or of a service that speaks like it.
//!
//! Names are keys below a prefix. S3 vouches for what it is sent by the SHA-256 that comes along with each object and each part; of whole objects the
//! hash is kept among their metadata. There is no feed of changes: what is there is listed and compared, so that asking for them costs a list.

mod bounded;
mod config;
mod error;
mod list;
mod reach;
mod upload;

use app_domain::Timestamp;
use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use bytes::{Bytes, BytesMut};
use data_encoding::{BASE64, HEXLOWER};

use super::http::patiently;
use super::{
    Digest, DigestKind, Drive, DriveAccount, DriveChanges, DriveError, DriveErrorClass, DriveFile, DrivePage,
    DriveUpload, When, same,
};
use error::failed;

pub use config::S3Config;
pub use reach::Reach;

/// The name of the hash among an object's metadata.
const SHA256: &str = "sha256";
const CONTENT_TYPE: &str = "application/octet-stream";

/// A bucket, or a part of one.
#[derive(Debug, Clone)]
pub struct S3Drive {
    client: Client,
    bucket: String,
    prefix: String,
    /// Of the service and the bucket: what distinguishes this account.
    id: String,
}

/// What an object must be to be written over.
#[derive(Debug, Clone)]
enum Guard {
    /// There must be none.
    Absent,
    /// It must have this tag.
    Tag(String),
    /// Whatever it is.
    None,
}

/// An object as it is now: as a file, and with the mark of the upload that made it.
struct Object {
    file: DriveFile,
    mark: Option<String>,
}

impl S3Drive {
    /// The bucket of a configuration. Nothing is called yet.
    ///
    /// # Errors
    /// [`DriveErrorClass::Refused`] if it cannot be one, or is not within reach.
    pub fn new(config: &S3Config) -> Result<Self, DriveError> {
        let service = config.endpoint.as_deref().unwrap_or("https://s3.amazonaws.com").trim_end_matches('/');
        Ok(Self {
            client: config.client()?,
            bucket: config.bucket.clone(),
            prefix: config.prefix.clone(),
            id: format!("{service}/{}/{}", config.bucket, config.prefix),
        })
    }

    fn key(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// The object of a path, if there is one.
    async fn object(&self, path: &str) -> Result<Option<Object>, DriveError> {
        let head = || async {
            let head = self.client.head_object().bucket(&self.bucket).key(self.key(path));
            match head.send().await.map_err(failed) {
                Ok(head) => Object::of(path, head).map(Some),
                Err(error) if error.class == DriveErrorClass::NotFound => Ok(None),
                Err(error) => Err(error),
            }
        };
        patiently(head).await
    }

    /// The same, of one that has just been written.
    async fn written(&self, path: &str) -> Result<Object, DriveError> {
        self.object(path).await?.ok_or(DriveError::of(DriveErrorClass::Transient))
    }

    /// What has to be true of the object of a path for it to be written. Looked at beforehand, because not all services know conditions: between looking
    /// and writing there they know none. The file, if it is there already.
    async fn guard(
        &self,
        path: &str,
        when: &When,
        is_it: impl Fn(&DriveFile) -> bool + Send,
    ) -> Result<Result<Guard, DriveFile>, DriveError> {
        let there = match when {
            When::Any => return Ok(Ok(Guard::None)),
            When::Absent | When::Revision(_) => self.object(path).await?.map(|object| object.file),
        };
        match (there, when) {
            (Some(file), _) if is_it(&file) => Ok(Err(file)),
            (Some(file), When::Revision(revision)) if file.revision == *revision => {
                Ok(Ok(Guard::Tag(revision.clone())))
            }
            (None, When::Absent) => Ok(Ok(Guard::Absent)),
            _ => Err(DriveError::of(DriveErrorClass::Conflict)),
        }
    }

    /// Puts an object on a condition, or without one where the service does not know conditions.
    async fn put_guarded(
        &self,
        guard: &Guard,
        put: impl Fn() -> PutObjectFluentBuilder + Send + Sync,
    ) -> Result<(), DriveError> {
        let guarded = || async {
            let put = match guard {
                Guard::Absent => put().if_none_match("*"),
                Guard::Tag(tag) => put().if_match(tag),
                Guard::None => put(),
            };
            put.send().await.map(drop).map_err(failed)
        };
        match patiently(guarded).await {
            Err(error) if error.status == Some(501) && !matches!(guard, Guard::None) => {
                patiently(|| async { put().send().await.map(drop).map_err(failed) }).await
            }
            done => done,
        }
    }
}

#[async_trait]
impl Drive for S3Drive {
    /// One page of the list shows whether the keys open the bucket. What is used of one without a limit is not counted: there may be millions of
    /// other objects.
    async fn account(&self) -> Result<DriveAccount, DriveError> {
        self.page("", None).await?;
        let label = format!("{}/{}", self.bucket, self.prefix).trim_end_matches('/').to_owned();
        Ok(DriveAccount { id: self.id.clone(), label, used_bytes: 0, total_bytes: None })
    }

    fn digest(&self) -> DigestKind {
        DigestKind::Sha256
    }

    fn chunk_bytes(&self) -> u64 {
        upload::PART_BYTES
    }

    async fn list(&self, folder: &str, page: Option<&str>) -> Result<DrivePage, DriveError> {
        self.page(folder, page).await
    }

    async fn find(&self, path: &str) -> Result<Option<DriveFile>, DriveError> {
        Ok(self.object(path).await?.map(|object| object.file))
    }

    async fn read(&self, file: &DriveFile, from: u64, count: u64) -> Result<Bytes, DriveError> {
        let end = file.size_bytes.min(from.saturating_add(count));
        if from >= end {
            return Ok(Bytes::new());
        }
        let read = || async {
            let get = self.client.get_object().bucket(&self.bucket).key(self.key(&file.path));
            // Of the file that was found, and not of one that has come in its place.
            let get = get.range(format!("bytes={from}-{}", end - 1)).if_match(&file.revision);
            let mut answer = match get.send().await.map_err(failed) {
                Err(error) if error.class == DriveErrorClass::Conflict => {
                    return Err(DriveError { class: DriveErrorClass::NotFound, ..error });
                }
                answer => answer?,
            };
            let mut bytes = BytesMut::new();
            let broken = || DriveError::of(DriveErrorClass::Transient);
            while let Some(more) = answer.body.try_next().await.map_err(|_| broken())? {
                bytes.extend_from_slice(&more);
                if bytes.len() as u64 > end - from {
                    return Err(DriveError::of(DriveErrorClass::Refused));
                }
            }
            // Broken off without a word.
            if (bytes.len() as u64) < end - from { Err(broken()) } else { Ok(bytes.freeze()) }
        };
        patiently(read).await
    }

    async fn put(&self, path: &str, bytes: Bytes, when: When) -> Result<DriveFile, DriveError> {
        let (size, hash) = (bytes.len() as u64, Digest::of(DigestKind::Sha256, &bytes));
        let checksum = HEXLOWER.decode(hash.as_bytes()).map(|hash| BASE64.encode(&hash)).unwrap_or_default();
        let is_it = |file: &DriveFile| file.hash.is_some() && same(file, size, &hash).is_ok();
        let guard = match self.guard(path, &when, is_it).await? {
            Ok(guard) => guard,
            Err(file) => return Ok(file),
        };
        let put = || {
            let put = self.client.put_object().bucket(&self.bucket).key(self.key(path));
            let put = put.content_type(CONTENT_TYPE).content_length(size.cast_signed());
            put.checksum_sha256(&checksum).metadata(SHA256, &hash).body(ByteStream::from(bytes.clone()))
        };
        let done = self.put_guarded(&guard, put).await;
        let conflict = done.as_ref().err().is_some_and(|error| error.class == DriveErrorClass::Conflict);
        if !conflict {
            done.clone()?;
        }
        let object = self.written(path).await?;
        // Written by us after all, and not heard of; or by somebody else.
        if conflict && !is_it(&object.file) {
            done?;
        }
        if let Err(error) = same(&object.file, size, &hash) {
            self.remove(&object.file).await?;
            return Err(error);
        }
        Ok(object.file)
    }

    async fn begin(&self, path: &str, size_bytes: u64, when: When) -> Result<DriveUpload, DriveError> {
        self.begin_parts(path, size_bytes, when).await
    }

    async fn send(&self, upload: &mut DriveUpload, chunk: Bytes) -> Result<Option<DriveFile>, DriveError> {
        self.send_part(upload, chunk).await
    }

    async fn resume(&self, upload: &mut DriveUpload) -> Result<Option<DriveFile>, DriveError> {
        self.resume_parts(upload).await
    }

    async fn remove(&self, file: &DriveFile) -> Result<(), DriveError> {
        let remove = || async {
            let delete = self.client.delete_object().bucket(&self.bucket).key(self.key(&file.path));
            match delete.send().await.map_err(failed) {
                Err(error) if error.class != DriveErrorClass::NotFound => Err(error),
                _ => Ok(()),
            }
        };
        patiently(remove).await
    }

    /// The cursor is a hash of all that was there. If that is not there any more as it was, it is [`DriveErrorClass::Reset`].
    async fn changes(&self, cursor: Option<&str>) -> Result<DriveChanges, DriveError> {
        self.compared(cursor).await
    }
}

impl Object {
    fn of(path: &str, head: HeadObjectOutput) -> Result<Self, DriveError> {
        let unreadable = || DriveError::of(DriveErrorClass::Transient);
        let metadata = head.metadata.unwrap_or_default();
        let hash = metadata.get(SHA256).filter(|hash| hash.len() == 64).cloned();
        let file = DriveFile {
            id: path.to_owned(),
            path: path.to_owned(),
            size_bytes: head.content_length.and_then(|size| size.try_into().ok()).ok_or_else(unreadable)?,
            hash,
            revision: head.e_tag.ok_or_else(unreadable)?,
            modified_at: time(head.last_modified),
        };
        Ok(Self { file, mark: metadata.get(upload::MARK).cloned() })
    }
}

/// A time in whole seconds, as all answers have it.
fn time(at: Option<DateTime>) -> Timestamp {
    at.and_then(|at| Timestamp::from_millis(at.secs().checked_mul(1_000)?)).unwrap_or(Timestamp::MIN)
}
