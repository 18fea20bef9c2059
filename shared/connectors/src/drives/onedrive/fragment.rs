//! Pieces of a file, sent to an address that says by itself where they go. No token goes there: it would be refused.

use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE};
use reqwest::{RequestBuilder, StatusCode};
use serde::Deserialize;
use url::Url;

use super::error;
use super::item::{Item, unread};
use crate::drives::http::{Answer, client, once, patiently};
use crate::drives::{DriveError, DriveErrorClass};

/// How much is sent at a time: 32 times 320 KiB, of which it has to be a multiple.
pub(super) const CHUNK_BYTES: u64 = 32 * 320 * 1024;

/// How far an upload is.
pub(super) enum Progress {
    /// The first bytes that are missing: from one on, and up to one if others behind it are there.
    Missing(u64, Option<u64>),
    /// None is missing, and yet there is no file.
    Stuck,
    /// The file is there.
    Whole(Box<Item>),
}

/// `{"nextExpectedRanges": ["327680-655359", "983040-"], …}`
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    #[serde(default)]
    next_expected_ranges: Vec<String>,
}

/// Sends bytes of a file of a size, from one on.
pub(super) async fn send(
    session: &Url,
    from: u64,
    size_bytes: u64,
    bytes: &Bytes,
) -> Result<Progress, DriveError> {
    let last = from + (bytes.len() as u64).saturating_sub(1);
    let answer = call(|| {
        let request = client()?.put(session.clone()).header(CONTENT_TYPE, "application/octet-stream");
        let range = format!("bytes {from}-{last}/{size_bytes}");
        Ok(request.header(CONTENT_RANGE, range).header(CONTENT_LENGTH, bytes.len()).body(bytes.clone()))
    });
    let answer = answer.await?;
    match answer.status {
        StatusCode::ACCEPTED => missing(&answer),
        _ => Ok(Progress::Whole(Box::new(Item::read(&answer)?))),
    }
}

/// Asks how far an upload is.
pub(super) async fn status(session: &Url) -> Result<Progress, DriveError> {
    missing(&call(|| Ok(client()?.get(session.clone()))).await?)
}

/// Ends an upload of which nothing is wanted any more. Left alone it ends by itself.
pub(super) async fn cancel(session: &Url) {
    if let Err(error) = call(|| Ok(client()?.delete(session.clone()))).await {
        tracing::debug!(%error, "an upload is left to expire");
    }
}

/// Makes a call without a token. What is refused as unknown is an upload that is no more.
async fn call(request: impl Fn() -> Result<RequestBuilder, DriveError>) -> Result<Answer, DriveError> {
    let answer = patiently(|| {
        let request = request();
        async move { error::checked(once(request?).await?) }
    });
    answer.await.map_err(|error| match error.status {
        Some(401 | 403 | 404 | 410) if error.class != DriveErrorClass::Full => {
            DriveError { class: DriveErrorClass::UploadGone, ..error }
        }
        _ => error,
    })
}

fn missing(answer: &Answer) -> Result<Progress, DriveError> {
    let status: Status = serde_json::from_slice(&answer.body).map_err(|_| unread(answer))?;
    let ranges: Option<Vec<(u64, Option<u64>)>> =
        status.next_expected_ranges.iter().map(|range| parse(range)).collect();
    let first = ranges.ok_or_else(|| unread(answer))?.into_iter().min_by_key(|range| range.0);
    Ok(first.map_or(Progress::Stuck, |(from, to)| Progress::Missing(from, to)))
}

/// `327680-655359`, or `327680-`: from a byte on, and up to one.
fn parse(range: &str) -> Option<(u64, Option<u64>)> {
    let (from, last) = range.split_once('-').unwrap_or((range, ""));
    let last: Option<u64> = if last.is_empty() { None } else { Some(last.parse().ok()?) };
    Some((from.parse().ok()?, last.map(|last| last.saturating_add(1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_come_in_all_forms() {
        assert_eq!(parse("0-"), Some((0, None)));
        assert_eq!(parse("327680-655359"), Some((327_680, Some(655_360))));
        assert_eq!(parse("983040"), Some((983_040, None)));
        for wrong in ["", "-5", "a-", "1-b"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
