//! Files that are sent by chunks: resumable uploads.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE};
use reqwest::{RequestBuilder, StatusCode};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::GoogleDrive;
use super::api::parsed;
use super::error::upload_error_of;
use super::find::{joined, parted};
use super::put::Target;
use super::wire::File;
use crate::drives::http::{Answer, authorized, client, once, with_token};
use crate::drives::{DigestKind, DriveError, DriveErrorClass, DriveFile, DriveUpload, When};

/// All that is known of an upload but what [`DriveUpload`] says. Whoever has the address can write.
#[derive(Serialize, Deserialize)]
struct Session {
    address: String,
    /// Over the file of this id and revision; none if it makes a new one.
    over: Option<(String, String)>,
}

/// What Google says of an upload.
enum Step {
    /// It has so many bytes.
    At(u64),
    /// It has made a file of them.
    Done(Box<File>),
}

impl Step {
    fn of(answer: &Answer) -> Result<Self, DriveError> {
        match answer.status {
            StatusCode::PERMANENT_REDIRECT => {
                let last = answer
                    .header("range")
                    .and_then(|range| range.strip_prefix("bytes=0-")?.parse::<u64>().ok());
                Ok(Self::At(last.map_or(0, |last| last.saturating_add(1))))
            }
            status if status.is_success() => Ok(Self::Done(Box::new(parsed(answer)?))),
            _ => Err(upload_error_of(answer)),
        }
    }
}

impl Session {
    fn of(upload: &DriveUpload) -> Result<Self, DriveError> {
        serde_json::from_str(&upload.session).map_err(|_| DriveError::of(DriveErrorClass::UploadGone))
    }
}

impl GoogleDrive {
    /// See [`Drive::begin`](crate::drives::Drive::begin). While it is not known whether a file of the same size has the same bytes, another is made beside
    /// it, which is compared at the end.
    pub(super) async fn begin_upload(
        &self,
        path: &str,
        size_bytes: u64,
        when: When,
    ) -> Result<DriveUpload, DriveError> {
        if size_bytes == 0 {
            return Err(DriveError::of(DriveErrorClass::Refused));
        }
        let (folder, name) = parted(path)?;
        // So much is not sent into a folder that may be in the trash by now.
        if !self.tree().await?.is_fresh() {
            self.folders.forget();
        }
        let there = self.at(&folder, &name).await?;
        let may_be_same = there.as_ref().is_some_and(|there| there.size_bytes == size_bytes);
        let over = match Target::of(there, &when, false) {
            Ok(Target::Over(id, revision)) => Some((id, revision)),
            Ok(_) => None,
            Err(_) if may_be_same => None,
            Err(conflict) => return Err(conflict),
        };
        let address = match self.session(&folder, &name, over.as_ref(), size_bytes).await {
            // The folder or the file is gone since it was last read.
            Err(error) if error.class == DriveErrorClass::NotFound => {
                self.folders.forget();
                return Err(DriveError { class: DriveErrorClass::UploadGone, ..error });
            }
            address => address?,
        };
        let session = json!(Session { address, over }).to_string();
        Ok(DriveUpload::begun(path, size_bytes, when, DigestKind::Sha256, session))
    }

    /// The address of a new upload.
    async fn session(
        &self,
        folder: &str,
        name: &str,
        over: Option<&(String, String)>,
        size_bytes: u64,
    ) -> Result<String, DriveError> {
        let said: Value = match over {
            Some(_) => json!({}),
            None => {
                json!({ "id": self.new_id().await?, "name": name, "parents": [self.folder(folder).await?] })
            }
        };
        let request = self
            .upload(over.map(|(id, _)| id.as_str()), "resumable")?
            .header(CONTENT_TYPE, "application/json; charset=UTF-8")
            .header("x-upload-content-type", "application/octet-stream")
            .header("x-upload-content-length", size_bytes)
            .body(said.to_string());
        let answer = self.answer(request, |status| status.is_success()).await?;
        let address = answer.header("location").unwrap_or_default();
        self.config.session(address).map(String::from)
    }

