//! What every call of the API goes through: the token, the failures that are to come, and then what it asks for.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::{IntoResponse, Response};

use super::params::Params;
use super::refusal::Refusal;
use super::state::{Site, State};
use super::{changes, files, sessions, upload};
use crate::drives::DriveFault;
use crate::drives::traffic::cut;

/// A call, and what is to go wrong with it.
#[derive(Debug, Clone, Default)]
pub(super) struct Call {
    pub(super) params: Params,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// The bytes are kept with one changed.
    pub(super) is_garbled: bool,
    /// The hash is not known yet.
    pub(super) is_hash_unknown: bool,
    /// A chunk is taken in part.
    pub(super) is_in_part: bool,
    /// The session is no more.
    pub(super) is_upload_gone: bool,
}

impl Call {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// What a call can be, as far as failures differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    has_token: bool,
    is_session: bool,
    has_bytes: bool,
    begins: bool,
    writes: bool,
    shows_file: bool,
    is_feed: bool,
}

pub(super) async fn answer(
    Extract(site): Extract<Arc<Site>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let refuses = site.gate.refuses();
    let mut state = site.state();
    let params = match Params::read(uri.query()) {
        Ok(params) => params,
        Err(refusal) => return refusal.into_response(),
    };
    let mut call = Call { params, headers, body, ..Call::default() };
    let is_session = method == Method::PUT;
    if let Err(refusal) = state.grants.allows(&call.headers, is_session, state.now()) {
        return refusal.into_response();
    }
    if let Some(seconds) = refuses {
        return Refusal::throttled(Some(seconds)).into_response();
    }
    let kind = Kind::of(&method, uri.path(), &call);
    let fault = state.gate.take_fault(|fault| kind.can(fault));
    match fault {
        Some(DriveFault::Throttled(seconds)) => return Refusal::throttled(seconds).into_response(),
        Some(DriveFault::Unavailable) => return Refusal::unavailable().into_response(),
        Some(DriveFault::Cut) => return cut(),
        Some(DriveFault::Full) => return Refusal::full().into_response(),
        Some(DriveFault::Reset) => return Refusal::invalid("pageToken").into_response(),
        Some(DriveFault::TokenExpired) => return Refusal::token().into_response(),
        _ => {}
    }
    call.is_in_part = fault == Some(DriveFault::TakenInPart);
    call.is_upload_gone = fault == Some(DriveFault::UploadGone);
    call.is_garbled = fault == Some(DriveFault::Garbled);
    call.is_hash_unknown = fault == Some(DriveFault::NoHash);
    let answered = route(&mut state, &site.origin, &method, uri.path(), &call);
    if fault == Some(DriveFault::Unheard) { cut() } else { answered.into_response() }
}

fn route(
    state: &mut State,
    origin: &str,
    method: &Method,
    path: &str,
    call: &Call,
) -> Result<Response, Refusal> {
    let unknown = || Refusal::of(404, "notFound", "Not Found");
    let (is_upload, below) = match path.strip_prefix("/upload/drive/v3/") {
        Some(below) => (true, below),
        None => (false, path.strip_prefix("/drive/v3/").ok_or_else(unknown)?),
    };
    let names: Vec<&str> = below.split('/').collect();
    match (is_upload, method.as_str(), names.as_slice()) {
        (true, "POST", ["files"]) => upload::begin(state, call, origin, None),
        (true, "PATCH", ["files", id]) => upload::begin(state, call, origin, Some(id)),
        (true, "PUT", ["files"] | ["files", _]) => sessions::put(state, call),
        (false, "GET", ["about"]) => changes::about(state, call),
        (false, "GET", ["changes"]) => changes::list(state, call),
        (false, "GET", ["changes", "startPageToken"]) => changes::start(state, call),
        (false, "GET", ["files", "generateIds"]) => files::generate_ids(state, call),
        (false, "GET", ["files"]) => files::list(state, call),
        (false, "POST", ["files"]) => files::create(state, call),
        (false, "GET", ["files", id]) => files::get(state, call, id),
        (false, "PATCH", ["files", id]) => files::change(state, call, id),
        (false, "DELETE", ["files", id]) => files::delete(state, call, id),
        _ => Err(unknown()),
    }
}

impl Kind {
    fn of(method: &Method, path: &str, call: &Call) -> Self {
        let is_upload = path.starts_with("/upload/");
        let is_session = is_upload && method == Method::PUT;
        let ends = call.header("content-range").is_none_or(|range| {
            let (span, total) = range.split_once('/').unwrap_or_default();
            let last = span.rsplit('-').next().and_then(|last| last.parse::<u64>().ok());
            last.is_some_and(|last| total.parse() == Ok(last + 1))
        });
        let begins = is_upload && !is_session && call.params.get("uploadType") == Some("resumable");
        let writes = is_upload && if is_session { ends && !call.body.is_empty() } else { !begins };
        let is_one_file = method == Method::GET && path.starts_with("/drive/v3/files/");
        Self {
            has_token: call.headers.contains_key(header::AUTHORIZATION),
            is_session,
            begins,
            writes,
            has_bytes: is_session && !call.body.is_empty(),
            shows_file: writes
                || is_one_file && call.params.get("alt").is_none() && !path.ends_with("/generateIds"),
            is_feed: path == "/drive/v3/changes",
        }
    }

    /// Whether such a failure can happen to it.
    fn can(self, fault: DriveFault) -> bool {
        match fault {
            DriveFault::Throttled(_) | DriveFault::Unavailable | DriveFault::Cut | DriveFault::Unheard => {
                true
            }
            DriveFault::TakenInPart => self.has_bytes,
            DriveFault::UploadGone => self.is_session,
            DriveFault::Garbled => self.writes,
            DriveFault::Full => self.writes || self.begins,
            DriveFault::NoHash => self.shows_file,
            DriveFault::Reset => self.is_feed,
            DriveFault::TokenExpired => self.has_token,
            DriveFault::DeadGrant | DriveFault::RefreshFails => false,
        }
    }
}
