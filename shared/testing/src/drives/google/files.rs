//! `/drive/v3/files`: everything but bytes that come in.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::call::Call;
use super::fields::Fields;
use super::metadata::{self, Metadata};
use super::query::Query;
use super::refusal::Refusal;
use super::resource;
use super::state::{Node, ROOT, State};

type Answer = Result<Response, Refusal>;

/// Parameters that change nothing here.
const SHARED_DRIVES: [&str; 4] =
    ["supportsAllDrives", "supportsTeamDrives", "enforceSingleParent", "acknowledgeAbuse"];

fn only(call: &Call, names: &[&str]) -> Result<(), Refusal> {
    call.params.only(&[names, &SHARED_DRIVES].concat())
}

/// `GET /files/generateIds`
pub(super) fn generate_ids(state: &mut State, call: &Call) -> Answer {
    only(call, &["count", "space", "type"])?;
    call.params.in_drive()?;
    let count = call.params.number("count", 10, 1000)?;
    let ids: Vec<String> = (0..count).map(|_| State::new_id()).collect();
    state.given_ids.extend(ids.iter().cloned());
    Ok(Json(json!({ "kind": "drive#generatedIds", "space": "drive", "ids": ids })).into_response())
}

/// `GET /files`, by when they were made.
pub(super) fn list(state: &State, call: &Call) -> Answer {
    let params = &call.params;
    only(call, &["q", "pageSize", "pageToken", "orderBy", "spaces", "corpora", "includeItemsFromAllDrives"])?;
    params.in_drive()?;
    let size = params.number("pageSize", 100, 1000)?;
    let is_folder_first = match params.get("orderBy") {
        None | Some("createdTime") => false,
        Some("folder,createdTime") => true,
        Some(_) => return Err(Refusal::invalid("orderBy")),
    };
    let fields =
        params.get("fields").unwrap_or("kind,nextPageToken,incompleteSearch,files(kind,id,name,mimeType)");
    let fields = Fields::parse(fields)?;
    let text = params.get("q").unwrap_or_default();
    let query = params.get("q").map(Query::parse).transpose()?;
    if let Some(query) = &query {
        query.check(state)?;
    }
    let fits = |node: &&Node| node.is_ours && query.as_ref().is_none_or(|query| query.fits(node, state));
    let mut nodes: Vec<&Node> = state.nodes.values().filter(fits).collect();
    let key =
        |node: &Node| (is_folder_first && !node.is_folder(), node.created_at.as_millis(), node.id.clone());
    nodes.sort_by_key(|node| key(node));
    if let Some(token) = params.get("pageToken") {
        let after: Option<((bool, i64, String), String)> = serde_json::from_str(token).ok();
        let (after, _) = after.filter(|(_, of)| of == text).ok_or_else(|| Refusal::invalid("pageToken"))?;
        nodes.retain(|node| key(node) > after);
    }
    let has_more = nodes.len() > size;
    nodes.truncate(size);
    let has_hash = !call.is_hash_unknown;
    let files: Vec<_> = nodes.iter().map(|node| resource::whole(node, state, has_hash)).collect();
    let mut body = json!({ "kind": "drive#fileList", "incompleteSearch": false, "files": files });
    if let Some(last) = nodes.last().filter(|_| has_more) {
        body["nextPageToken"] = json!(json!((key(last), text)).to_string());
    }
    let is_known = |path: &str| {
        let own = ["kind", "nextPageToken", "incompleteSearch", "files"];
        own.contains(&path) || path.strip_prefix("files/").is_some_and(resource::is_field)
    };
    Ok(Json(fields.of(&body, is_known)?).into_response())
}

/// `POST /files`: a folder, or a file without bytes.
pub(super) fn create(state: &mut State, call: &Call) -> Answer {
    only(call, &["ignoreDefaultVisibility", "keepRevisionForever", "useContentAsIndexableText"])?;
    resource::check_fields(&call.params)?;
    metadata::is_json(&call.headers)?;
    let said = Metadata::read(&call.body, true)?;
    said.check(state)?;
    let node = said.made(state, "application/octet-stream");
    let shown = resource::shown(&node, state, &call.params, true);
    state.keep(node);
    shown
}