    /// See [`Drive::send`](crate::drives::Drive::send). Before a chunk is sent again Google is asked how far it is.
    pub(super) async fn send_chunk(
        &self,
        upload: &mut DriveUpload,
        chunk: Bytes,
    ) -> Result<Option<DriveFile>, DriveError> {
        if chunk.is_empty() {
            return self.resume_upload(upload).await;
        }
        let session = Session::of(upload)?;
        let (from, size) = (upload.offset, upload.size_bytes);
        let end = from.saturating_add(chunk.len() as u64);
        if end > size {
            return Err(DriveError::of(DriveErrorClass::Refused));
        }
        upload.digest(&chunk);
        if let (When::Revision(_), Some((id, revision)), true) = (&upload.when, &session.over, end == size) {
            self.still(id, revision).await?;
        }
        let range = format!("bytes {from}-{}/{size}", end - 1);
        let is_again = AtomicBool::new(false);
        let (is_again, sent) = (&is_again, &session);
        let call = |token: SecretString| {
            let (range, chunk) = (range.clone(), chunk.clone());
            async move {
                if is_again.swap(true, Ordering::Relaxed) {
                    let step = self.asked(sent, size, &token).await?;
                    if !matches!(step, Step::At(at) if at == from) {
                        return Ok(step);
                    }
                }
                let request = self.to(sent)?.header(CONTENT_RANGE, range).body(chunk);
                Step::of(&once(authorized(request, &token)?).await?)
            }
        };
        let step = with_token(&*self.bearer, call).await?;
        self.stepped(upload, &session, step).await
    }

    /// See [`Drive::resume`](crate::drives::Drive::resume).
    pub(super) async fn resume_upload(
        &self,
        upload: &mut DriveUpload,
    ) -> Result<Option<DriveFile>, DriveError> {
        let session = Session::of(upload)?;
        let size = upload.size_bytes;
        let asked = &session;
        let call = |token: SecretString| async move { self.asked(asked, size, &token).await };
        let step = with_token(&*self.bearer, call).await?;
        self.stepped(upload, &session, step).await
    }

    /// Asks how far an upload is.
    async fn asked(&self, session: &Session, size: u64, token: &SecretString) -> Result<Step, DriveError> {
        let request =
            self.to(session)?.header(CONTENT_RANGE, format!("bytes */{size}")).header(CONTENT_LENGTH, 0);
        Step::of(&once(authorized(request, token)?).await?)
    }

    fn to(&self, session: &Session) -> Result<RequestBuilder, DriveError> {
        Ok(client()?.put(self.config.session(&session.address)?))
    }

    async fn stepped(
        &self,
        upload: &mut DriveUpload,
        session: &Session,
        step: Step,
    ) -> Result<Option<DriveFile>, DriveError> {
        let file = match step {
            Step::At(at) => {
                upload.offset = at.min(upload.size_bytes);
                return Ok(None);
            }
            Step::Done(file) => *file,
        };
        upload.offset = upload.size_bytes;
        // It has come into the trash: the folder is there.
        let gone = |error: DriveError| match error.class {
            DriveErrorClass::NotFound => {
                self.folders.forget();
                DriveError { class: DriveErrorClass::UploadGone, ..error }
            }
            _ => error,
        };
        let (folder, name) = parted(&upload.path)?;
        let file = self.settled(file, |file| upload.check(file)).await.map_err(gone)?;
        if session.over.is_some() {
            return Ok(Some(file.at(joined(&folder, &name))));
        }
        let done = self.only_one(&folder, &name, file, &upload.when).await?;
        // Another one came before it and has to be replaced.
        done.map(Some).ok_or(DriveError::of(DriveErrorClass::UploadGone))
    }
}
