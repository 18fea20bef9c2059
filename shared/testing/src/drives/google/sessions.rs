//! Uploads in chunks. Their address is all that it takes to write: whoever has it needs no token.

use std::time::Duration;

use app_domain::Timestamp;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::call::Call;
use super::metadata::{self, Metadata};
use super::params::Params;
use super::refusal::Refusal;
use super::resource;
use super::state::State;
use super::upload::Target;

const LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// What every chunk but the last is a multiple of.
const UNIT_BYTES: usize = 256 << 10;
const UPLOADER_ID: HeaderName = HeaderName::from_static("x-guploader-uploadid");

/// A file that is coming in.
pub(super) struct Session {
    target: Target,
    /// What is shown of it at the end.
    fields: Option<String>,
    declared_bytes: Option<u64>,
    bytes: Vec<u8>,
    until: Timestamp,
    /// The file, when it is whole.
    made: Option<String>,
}

/// What a chunk says that it is.
#[derive(Debug, PartialEq, Eq)]
enum Span {
    /// Nothing but a question.
    Asks { total: Option<u64> },
    /// From the first to the last byte.
    Bytes { from: u64, to: u64, total: Option<u64> },
}

/// Answers with the address of a session.
pub(super) fn begin(
    state: &mut State,
    call: &Call,
    origin: &str,
    id: Option<&str>,
) -> Result<Response, Refusal> {
    if !call.body.is_empty() {
        metadata::is_json(&call.headers)?;
    }
    let declared = call.header("x-upload-content-length").map(str::parse).transpose();
    let declared_bytes: Option<u64> =
        declared.map_err(|_| Refusal::bad("Invalid X-Upload-Content-Length header."))?;
    let content_type = call.header("x-upload-content-type").unwrap_or("application/octet-stream").to_owned();
    let said = Metadata::read(&call.body, id.is_none())?;
    let target = Target { id: id.map(str::to_owned), said, content_type };
    target.check(state)?;
    target.check_room(state, declared_bytes.unwrap_or(0))?;
    let key = format!("AFake-{}", Uuid::new_v4().simple());
    let below = id.map(|id| format!("/{id}")).unwrap_or_default();
    let location = format!("{origin}/upload/drive/v3/files{below}?uploadType=resumable&upload_id={key}");
    let session = Session {
        target,
        fields: call.params.get("fields").map(str::to_owned),
        declared_bytes,
        bytes: Vec::new(),
        until: state.now().plus(LIFETIME),
        made: None,
    };
    state.sessions.insert(key.clone(), session);
    Ok(([(header::LOCATION, location), (UPLOADER_ID, key)], StatusCode::OK).into_response())
}

/// `PUT` to a session: a chunk, or the question how far it is.
pub(super) fn put(state: &mut State, call: &Call) -> Result<Response, Refusal> {
    call.params.only(&["uploadType", "upload_id"])?;
    let gone = || Refusal::of(404, "notFound", "Not Found");
    let key = call.params.get("upload_id").ok_or_else(gone)?;
    if call.is_upload_gone {
        state.sessions.remove(key);
    }
    let now = state.now();
    let mut session = state.sessions.remove(key).filter(|session| now < session.until).ok_or_else(gone)?;
    let answer = session.take(state, call);
    state.sessions.insert(key.to_owned(), session);
    answer
}

impl Session {
    fn take(&mut self, state: &mut State, call: &Call) -> Result<Response, Refusal> {
        let span = self.span(call)?;
        if let Some(id) = &self.made {
            let node = state.visible(id).ok_or_else(|| Refusal::no_file(id))?;
            return resource::shown(node, state, &self.params()?, !call.is_hash_unknown);
        }
        let total = match span {
            Span::Asks { total } => total.or(self.declared_bytes),
            Span::Bytes { from, to, total } => {
                self.check(call, from, to, total)?;
                let mut taken = call.body.len();
                if call.is_in_part {
                    taken = taken.div_ceil(2) / UNIT_BYTES * UNIT_BYTES;
                }
                self.bytes.extend_from_slice(&call.body[..taken]);
                total
            }
        };
        if total != Some(self.bytes.len() as u64) {
            return Ok(self.so_far());
        }
        self.target.check(state)?;
        let finished = Call { params: self.params()?, ..call.clone() };
        self.made = self.target.id.clone().or(self.target.said.id.clone()).or_else(|| Some(State::new_id()));
        let mut target = self.target.clone();
        if target.id.is_none() {
            target.said.id = self.made.clone();
        }
        target.store(state, &finished, std::mem::take(&mut self.bytes))
    }

    /// The header says where the chunk belongs; without one it is all of the file.
    fn span(&self, call: &Call) -> Result<Span, Refusal> {
        let size = call.body.len() as u64;
        let Some(text) = call.header(header::CONTENT_RANGE.as_str()) else {
            let total = Some(self.declared_bytes.unwrap_or(size));
            return Ok(match size {
                0 => Span::Asks { total },
                _ => Span::Bytes { from: 0, to: size - 1, total },
            });
        };
        let wrong = || Refusal::bad("Failed to parse Content-Range header.");
        let (range, total) =
            text.strip_prefix("bytes ").and_then(|text| text.split_once('/')).ok_or_else(wrong)?;
        let total = if total == "*" { None } else { Some(total.parse().map_err(|_| wrong())?) };
        if range == "*" {
            return if size == 0 { Ok(Span::Asks { total }) } else { Err(wrong()) };
        }
        let (from, to) = range.split_once('-').ok_or_else(wrong)?;
        Ok(Span::Bytes {
            from: from.parse().map_err(|_| wrong())?,
            to: to.parse().map_err(|_| wrong())?,
            total,
        })
    }

    /// Refuses chunks that do not fit.
    fn check(&self, call: &Call, from: u64, to: u64, total: Option<u64>) -> Result<(), Refusal> {
        let size = call.body.len() as u64;
        if to.checked_sub(from).map(|span| span + 1) != Some(size) {
            return Err(Refusal::bad("The Content-Range header does not fit the length of the content."));
        }
        if from != self.bytes.len() as u64 {
            return Err(Refusal::bad("The chunk does not begin where the upload is."));
        }
        if total.zip(self.declared_bytes).is_some_and(|(total, declared)| total != declared)
            || total.is_some_and(|total| to >= total)
        {
            return Err(Refusal::bad("The upload is of another size than it was declared."));
        }
        if total != Some(to + 1) && !call.body.len().is_multiple_of(UNIT_BYTES) {
            return Err(Refusal::bad("The size of a chunk must be a multiple of 262144 bytes."));
        }
        Ok(())
    }

    /// Status 308, with what is kept; without a range there is nothing.
    fn so_far(&self) -> Response {
        let status = StatusCode::PERMANENT_REDIRECT;
        match self.bytes.len() {
            0 => status.into_response(),
            kept => (status, [(header::RANGE, format!("bytes=0-{}", kept - 1))]).into_response(),
        }
    }

    fn params(&self) -> Result<Params, Refusal> {
        let query = self.fields.as_ref().map(|fields| format!("fields={fields}"));
        Params::read(query.as_deref())
    }
}
