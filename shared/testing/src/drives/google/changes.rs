//! `/drive/v3/changes` and `/drive/v3/about`.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::call::Call;
use super::fields::Fields;
use super::refusal::Refusal;
use super::resource;
use super::state::State;

/// Where the feed goes on from here.
pub(super) fn start(state: &State, call: &Call) -> Result<Response, Refusal> {
    call.params.only(&["driveId", "supportsAllDrives", "supportsTeamDrives"])?;
    let body = json!({ "kind": "drive#startPageToken", "startPageToken": state.next_change.to_string() });
    Ok(Json(body).into_response())
}

/// What has changed since a token: of each file the latest alone, in order.
pub(super) fn list(state: &State, call: &Call) -> Result<Response, Refusal> {
    let params = &call.params;
    params.only(&[
        "pageToken",
        "pageSize",
        "spaces",
        "includeRemoved",
        "restrictToMyDrive",
        "includeItemsFromAllDrives",
        "supportsAllDrives",
    ])?;
    params.in_drive()?;
    let size = params.number("pageSize", 100, 1000)?;
    let has_removed = params.flag("includeRemoved", true)?;
    params.flag("restrictToMyDrive", false)?;
    let fields = params.get("fields").unwrap_or(
        "kind,nextPageToken,newStartPageToken,changes(kind,changeType,time,removed,fileId,file(kind,id,name,mimeType))",
    );
    let fields = Fields::parse(fields)?;
    let Some(token) = params.get("pageToken") else {
        return Err(Refusal::of(400, "required", "Required parameter: pageToken"));
    };
    let from: u64 = token.parse().map_err(|_| Refusal::invalid("pageToken"))?;
    if from > state.next_change {
        return Err(Refusal::invalid("pageToken"));
    }
    let page: Vec<(&u64, &String)> = state.changes.range(from..).take(size).collect();
    let changes: Vec<Value> =
        page.iter().filter_map(|(_, id)| change(state, call, id, has_removed)).collect();
    let mut body = json!({ "kind": "drive#changeList", "changes": changes });
    match page.last() {
        Some((last, _)) if **last + 1 < state.next_change && page.len() == size => {
            body["nextPageToken"] = json!((**last + 1).to_string());
        }
        _ => body["newStartPageToken"] = json!(state.next_change.to_string()),
    }
    Ok(Json(fields.of(&body, is_known)?).into_response())
}

fn change(state: &State, call: &Call, id: &str, has_removed: bool) -> Option<Value> {
    let mut change = json!({ "kind": "drive#change", "changeType": "file", "time": state.now(), "removed": true, "fileId": id });
    match state.visible(id) {
        Some(node) => {
            change["removed"] = json!(false);
            change["file"] = resource::whole(node, state, !call.is_hash_unknown);
        }
        None if !has_removed => return None,
        None => {}
    }
    Some(change)
}

fn is_known(path: &str) -> bool {
    let own = [
        "kind",
        "nextPageToken",
        "newStartPageToken",
        "changes",
        "changes/kind",
        "changes/changeType",
        "changes/time",
        "changes/removed",
        "changes/fileId",
        "changes/file",
    ];
    own.contains(&path) || path.strip_prefix("changes/file/").is_some_and(resource::is_field)
}

/// Whose drive it is, and how much is on it. The only call that wants to be told what to answer.
pub(super) fn about(state: &State, call: &Call) -> Result<Response, Refusal> {
    call.params.only(&[])?;
    let Some(fields) = call.params.get("fields") else {
        return Err(Refusal::of(400, "required", "The 'fields' parameter is required for this method."));
    };
    let used = state.used_bytes();
    let mut quota = json!({
        "usage": used.to_string(), "usageInDrive": used.to_string(),
        "usageInDriveTrash": state.trashed_bytes().to_string(),
    });
    if let Some(total) = state.total_bytes {
        quota["limit"] = json!(total.to_string());
    }
    let body = json!({
        "kind": "drive#about", "storageQuota": quota,
        "user": {
            "kind": "drive#user", "displayName": "Ada Example", "me": true,
            "permissionId": "08142857142857142857", "emailAddress": "ada@example.com",
        },
    });
    let is_known = |path: &str| {
        ["kind", "storageQuota", "user", "appInstalled", "maxUploadSize"].contains(&path)
            || path.starts_with("storageQuota/")
            || path.starts_with("user/")
    };
    Ok(Json(Fields::parse(fields)?.of(&body, is_known)?).into_response())
}
