//! Bytes of a file, from the address to which Microsoft sends who asks for them.

use std::sync::PoisonError;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{LOCATION, RANGE};
use url::Url;

use super::item::unread;
use super::{OneDrive, error};
use crate::drives::http::{Answer, client, once, patiently};
use crate::drives::{DriveError, DriveErrorClass, DriveFile};

/// The most that is read at a time.
const MAX_BYTES: u64 = 32 << 20;

impl OneDrive {
    pub(super) async fn fetched(&self, file: &DriveFile, from: u64, count: u64) -> Result<Bytes, DriveError> {
        let count = count.min(MAX_BYTES).min(file.size_bytes.saturating_sub(from));
        if count == 0 {
            return Ok(Bytes::new());
        }
        let known = self.source.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let known = known.filter(|(id, revision, _)| *id == file.id && *revision == file.revision);
        if let Some((.., source)) = known {
            match ranged(&source, from, count).await {
                // It is good for an hour or so.
                Err(error) if matches!(error.status, Some(401 | 403 | 404 | 410)) => {}
                read => return read,
            }
        }
        let source = self.source(file).await?;
        ranged(&source, from, count).await.map_err(|error| match error.status {
            Some(401 | 403 | 410) => DriveError { class: DriveErrorClass::Transient, ..error },
            _ => error,
        })
    }

    /// From where a file can be fetched.
    async fn source(&self, file: &DriveFile) -> Result<Url, DriveError> {
        let answer = self.get(&self.config.item(&file.id, Some("content"))?).await?;
        let to = answer.header(LOCATION.as_str()).ok_or_else(|| unread(&answer))?;
        let source = self.config.elsewhere(to)?;
        let kept = (file.id.clone(), file.revision.clone(), source.clone());
        *self.source.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        Ok(source)
    }
}

/// A range from an address that wants no token.
async fn ranged(source: &Url, from: u64, count: u64) -> Result<Bytes, DriveError> {
    let range = format!("bytes={from}-{}", from.saturating_add(count - 1));
    let answer = patiently(|| {
        let request = client().map(|client| client.get(source.clone()).header(RANGE, &range));
        async move {
            let answer = once(request?).await?;
            if answer.status == StatusCode::RANGE_NOT_SATISFIABLE {
                Ok(answer)
            } else {
                error::checked(answer)
            }
        }
    })
    .await?;
    part(&answer, from, count)
}

/// What an answer has of a range: it may be that, all of the file, or none of it.
fn part(answer: &Answer, from: u64, count: u64) -> Result<Bytes, DriveError> {
    let length = usize::try_from(count).unwrap_or(usize::MAX);
    let (start, bytes) = match answer.status {
        StatusCode::RANGE_NOT_SATISFIABLE => return Ok(Bytes::new()),
        StatusCode::PARTIAL_CONTENT => (0, &answer.body),
        StatusCode::OK => (usize::try_from(from).unwrap_or(usize::MAX), &answer.body),
        _ => return Err(unread(answer)),
    };
    let start = start.min(bytes.len());
    Ok(bytes.slice(start..bytes.len().min(start.saturating_add(length))))
}
