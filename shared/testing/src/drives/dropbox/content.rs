//! Files in one call: put whole, and read whole or in part.

use serde_json::{Value, json};

use super::super::DriveFault;
use super::calls::{Called, Reply};
use super::fields::tag;
use super::names::{readable, writable};
use super::refusal::{Refusal, union};
use super::sessions::Session;
use super::state::State;
use super::tree::content_hash;

/// The most bytes that one call brings.
const MAX_BODY_BYTES: usize = 150 << 20;

pub(super) fn upload(state: &mut State, call: &Called) -> Result<Reply, Refusal> {
    arrived(call)?;
    match commit(state, call, &call.arg, &call.body) {
        Ok(file) => Ok(Reply::json(file)),
        Err(tags) => {
            // What came is kept, to be put elsewhere.
            let id = Session::begin(state, call.body.to_vec(), false);
            Err(Refusal::Route(json!({ ".tag": "path", "reason": union(&tags), "upload_session_id": id })))
        }
    }
}

pub(super) fn download(state: &mut State, call: &Called) -> Result<Reply, Refusal> {
    let path = call.text("path");
    readable(path).map_err(|error| Refusal::tags(&["path", error]))?;
    let kept = state.tree.find(path).ok_or_else(|| Refusal::tags(&["path", "not_found"]))?;
    let file = kept.file.as_ref().ok_or_else(|| Refusal::tags(&["path", "not_file"]))?;
    let size = file.bytes.len();
    match call.range.and_then(part) {
        None => Ok(Reply::file(kept.told(false), file.bytes.clone(), None)),
        Some((from, _)) if from >= size => Err(Refusal::Range),
        Some((from, to)) => {
            let bytes = file.bytes[from..to.saturating_add(1).min(size)].to_vec();
            Ok(Reply::file(kept.told(false), bytes, Some((from, size))))
        }
    }
}

/// Refuses a body that is too large, or not what it is said to be.
pub(super) fn arrived(call: &Called) -> Result<(), Refusal> {
    if call.body.len() > MAX_BODY_BYTES {
        return Err(Refusal::tags(&["payload_too_large"]));
    }
    match call.arg["content_hash"].as_str() {
        Some(hash) if hash != content_hash(&call.body) => Err(Refusal::tags(&["content_hash_mismatch"])),
        _ => Ok(()),
    }
}

/// Puts a file as a commit wants it. What is in the way, in tags.
pub(super) fn commit(
    state: &mut State,
    call: &Called,
    commit: &Value,
    bytes: &[u8],
) -> Result<Value, Vec<&'static str>> {
    let path = commit["path"].as_str().unwrap_or_default();
    writable(path).map_err(|error| vec![error])?;
    if let Some(what) = state.tree.in_the_way(path) {
        return Err(vec!["conflict", what]);
    }
    let there = state.tree.find(path).and_then(|kept| Some((kept, kept.file.as_ref()?)));
    let is_strict = commit["strict_conflict"].as_bool().unwrap_or(false);
    if let Some((kept, file)) = there
        && file.bytes == bytes
        && !is_strict
    {
        return Ok(kept.told(false));
    }
    let is_wanted = match (tag(&commit["mode"]), there) {
        ("overwrite", _) => true,
        ("update", Some((_, file))) => commit["mode"]["update"] == file.rev.as_str(),
        ("update", None) => !is_strict,
        (_, there) => there.is_none(),
    };
    if !is_wanted {
        return Err(vec!["conflict", "file"]);
    }
    let instead_of = there.map_or(0, |(_, file)| file.bytes.len() as u64);
    if call.fails(DriveFault::Full) || !state.has_room(bytes.len() as u64, instead_of) {
        return Err(vec!["insufficient_space"]);
    }
    let mut bytes = bytes.to_vec();
    if call.fails(DriveFault::Garbled) {
        match bytes.first_mut() {
            Some(byte) => *byte ^= 1,
            None => bytes.push(0),
        }
    }
    let now = state.now();
    state.tree.put(path, bytes, commit["client_modified"].as_str(), now);
    Ok(state.tree.find(path).expect("what was just put").told(false))
}

/// What a range means, if it is one of bytes.
fn part(range: &str) -> Option<(usize, usize)> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = (from.parse().ok()?, if to.is_empty() { usize::MAX } else { to.parse().ok()? });
    (from <= to).then_some((from, to))
}
