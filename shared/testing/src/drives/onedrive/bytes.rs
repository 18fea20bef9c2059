//! The other host, to which bytes go and from which they come: its addresses are all that it wants to see, and tokens it refuses.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State as Extract};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};

use super::content::kept;
use super::refusal::Refusal;
use super::session::{LIFE, Session, UNIT};
use super::state::{Host, Site, State};
use crate::drives::DriveFault;

type Shared = Extract<Arc<Site>>;

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/up/{key}", put(fragment).get(status).delete(cancel).post(commit))
        .route("/dl/{key}", get(download))
        .fallback(async || Refusal::not_found())
        .method_not_allowed_fallback(async || Refusal::not_allowed())
}

/// Refuses who brings a token here.
fn stranger(headers: &HeaderMap) -> Result<(), Refusal> {
    let is_known = headers.contains_key(header::AUTHORIZATION);
    if is_known {
        Err(Refusal::new(401, "unauthenticated", "The caller is not authenticated."))
    } else {
        Ok(())
    }
}

impl State {
    /// A session that lives.
    fn session(&mut self, key: &str) -> Result<&mut Session, Refusal> {
        let now = self.now();
        if self.fails(DriveFault::UploadGone) {
            self.sessions.remove(key);
        }
        let gone = || Refusal::new(404, "itemNotFound", "The upload session was not found.");
        self.sessions.get_mut(key).filter(|session| now < session.until).ok_or_else(gone)
    }

    /// Keeps the file of a session whose bytes have all come. If that cannot be, they stay.
    fn commit(&mut self, site: &Site, key: &str) -> Result<Response, Refusal> {
        let Some(session) = self.sessions.remove(key) else { return Err(Refusal::not_found()) };
        let uneven = || {
            Refusal::invalid(
                "The fragments do not fit together: each but the last has to be a multiple of 320 KiB.",
            )
        };
        let result = match session.is_uneven {
            true => Err(uneven()),
            false => self.keep(&session.named, session.bytes.clone(), session.taken),
        };
        match result {
            Ok((number, is_new)) => Ok(kept(site, self, number, is_new)),
            Err(refusal) => {
                self.sessions.insert(key.to_owned(), session);
                Err(refusal)
            }
        }
    }
}

async fn fragment(
    Extract(site): Shared,
    Path(key): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    site.answer(
        Host::Bytes,
        |_| stranger(&headers),
        |state| {
            let until = state.now().plus(LIFE);
            state.session(&key)?;
            if state.fails(DriveFault::Full) {
                return Err(Refusal::full());
            }
            let in_part = body.len() as u64 > UNIT && state.fails(DriveFault::TakenInPart);
            let session = state.session(&key)?;
            let range = headers.get(header::CONTENT_RANGE).and_then(|value| value.to_str().ok());
            session.take(range.unwrap_or_default(), &body, in_part)?;
            session.until = until;
            if session.is_whole() && !session.is_deferred {
                return state.commit(&site, &key);
            }
            Ok((StatusCode::ACCEPTED, Json(session.status())).into_response())
        },
    )
}

async fn status(Extract(site): Shared, Path(key): Path<String>, headers: HeaderMap) -> Response {
    let act = |state: &mut State| Ok(Json(state.session(&key)?.status()).into_response());
    site.answer(Host::Bytes, |_| stranger(&headers), act)
}

async fn cancel(Extract(site): Shared, Path(key): Path<String>, headers: HeaderMap) -> Response {
    let act = |state: &mut State| {
        state.session(&key)?;
        state.sessions.remove(&key);
        Ok(StatusCode::NO_CONTENT.into_response())
    };
    site.answer(Host::Bytes, |_| stranger(&headers), act)
}

/// Ends a session that was to wait for it.
async fn commit(Extract(site): Shared, Path(key): Path<String>, headers: HeaderMap) -> Response {
    let act = |state: &mut State| match state.session(&key)?.is_whole() {
        true => state.commit(&site, &key),
        false => Err(Refusal::invalid("There are ranges that have not been uploaded.")),
    };
    site.answer(Host::Bytes, |_| stranger(&headers), act)
}

async fn download(Extract(site): Shared, Path(key): Path<String>, headers: HeaderMap) -> Response {
    let act = |state: &mut State| {
        let now = state.now();
        let place = state.downloads.get(&key).filter(|place| now < place.until);
        let item = place.and_then(|place| state.tree.get(place.item));
        let content = item.and_then(|item| item.content.as_ref()).ok_or_else(Refusal::not_found)?;
        let size = content.bytes.len();
        let kind = (header::CONTENT_TYPE, "application/octet-stream".to_owned());
        let Some(asked) = headers.get(header::RANGE).and_then(|value| value.to_str().ok()) else {
            return Ok(([kind], content.bytes.to_vec()).into_response());
        };
        let range =
            range(asked, size).ok_or_else(|| Refusal::new(416, "invalidRange", "There is no such range."))?;
        let told = format!("bytes {}-{}/{size}", range.start, range.end - 1);
        let headers = [kind, (header::CONTENT_RANGE, told)];
        Ok((StatusCode::PARTIAL_CONTENT, headers, content.bytes[range].to_vec()).into_response())
    };
    site.answer(Host::Bytes, |_| stranger(&headers), act)
}

/// `bytes=0-99`, as far as there is something of it.
fn range(asked: &str, size: usize) -> Option<std::ops::Range<usize>> {
    let (from, last) = asked.strip_prefix("bytes=")?.split_once('-')?;
    let from: usize = from.parse().ok()?;
    let last: usize = if last.is_empty() { size } else { last.parse().ok()? };
    (from < size && from <= last).then(|| from..size.min(last.saturating_add(1)))
}
