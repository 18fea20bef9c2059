//! A bucket of archives, of those that people take away or of those that they bring: large objects written in parts and read in pieces.

use std::sync::Arc;

use app_domain::StoreError;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use serde::{Deserialize, Serialize};

use crate::file_bucket::{failed, is_missing, range};

/// S3 compares all that it is sent with this before it takes it.
const CHECKSUM: ChecksumAlgorithm = ChecksumAlgorithm::Crc32;

/// A bucket of archives. Cloning shares the client.
#[derive(Clone)]
pub struct ArchiveBucket {
    client: Arc<dyn Fn() -> Client + Send + Sync>,
    pub(crate) name: Arc<str>,
}

/// A part that S3 has taken. What is made of parts is made of exactly these: one that was sent again since has another tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentPart {
    number: u32,
    etag: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    crc32: Option<String>,
}

impl ArchiveBucket {
    /// The bucket `name`; `client` is asked for with every call.
    pub fn new(name: impl Into<Arc<str>>, client: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        Self { client: Arc::new(client), name: name.into() }
    }

    pub(crate) fn client(&self) -> Client {
        (self.client)()
    }

    /// A whole object, if it is there. For small ones.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let answer = match self.client().get_object().bucket(&*self.name).key(key).send().await {
            Ok(answer) => answer,
            Err(error) if is_missing(&error) => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let bytes = answer.body.collect().await.map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        Ok(Some(bytes.to_vec()))
    }

    /// As many bytes of an object as are there of `count` from `from` on, if it is there.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn range(&self, key: &str, from: u64, count: u64) -> Result<Option<Vec<u8>>, StoreError> {
        range(&self.client(), &self.name, key, from, count).await
    }

    /// The size of an object, if it is there.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn size(&self, key: &str) -> Result<Option<u64>, StoreError> {
        match self.client().head_object().bucket(&*self.name).key(key).send().await {
            Ok(object) => Ok(object.content_length.and_then(|size| size.try_into().ok())),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Puts a whole object, in the place of one that is there.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn put(&self, key: &str, bytes: Vec<u8>, content_type: &str) -> Result<(), StoreError> {
        let put = self.client().put_object().bucket(&*self.name).key(key).content_type(content_type);
        let put = put.checksum_algorithm(CHECKSUM).body(ByteStream::from(bytes));
        put.send().await.map(drop).map_err(failed)
    }

    /// Begins an object in parts, and returns S3's name for the upload. There is nothing to see of it until it is completed.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn begin(&self, key: &str, content_type: &str) -> Result<String, StoreError> {
        let request = self.client().create_multipart_upload().bucket(&*self.name).key(key);
        let begun = request.content_type(content_type).checksum_algorithm(CHECKSUM).send().await;
        let id = begun.map_err(failed)?.upload_id;
        id.ok_or_else(|| StoreError::Corrupt("S3 has not named the upload".into()))
    }

    /// Sends a part, in the place of one of that number. All but the last have at least 5 MiB. `None` if the upload is no more.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn send(
        &self,
        key: &str,
        upload_id: &str,
        number: u32,
        bytes: Vec<u8>,
    ) -> Result<Option<SentPart>, StoreError> {
        let request = self.client().upload_part().bucket(&*self.name).key(key).upload_id(upload_id);
        let request = request.part_number(number.cast_signed()).checksum_algorithm(CHECKSUM);
        match request.body(ByteStream::from(bytes)).send().await {
            Ok(sent) => {
                let (etag, crc32) = (sent.e_tag.unwrap_or_default(), sent.checksum_crc32);
                Ok(Some(SentPart { number, etag, crc32 }))
            }
            Err(error) if error.code() == Some("NoSuchUpload") => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Makes the object of its parts. `Ok(false)` if S3 does not: the upload is no more, or a part has been replaced meanwhile.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn complete(&self, key: &str, upload_id: &str, parts: &[SentPart]) -> Result<bool, StoreError> {
        let parts = parts.iter().map(|part| {
            let complete = CompletedPart::builder().part_number(part.number.cast_signed());
            complete.e_tag(&part.etag).set_checksum_crc32(part.crc32.clone()).build()
        });
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.collect())).build();
        let request = self.client().complete_multipart_upload().bucket(&*self.name).key(key);
        match request.upload_id(upload_id).multipart_upload(parts).send().await {
            Ok(_) => Ok(true),
            Err(error) if matches!(error.code(), Some("NoSuchUpload" | "InvalidPart")) => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }

    /// Lets go of an upload and of what has been sent of it.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn abort(&self, key: &str, upload_id: &str) -> Result<(), StoreError> {
        let request = self.client().abort_multipart_upload().bucket(&*self.name).key(key);
        match request.upload_id(upload_id).send().await {
            Err(error) if error.code() != Some("NoSuchUpload") => Err(failed(error)),
            _ => Ok(()),
        }
    }

    /// Removes every object whose key begins so. Uploads that are under way there are removed by the bucket's own rules.
    ///
    /// # Errors
    /// If the bucket fails: some may be gone then, and calling again removes the rest.
    pub async fn remove(&self, prefix: &str) -> Result<(), StoreError> {
        loop {
            let client = self.client();
            let listed =
                client.list_objects_v2().bucket(&*self.name).prefix(prefix).send().await.map_err(failed)?;
            let keys: Vec<String> =
                listed.contents.unwrap_or_default().into_iter().filter_map(|object| object.key).collect();
            for keys in keys.chunks(16) {
                let removals =
                    keys.iter().map(|key| client.delete_object().bucket(&*self.name).key(key).send());
                futures_util::future::try_join_all(removals).await.map_err(failed)?;
            }
            if keys.is_empty() || listed.is_truncated != Some(true) {
                return Ok(());
            }
        }
    }
}
