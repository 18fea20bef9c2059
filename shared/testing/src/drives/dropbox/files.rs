//! Single files and folders: what is known of them, and how they are removed, made and moved.

use serde_json::json;

use super::calls::{Called, Reply};
use super::names::{readable, writable};
use super::refusal::{Refusal, union};
use super::state::State;

pub(super) fn get_metadata(state: &mut State, call: &Called) -> Result<Reply, Refusal> {
    let path = call.text("path");
    readable(path).map_err(|error| Refusal::tags(&["path", error]))?;
    let kept = state.tree.find(path).ok_or_else(|| Refusal::tags(&["path", "not_found"]))?;
    Ok(Reply::json(kept.told(true)))
}

pub(super) fn delete(state: &mut State, call: &Called) -> Result<Reply, Refusal> {
    let path = call.text("path");
    readable(path).map_err(|error| Refusal::tags(&["path_lookup", error]))?;
    let kept = state.tree.find(path).ok_or_else(|| Refusal::tags(&["path_lookup", "not_found"]))?;
    let rev = kept.file.as_ref().map(|file| file.rev.as_str());
    if call.arg["parent_rev"].as_str().is_some_and(|wanted| rev != Some(wanted)) {
        return Err(Refusal::tags(&["path_write", "conflict", "file"]));
    }
    let display = kept.display.clone();
    let removed = state.tree.remove(&display).ok_or_else(|| Refusal::tags(&["path_lookup", "not_found"]))?;
    Ok(Reply::json(json!({ "metadata": removed.told(true) })))
}

pub(super) fn create_folder(state: &mut State, call: &Called) -> Result<Reply, Refusal> {
    let path = call.text("path");
    writable(path).map_err(|error| Refusal::tags(&["path", error]))?;
    let in_the_way = match state.tree.find(path) {
        Some(kept) if kept.file.is_some() => Some("file"),
        _ => state.tree.in_the_way(path),
    };
    if let Some(what) = in_the_way {
        return Err(Refusal::tags(&["path", "conflict", what]));
    }
    state.tree.make_folder(path);
    let made = state.tree.find(path).ok_or_else(|| Refusal::tags(&["path", "not_found"]))?;
    Ok(Reply::json(json!({ "metadata": made.told(false) })))
}

/// Moves a file. Folders are not moved here.
pub(super) fn rename(state: &mut State, call: &Called) -> Result<Reply, Refusal> {
    let (from, to) = (call.text("from_path"), call.text("to_path"));
    writable(to).map_err(|error| Refusal::tags(&["to", error]))?;
    let kept = state.tree.find(from).ok_or_else(|| Refusal::tags(&["from_lookup", "not_found"]))?;
    if kept.file.is_none() {
        return Err(Refusal::Route(union(&["cant_move_folder_into_itself"])));
    }
    let display = kept.display.clone();
    let in_the_way = state.tree.in_the_way(to).or_else(|| state.tree.find(to).map(|_| "file"));
    if let Some(what) = in_the_way {
        return Err(Refusal::tags(&["to", "conflict", what]));
    }
    let now = state.now();
    state.tree.rename(&display, to, now);
    let moved = state.tree.find(to).ok_or_else(|| Refusal::tags(&["from_lookup", "not_found"]))?;
    Ok(Reply::json(json!({ "metadata": moved.told(true) })))
}
