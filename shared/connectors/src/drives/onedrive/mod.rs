//! OneDrive, by Microsoft Graph: the folder that Microsoft keeps for our app, and nothing else of the drive.
//!
//! Microsoft gives addresses away on other hosts, to which bytes go and from which they come. They say by themselves what may be done there, so
//! they are never sent a token, and never shown. An upload can be bound to what is at its path when it begins, not when it ends: so that is
//! looked at once more before the last chunk.

mod account;
mod address;
mod changes;
mod cursor;
mod error;
mod fragment;
mod item;
mod list;
mod names;
mod put;
mod read;
mod upload;
mod verdict;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use reqwest::header::ACCEPT;
use reqwest::{Method, RequestBuilder};
use url::Url;

use self::item::Item;
use super::http::{Answer, authorized, client, once, with_token};
use super::{
    Bearer, DigestKind, Drive, DriveAccount, DriveChanges, DriveError, DriveErrorClass, DriveFile, DrivePage,
    DriveUpload, When,
};

/// Where Microsoft Graph is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneDriveConfig {
    /// Such as `https://graph.microsoft.com/v1.0`.
    pub graph: String,
}

impl Default for OneDriveConfig {
    fn default() -> Self {
        Self::at("https://graph.microsoft.com")
    }
}

impl OneDriveConfig {
    /// At another origin.
    pub fn at(origin: &str) -> Self {
        Self { graph: format!("{origin}/v1.0") }
    }
}

/// A person's OneDrive. Connects to nothing before it is used.
pub struct OneDrive {
    config: OneDriveConfig,
    bearer: Arc<dyn Bearer>,
    /// The id of our folder, once it is known to be there.
    root: Mutex<Option<String>>,
    /// From where the file that was read last can be fetched: its id, its revision, and the address.
    source: Mutex<Option<(String, String, Url)>>,
}

impl OneDrive {
    /// The one to which somebody gives tokens.
    pub fn new(config: OneDriveConfig, bearer: Arc<dyn Bearer>) -> Self {
        Self { config, bearer, root: Mutex::default(), source: Mutex::default() }
    }

    /// Makes a call with a token.
    async fn call(
        &self,
        method: Method,
        url: &Url,
        with: impl Fn(RequestBuilder) -> RequestBuilder + Send + Sync,
    ) -> Result<Answer, DriveError> {
        with_token(&*self.bearer, |token| {
            let request = client().map(|client| client.request(method.clone(), url.clone()));
            let request = request.map(|request| with(request.header(ACCEPT, "application/json")));
            let request = request.and_then(|request| authorized(request, &token));
            async move { error::checked(once(request?).await?) }
        })
        .await
    }

    async fn get(&self, url: &Url) -> Result<Answer, DriveError> {
        self.call(Method::GET, url, |request| request).await
    }

    /// The item at an address, if there is one.
    async fn look(&self, mut url: Url) -> Result<Option<Item>, DriveError> {
        url.query_pairs_mut().append_pair("$select", item::FIELDS);
        match self.get(&url).await {
            Ok(answer) => Item::read(&answer).map(Some),
            Err(error) if error.class == DriveErrorClass::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The file of these names, if there is one.
    async fn at(&self, names: &[String]) -> Result<Option<Item>, DriveError> {
        Ok(self.look(self.config.place(names, None)?).await?.filter(Item::is_file))
    }

    /// The id of our folder. Microsoft makes it for whoever looks into it, not for who writes.
    async fn root(&self) -> Result<String, DriveError> {
        if let Some(root) = self.root.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Ok(root);
        }
        let found = self.look(self.config.place(&[], None)?).await?;
        let id = found.ok_or(DriveError::of(DriveErrorClass::NotFound))?.id;
        *self.root.lock().unwrap_or_else(PoisonError::into_inner) = Some(id.clone());
        Ok(id)
    }

    /// Makes a call that writes into our folder. If the folder has gone, it is made anew.
    async fn inside<T, F>(&self, call: impl Fn() -> F) -> Result<T, DriveError>
    where
        F: Future<Output = Result<T, DriveError>>,
    {
        self.root().await?;
        match call().await {
            Err(error) if matches!(error.status, Some(403 | 404)) => {
                *self.root.lock().unwrap_or_else(PoisonError::into_inner) = None;
                self.root().await?;
                call().await
            }
            done => done,
        }
    }
}

/// Without whose it is.
impl fmt::Debug for OneDrive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OneDrive({})", self.config.graph)
    }
}

#[async_trait]
impl Drive for OneDrive {
    async fn account(&self) -> Result<DriveAccount, DriveError> {
        self.owner().await
    }

    fn digest(&self) -> DigestKind {
        DigestKind::QuickXor
    }

    fn chunk_bytes(&self) -> u64 {
        fragment::CHUNK_BYTES
    }

    async fn list(&self, folder: &str, page: Option<&str>) -> Result<DrivePage, DriveError> {
        self.listed(folder, page).await
    }

    async fn find(&self, path: &str) -> Result<Option<DriveFile>, DriveError> {
        let names = names::names(path)?;
        Ok(self.at(&names).await?.map(|item| item.file(names.join("/"))))
    }

    async fn read(&self, file: &DriveFile, from: u64, count: u64) -> Result<Bytes, DriveError> {
        self.fetched(file, from, count).await
    }

    async fn put(&self, path: &str, bytes: Bytes, when: When) -> Result<DriveFile, DriveError> {
        self.put_small(path, bytes, when).await
    }

    async fn begin(&self, path: &str, size_bytes: u64, when: When) -> Result<DriveUpload, DriveError> {
        self.begun(path, size_bytes, when).await
    }

    async fn send(&self, upload: &mut DriveUpload, chunk: Bytes) -> Result<Option<DriveFile>, DriveError> {
        self.sent(upload, chunk).await
    }

    async fn resume(&self, upload: &mut DriveUpload) -> Result<Option<DriveFile>, DriveError> {
        self.resumed(upload).await
    }

    async fn remove(&self, file: &DriveFile) -> Result<(), DriveError> {
        self.removed(&file.id, None).await
    }

    async fn changes(&self, cursor: Option<&str>) -> Result<DriveChanges, DriveError> {
        self.changed(cursor).await
    }
}
