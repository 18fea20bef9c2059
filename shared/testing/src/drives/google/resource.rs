//! Files as the vendor shows them.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::fields::Fields;
use super::params::Params;
use super::refusal::Refusal;
use super::state::{Node, ROOT, State};

/// What is shown of a file unless more is asked for.
const DEFAULT: &str = "kind,id,name,mimeType";

/// The fields that a file can have.
const KNOWN: [&str; 34] = [
    "appProperties",
    "capabilities",
    "createdTime",
    "description",
    "explicitlyTrashed",
    "fileExtension",
    "fullFileExtension",
    "headRevisionId",
    "iconLink",
    "id",
    "isAppAuthorized",
    "kind",
    "lastModifyingUser",
    "md5Checksum",
    "mimeType",
    "modifiedByMe",
    "modifiedTime",
    "name",
    "originalFilename",
    "ownedByMe",
    "owners",
    "parents",
    "permissions",
    "properties",
    "quotaBytesUsed",
    "sha1Checksum",
    "sha256Checksum",
    "shared",
    "size",
    "spaces",
    "starred",
    "trashed",
    "version",
    "webViewLink",
];

/// Whether files have such a field.
pub(super) fn is_field(path: &str) -> bool {
    let (name, below) = path.split_once('/').unwrap_or((path, ""));
    KNOWN.contains(&name) && (below.is_empty() || matches!(name, "appProperties" | "properties" | "owners"))
}

/// All of a file.
pub(super) fn whole(node: &Node, state: &State, has_hash: bool) -> Value {
    let mut file = json!({
        "kind": "drive#file", "id": node.id, "name": node.name, "mimeType": node.mime_type,
        "starred": node.is_starred, "trashed": state.is_trashed(node), "explicitlyTrashed": node.is_trashed,
        "spaces": ["drive"], "version": node.version.to_string(), "createdTime": node.created_at,
        "modifiedTime": node.modified_at, "ownedByMe": true, "quotaBytesUsed": node.bytes.len().to_string(),
    });
    if node.parent == ROOT || state.visible(&node.parent).is_some() {
        file["parents"] = json!([node.parent]);
    }
    if let Some(description) = &node.description {
        file["description"] = json!(description);
    }
    for (name, properties) in [("appProperties", &node.app_properties), ("properties", &node.properties)] {
        if !properties.is_empty() {
            file[name] = json!(properties);
        }
    }
    if !node.is_folder() {
        file["size"] = json!(node.bytes.len().to_string());
        file["headRevisionId"] = json!(node.revision);
        file["originalFilename"] = json!(node.name);
        if has_hash {
            file["sha256Checksum"] = json!(node.sha256());
        }
    }
    file
}

/// What is asked for of a file.
pub(super) fn shown(
    node: &Node,
    state: &State,
    params: &Params,
    has_hash: bool,
) -> Result<Response, Refusal> {
    let fields = Fields::parse(params.get("fields").unwrap_or(DEFAULT))?;
    Ok(Json(fields.of(&whole(node, state, has_hash), is_field)?).into_response())
}

/// Refuses a selection before anything is done for it.
pub(super) fn check_fields(params: &Params) -> Result<(), Refusal> {
    Fields::parse(params.get("fields").unwrap_or(DEFAULT))?.of(&Value::Null, is_field).map(drop)
}
