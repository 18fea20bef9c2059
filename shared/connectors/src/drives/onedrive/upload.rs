//! Large files, by chunks, in a session that Microsoft keeps.

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::IF_MATCH;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::fragment::{self, Progress};
use super::item::unread;
use super::put::{CONFLICT_BEHAVIOR, behavior};
use super::verdict::{Sent, Verdict};
use super::{OneDrive, names};
use crate::drives::{DigestKind, DriveError, DriveErrorClass, DriveFile, DriveUpload, When};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Session {
    upload_url: String,
}

const CONFLICT: DriveError = DriveError::of(DriveErrorClass::Conflict);

impl OneDrive {
    pub(super) async fn begun(
        &self,
        path: &str,
        size_bytes: u64,
        when: When,
    ) -> Result<DriveUpload, DriveError> {
        if size_bytes == 0 {
            return Err(DriveError::of(DriveErrorClass::Refused));
        }
        let tag = match &when {
            When::Revision(revision) => self.expected(path, size_bytes, revision).await?,
            When::Absent | When::Any => None,
        };
        let session = match self.session(path, size_bytes, behavior(&when), tag.as_deref()).await {
            // Of the size that is to come: perhaps it is the same file, which can be told at the end alone.
            Err(error) if error.class == DriveErrorClass::Conflict && when == When::Absent => {
                let there = self.at(&names::names(path)?).await?;
                let is_alike = there.is_none_or(|item| item.file(String::new()).size_bytes == size_bytes);
                if !is_alike {
                    return Err(error);
                }
                self.session(path, size_bytes, "replace", None).await?
            }
            done => done?,
        };
        Ok(DriveUpload::begun(path, size_bytes, when, DigestKind::QuickXor, session))
    }

    /// The tag of the file of a revision. None of one that is not of the revision and may be the very file that is to be put.
    async fn expected(
        &self,
        path: &str,
        size_bytes: u64,
        revision: &str,
    ) -> Result<Option<String>, DriveError> {
        let item = self.at(&names::names(path)?).await?.ok_or(CONFLICT)?;
        let file = item.file(path.to_owned());
        match file.revision == revision {
            true => Ok(item.etag().map(str::to_owned)),
            false if file.size_bytes == size_bytes => Ok(None),
            false => Err(CONFLICT),
        }
    }

    /// The address of a new session.
    async fn session(
        &self,
        path: &str,
        size_bytes: u64,
        behavior: &str,
        tag: Option<&str>,
    ) -> Result<String, DriveError> {
        let names = names::names(path)?;
        let url = self.config.place(&names, Some("createUploadSession"))?;
        let body =
            json!({ "item": { CONFLICT_BEHAVIOR: behavior, "name": names.last(), "fileSize": size_bytes } });
        let begin = |request: reqwest::RequestBuilder| match tag {
            Some(tag) => request.json(&body).header(IF_MATCH, tag),
            None => request.json(&body),
        };
        let answer = self.inside(|| self.call(Method::POST, &url, begin)).await?;
        let session: Session = serde_json::from_slice(&answer.body).map_err(|_| unread(&answer))?;
        self.config.elsewhere(&session.upload_url).map(String::from)
    }

    pub(super) async fn sent(
        &self,
        upload: &mut DriveUpload,
        chunk: Bytes,
    ) -> Result<Option<DriveFile>, DriveError> {
        let session = self.config.elsewhere(&upload.session)?;
        let end = upload.offset + chunk.len() as u64;
        if chunk.is_empty() || end > upload.size_bytes {
            return Err(DriveError::of(DriveErrorClass::Refused));
        }
        upload.digest(&chunk);
        if end == upload.size_bytes
            && upload.when != When::Any
            && let Some(file) = self.last_look(upload, &session).await?
        {
            return Ok(Some(file));
        }
        let start = upload.offset;
        let progress = match fragment::send(&session, start, upload.size_bytes, &chunk).await {
            // Some of it has been there already: what is missing of it is sent.
            Err(error) if error.status == Some(416) => match fragment::status(&session).await {
                Ok(Progress::Missing(from, to)) if (start..end).contains(&from) => {
                    let part = part(&chunk, from - start, to.map(|to| to - start));
                    fragment::send(&session, from, upload.size_bytes, &part).await
                }
                other => other,
            },
            done => done,
        };
        self.arrived(upload, &session, progress).await
    }

    pub(super) async fn resumed(&self, upload: &mut DriveUpload) -> Result<Option<DriveFile>, DriveError> {
        let session = self.config.elsewhere(&upload.session)?;
        let progress = fragment::status(&session).await;
        self.arrived(upload, &session, progress).await
    }

    /// Takes in how far an upload is.
    async fn arrived(
        &self,
        upload: &mut DriveUpload,
        session: &Url,
        progress: Result<Progress, DriveError>,
    ) -> Result<Option<DriveFile>, DriveError> {
        let hash = upload.digest.finish();
        let sent = Sent { path: &upload.path, size_bytes: upload.size_bytes, hash: &hash };
        let is_digested = upload.digested == upload.size_bytes;
        let file = match progress {
            Ok(Progress::Missing(from, _)) => {
                upload.offset = from.min(upload.size_bytes);
                return Ok(None);
            }
            Ok(Progress::Whole(item)) => self.verified(*item, &sent).await?,
            // All bytes are there, and could not be kept: there was no room, or another file.
            Ok(Progress::Stuck) => {
                fragment::cancel(session).await;
                return Err(DriveError::of(DriveErrorClass::UploadGone));
            }
            // A session ends with its file.
            Err(error) if error.class == DriveErrorClass::UploadGone && is_digested => {
                match self.judge(&sent, &When::Absent).await? {
                    Verdict::Done(file) => file,
                    Verdict::Go(_) | Verdict::Conflict => return Err(error),
                }
            }
            Err(error) if error.class == DriveErrorClass::Conflict => {
                fragment::cancel(session).await;
                match self.judge(&sent, &When::Absent).await? {
                    Verdict::Done(file) => file,
                    Verdict::Go(_) | Verdict::Conflict => return Err(error),
                }
            }
            Err(error) => return Err(error),
        };
        upload.offset = upload.size_bytes;
        Ok(Some(file))
    }

    /// Looks at what is there before the last chunk is sent. The file, if it is there already.
    async fn last_look(
        &self,
        upload: &mut DriveUpload,
        session: &Url,
    ) -> Result<Option<DriveFile>, DriveError> {
        let hash = upload.digest.finish();
        let sent = Sent { path: &upload.path, size_bytes: upload.size_bytes, hash: &hash };
        match self.judge(&sent, &upload.when).await? {
            Verdict::Go(_) => Ok(None),
            Verdict::Done(file) => {
                fragment::cancel(session).await;
                upload.offset = upload.size_bytes;
                Ok(Some(file))
            }
            Verdict::Conflict => {
                fragment::cancel(session).await;
                Err(CONFLICT)
            }
        }
    }
}

/// What lies in a chunk from a byte on, and up to one.
fn part(chunk: &Bytes, from: u64, to: Option<u64>) -> Bytes {
    let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(chunk.len());
    let (from, to) = (place(from), place(to.unwrap_or(u64::MAX)));
    chunk.slice(from..to.max(from))
}