/// `GET /files/{id}`, with `alt=media` its bytes.
pub(super) fn get(state: &State, call: &Call, id: &str) -> Answer {
    only(call, &[])?;
    let node = state.visible(id).ok_or_else(|| Refusal::no_file(id))?;
    match call.params.get("alt") {
        None | Some("json") => resource::shown(node, state, &call.params, !call.is_hash_unknown),
        Some("media") if node.is_folder() => {
            let message = "Only files with binary content can be downloaded.";
            Err(Refusal::of(403, "fileNotDownloadable", message))
        }
        Some("media") => media(node, call),
        Some(_) => Err(Refusal::invalid("alt")),
    }
}

/// All bytes, or those of a range. A range that cannot be read is as none.
fn media(node: &Node, call: &Call) -> Answer {
    let size = node.bytes.len();
    let kind = (header::CONTENT_TYPE, node.mime_type.clone());
    let range = call.headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let Some((from, to)) = range.and_then(|text| span(text, size)) else {
        return Ok(([kind], node.bytes.clone()).into_response());
    };
    if from >= size {
        let range = (header::CONTENT_RANGE, format!("bytes */{size}"));
        let refusal = Refusal::of(416, "requestedRangeNotSatisfiable", "Request range not satisfiable");
        return Ok(([range], refusal).into_response());
    }
    let to = to.min(size - 1);
    let range = (header::CONTENT_RANGE, format!("bytes {from}-{to}/{size}"));
    let part = node.bytes[from..=to].to_vec();
    Ok((StatusCode::PARTIAL_CONTENT, [kind, range], part).into_response())
}

/// The first and the last byte of `bytes=…`.
fn span(text: &str, size: usize) -> Option<(usize, usize)> {
    let (from, to) = text.strip_prefix("bytes=")?.split_once('-')?;
    match (from, to) {
        ("", last) => Some((size.saturating_sub(last.parse().ok()?), usize::MAX)),
        (from, "") => Some((from.parse().ok()?, usize::MAX)),
        (from, to) => Some((from.parse().ok()?, to.parse().ok()?)).filter(|(from, to)| from <= to),
    }
}

/// `PATCH /files/{id}`: its name, its folder, the trash.
pub(super) fn change(state: &mut State, call: &Call, id: &str) -> Answer {
    only(call, &["addParents", "removeParents", "keepRevisionForever"])?;
    resource::check_fields(&call.params)?;
    metadata::is_json(&call.headers)?;
    let mut node = state.visible(id).ok_or_else(|| Refusal::no_file(id))?.clone();
    let said = Metadata::read(&call.body, false)?;
    move_by(&mut node, state, call)?;
    said.apply(&mut node, state);
    state.keep(node.clone());
    resource::shown(&node, state, &call.params, !call.is_hash_unknown)
}

fn move_by(node: &mut Node, state: &State, call: &Call) -> Result<(), Refusal> {
    let named = |name: &str| call.params.get(name).map(|id| if id == "root" { ROOT } else { id });
    let (to, from) = (named("addParents"), named("removeParents"));
    if from.is_some_and(|from| from != node.parent) {
        return Err(Refusal::invalid("removeParents"));
    }
    let Some(to) = to else { return Ok(()) };
    if to != ROOT {
        metadata::check_folder(to, state)?;
    }
    if from.is_none() && to != node.parent {
        let message = "Increasing the number of parents is not allowed";
        return Err(Refusal::of(403, "cannotAddParent", message));
    }
    if state.is_within(to, &node.id) {
        return Err(Refusal::bad("A folder cannot be in itself."));
    }
    to.clone_into(&mut node.parent);
    Ok(())
}

/// `DELETE /files/{id}`, past the trash.
pub(super) fn delete(state: &mut State, call: &Call, id: &str) -> Answer {
    only(call, &[])?;
    state.visible(id).ok_or_else(|| Refusal::no_file(id))?;
    state.remove(id);
    Ok(StatusCode::NO_CONTENT.into_response())
}
