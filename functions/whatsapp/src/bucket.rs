//! The inbound bucket: what Meta delivered, byte for byte, for the days in which it may be asked what was in it.

use std::sync::Arc;
use std::time::Duration;

use app_domain::Timestamp;
use app_http::ApiError;
use aws_lc_rs::digest::{SHA256, digest};
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::{Client, config};
use axum::body::Bytes;
use data_encoding::HEXLOWER;

/// Three megabytes take a fraction of it; Meta does not wait for long.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(3);
const TIMEOUT: Duration = Duration::from_secs(8);

/// The bucket. It encrypts what is put into it and forgets it after eight days, a day more than Meta delivers again; what could not be
/// read, after sixty.
/// Cloning shares the client.
#[derive(Clone)]
pub struct InboundBucket {
    name: Arc<str>,
    client: Arc<dyn Fn() -> Client + Send + Sync>,
}

/// Where in the bucket.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Folder {
    /// What was delivered.
    Raw,
    /// What was signed and could not be read: for a person to look at.
    Unread,
}

impl InboundBucket {
    /// The bucket of this name; `client` is called whenever one is needed.
    pub fn new(name: impl Into<Arc<str>>, client: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        Self { name: name.into(), client: Arc::new(client) }
    }

    /// Keeps a body, under its hash: the same body again is the same object.
    ///
    /// # Errors
    /// 503 unless the bucket says that it has it.
    pub(crate) async fn keep(&self, folder: Folder, body: Bytes, now: Timestamp) -> Result<(), ApiError> {
        let folder = match folder {
            Folder::Raw => "raw",
            Folder::Unread => "unread",
        };
        let hash = HEXLOWER.encode(digest(&SHA256, &body).as_ref());
        self.put(format!("{folder}/{}/{hash}", now.day()), body).await.map_err(ApiError::unavailable)
    }

    /// Opens a connection to the bucket, so that the first delivery does not wait for it.
    pub async fn warm(&self) {
        let _failed = self.put("raw/warm".to_owned(), Bytes::new()).await;
    }

    async fn put(&self, key: String, body: Bytes) -> Result<(), aws_sdk_s3::Error> {
        let timeouts =
            TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT).operation_timeout(TIMEOUT);
        let put = (self.client)().put_object().bucket(&*self.name).key(key);
        let put = put.content_type("application/json").body(body.into()).customize();
        let put = put.config_override(config::Builder::new().timeout_config(timeouts.build()));
        Ok(put.send().await.map(drop)?)
    }
}
