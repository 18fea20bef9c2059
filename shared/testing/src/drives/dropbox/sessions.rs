//! Files in many calls: a session takes their bytes, and its end puts them in their place.

use std::collections::BTreeMap;
use std::time::Duration;

use app_domain::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::DriveFault;
use super::calls::{Called, Reply};
use super::content::{arrived, commit};
use super::fields::tag;
use super::refusal::{Refusal, union};
use super::state::State;

const LIFE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// What offsets and sizes of concurrent sessions are multiples of.
const PIECE_BYTES: u64 = 4 << 20;
const MAX_FILE_BYTES: u64 = (1 << 41) - (1 << 22);

/// The bytes of a file on its way.
pub(super) struct Session {
    begun_at: Timestamp,
    bytes: Vec<u8>,
    /// Of a concurrent session, by where they begin.
    pieces: Option<BTreeMap<u64, Vec<u8>>>,
    is_closed: bool,
    is_committed: bool,
}

impl Session {
    /// A new one's id.
    pub(super) fn begin(state: &mut State, bytes: Vec<u8>, is_concurrent: bool) -> String {
        let id = format!("pid_upload_session:{}", Uuid::new_v4().simple());
        let pieces = is_concurrent.then(BTreeMap::new);
        let session = Self { begun_at: state.now(), bytes, pieces, is_closed: false, is_committed: false };
        state.sessions.insert(id.clone(), session);
        id
    }

    /// Takes bytes at an offset, or as many of them as arrive.
    fn add(&mut self, offset: u64, bytes: &[u8], is_last: bool) -> Result<(), Value> {
        if self.is_closed {
            return Err(union(&["closed"]));
        }
        if offset.saturating_add(bytes.len() as u64) > MAX_FILE_BYTES {
            return Err(union(&["too_large"]));
        }
        if let Some(pieces) = &mut self.pieces {
            if !offset.is_multiple_of(PIECE_BYTES) {
                return Err(union(&["concurrent_session_invalid_offset"]));
            }
            if !is_last && !(bytes.len() as u64).is_multiple_of(PIECE_BYTES) {
                return Err(union(&["concurrent_session_invalid_data_size"]));
            }
            pieces.insert(offset, bytes.to_vec());
        } else {
            let has = self.bytes.len() as u64;
            if offset != has {
                return Err(json!({ ".tag": "incorrect_offset", "correct_offset": has }));
            }
            self.bytes.extend_from_slice(bytes);
        }
        self.is_closed = is_last;
        Ok(())
    }

    /// All of a concurrent session's bytes, if they are so many and none are missing.
    fn joined(&self, size: u64) -> Option<Vec<u8>> {
        let mut all = Vec::new();
        for (offset, piece) in self.pieces.iter().flatten() {
            if *offset != all.len() as u64 {
                return None;
            }
            all.extend_from_slice(piece);
        }
        (all.len() as u64 == size).then_some(all)
    }
}

pub(super) fn start(state: &mut State, call: &Called) -> Result<Reply, Refusal> {
    arrived(call)?;
    let is_concurrent = tag(&call.arg["session_type"]) == "concurrent";
    if is_concurrent && !call.body.is_empty() {
        return Err(Refusal::tags(&["concurrent_session_data_not_allowed"]));
    }
    if is_concurrent && call.is("close") {
        return Err(Refusal::tags(&["concurrent_session_close_not_allowed"]));
    }
    let id = Session::begin(state, call.body.to_vec(), is_concurrent);
    if let Some(session) = state.sessions.get_mut(&id) {
        session.is_closed = call.is("close");
    }
    Ok(Reply::json(json!({ "session_id": id })))
}

pub(super) fn append(state: &mut State, call: &Called) -> Result<Reply, Refusal> {
    arrived(call)?;
    let (session, offset) = session(state, call).map_err(|tag| Refusal::tags(&[tag]))?;
    let (taken, is_last) = taken(call, call.is("close"));
    session.add(offset, taken, is_last).map_err(Refusal::Route)?;
    Ok(Reply::null())
}

pub(super) fn finish(state: &mut State, call: &Called) -> Result<Reply, Refusal> {
    arrived(call)?;
    let failed = |error: Value| Refusal::Route(json!({ ".tag": "lookup_failed", "lookup_failed": error }));
    let (session, offset) = session(state, call).map_err(|tag| failed(union(&[tag])))?;
    if session.is_committed {
        return Err(failed(union(&["not_found"])));
    }
    let bytes = if session.pieces.is_some() {
        if !call.body.is_empty() {
            return Err(Refusal::tags(&["concurrent_session_data_not_allowed"]));
        }
        if !session.is_closed {
            return Err(Refusal::tags(&["concurrent_session_not_closed"]));
        }
        session.joined(offset).ok_or_else(|| Refusal::tags(&["concurrent_session_missing_data"]))?
    } else {
        let has = session.bytes.len() as u64;
        let (taken, _) = taken(call, false);
        match session.is_closed {
            // A closed session has all its bytes.
            true if offset == has && taken.is_empty() => {}
            true => return Err(failed(union(&["closed"]))),
            false => session.add(offset, taken, false).map_err(failed)?,
        }
        if call.fails(DriveFault::TakenInPart) {
            return Ok(Reply::null());
        }
        session.bytes.clone()
    };
    let file = commit(state, call, &call.arg["commit"], &bytes).map_err(|tags| {
        let mut path = vec!["path"];
        path.extend(tags);
        Refusal::tags(&path)
    })?;
    if let Some(session) = state.sessions.get_mut(id(call)) {
        (session.is_closed, session.is_committed) = (true, true);
        session.bytes = Vec::new();
        session.pieces = None;
    }
    Ok(Reply::json(file))
}

/// The session of a call and the offset that it names, if there still is one.
fn session<'a>(state: &'a mut State, call: &Called) -> Result<(&'a mut Session, u64), &'static str> {
    let now = state.now();
    if call.fails(DriveFault::UploadGone) {
        state.sessions.remove(id(call));
    }
    let session = state.sessions.get_mut(id(call)).filter(|session| now.since(session.begun_at) < LIFE);
    let offset = call.arg["cursor"]["offset"].as_u64().unwrap_or_default();
    session.map(|session| (session, offset)).ok_or("not_found")
}

fn id<'a>(call: &'a Called) -> &'a str {
    call.arg["cursor"]["session_id"].as_str().unwrap_or_default()
}

/// What arrives of a body, and whether that closes the session.
fn taken<'a>(call: &'a Called, closes: bool) -> (&'a [u8], bool) {
    match call.fault {
        Some(DriveFault::TakenInPart) => (&call.body[..call.body.len() / 2], false),
        _ => (&call.body, closes),
    }
}
