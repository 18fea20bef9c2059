//! Files that are put in one call.

use bytes::{BufMut, Bytes, BytesMut};
use reqwest::header::CONTENT_TYPE;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::GoogleDrive;
use super::api::{checked, parsed, with_query};
use super::find::{joined, parted};
use super::wire::{FILE_FIELDS, File};
use crate::drives::http::client;
use crate::drives::{Digest, DigestKind, DriveError, DriveErrorClass, DriveFile, When, same};

/// How often a file is put in all when its folder goes in the middle, or another one comes before it.
const TRIES: usize = 3;

/// Where bytes go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// Into a new file.
    New,
    /// Over the file of this id and revision.
    Over(String, String),
    /// Nowhere: they are there.
    There(DriveFile),
}

impl Target {
    /// What is to be done, given what is there. `is_same` says whether that has the same bytes.
    pub(super) fn of(there: Option<DriveFile>, when: &When, is_same: bool) -> Result<Self, DriveError> {
        let conflict = Err(DriveError::of(DriveErrorClass::Conflict));
        match (there, when) {
            (None, When::Absent | When::Any) => Ok(Self::New),
            (None, When::Revision(_)) => conflict,
            (Some(there), _) if is_same => Ok(Self::There(there)),
            (Some(there), When::Any) => Ok(Self::Over(there.id, there.revision)),
            (Some(there), When::Revision(wanted)) if there.revision == *wanted => {
                Ok(Self::Over(there.id, there.revision))
            }
            (Some(_), _) => conflict,
        }
    }
}

impl GoogleDrive {
    /// See [`Drive::put`](crate::drives::Drive::put). Google cannot compare and write at once: a writer who comes between the two is seen afterwards at
    /// best.
    pub(super) async fn put_whole(
        &self,
        path: &str,
        bytes: Bytes,
        when: &When,
    ) -> Result<DriveFile, DriveError> {
        let (folder, name) = parted(path)?;
        let hash = Digest::of(DigestKind::Sha256, &bytes);
        let mut tries = 1;
        loop {
            match self.put_once(&folder, &name, &bytes, &hash, when).await {
                // The folder is gone, or in the trash.
                Err(error) if error.class == DriveErrorClass::NotFound && tries < TRIES => {
                    self.folders.forget()
                }
                Ok(None) if tries < TRIES => {}
                Ok(None) => return Err(DriveError::of(DriveErrorClass::Transient)),
                Ok(Some(file)) => return Ok(file),
                Err(error) if error.class == DriveErrorClass::NotFound => {
                    return Err(DriveError { class: DriveErrorClass::Transient, ..error });
                }
                Err(error) => return Err(error),
            }
            tries += 1;
        }
    }

    /// Nothing if it has to be looked at again.
    async fn put_once(
        &self,
        folder: &str,
        name: &str,
        bytes: &Bytes,
        hash: &str,
        when: &When,
    ) -> Result<Option<DriveFile>, DriveError> {
        let there = self.at(folder, name).await?;
        let size_bytes = bytes.len() as u64;
        let is_same =
            there.as_ref().is_some_and(|there| there.hash.is_some() && same(there, size_bytes, hash).is_ok());
        match Target::of(there, when, is_same)? {
            Target::There(file) => Ok(Some(file)),
            Target::New => {
                let parent = self.folder(folder).await?;
                let id = self.new_id().await?;
                let said = json!({ "id": id, "name": name, "parents": [parent] });
                let file = self.multipart(None, &id, said, bytes, hash).await?;
                let file = self.settled(file, |file| same(file, size_bytes, hash)).await?;
                self.only_one(folder, name, file, when).await
            }
            Target::Over(id, _) => {
                let file = self.multipart(Some(&id), &id, json!({}), bytes, hash).await?;
                let file = self.settled(file, |file| same(file, size_bytes, hash)).await?;
                let file = file.at(joined(folder, name));
                if matches!(when, When::Revision(_)) {
                    self.still(&file.id, &file.revision).await?;
                }
                Ok(Some(file))
            }
        }
    }

    /// Refuses a file of which there is another revision.
    pub(super) async fn still(&self, id: &str, revision: &str) -> Result<(), DriveError> {
        let now = self.look(id).await?.head_revision_id;
        let is_still = now.as_deref() == Some(revision);
        if is_still { Ok(()) } else { Err(DriveError::of(DriveErrorClass::Conflict)) }
    }

    /// Sends what is said of a file and its bytes. One that has the id was made by a call whose answer nobody heard.
    async fn multipart(
        &self,
        over: Option<&str>,
        id: &str,
        said: Value,
        bytes: &Bytes,
        hash: &str,
    ) -> Result<File, DriveError> {
        let request = self.upload(over, "multipart")?;
        // Bytes that hold their own hash are not to be found.
        let kind = format!("multipart/related; boundary={hash}");
        let request = request.header(CONTENT_TYPE, kind).body(related(hash, &said, bytes));
        let is_made = |status: StatusCode| status.is_success() || status == StatusCode::CONFLICT;
        let answer = self.answer(request, is_made).await?;
        if answer.status == StatusCode::CONFLICT { self.look(id).await } else { parsed(&answer) }
    }

    /// A request that makes a file, or changes one.
    pub(super) fn upload(&self, over: Option<&str>, kind: &str) -> Result<RequestBuilder, DriveError> {
        let query = [("uploadType", kind), ("fields", FILE_FIELDS)];
        Ok(match over {
            None => client()?.post(with_query(&format!("{}/files", self.config.upload), &query)?),
            Some(id) => {
                let address = format!("{}/files/{}", self.config.upload, checked(id)?);
                client()?.patch(with_query(&address, &query)?)
            }
        })
    }
}

/// A body of two parts (RFC 2387).
fn related(boundary: &str, said: &Value, bytes: &Bytes) -> Bytes {
    let head = format!(
        "--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{said}\r\n--{boundary}\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    let tail = format!("\r\n--{boundary}--\r\n");
    let mut body = BytesMut::with_capacity(head.len() + bytes.len() + tail.len());
    for part in [head.as_bytes(), bytes, tail.as_bytes()] {
        body.put_slice(part);
    }
    body.freeze()
}
