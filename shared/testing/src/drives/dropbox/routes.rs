//! The routes that there are: where they are called, with what, and what that takes.

use super::calls::{Act, Reply};
use super::fields::{Field, Kind, optional, required};
use super::refusal::Refusal;
use super::{account, content, files, listing, sessions};

/// A route of the API.
pub(super) struct Route {
    pub(super) name: &'static str,
    pub(super) style: Style,
    /// What a token has to allow.
    pub(super) scope: Option<&'static str>,
    /// Its argument; `None` if it has none.
    pub(super) fields: Option<&'static [Field]>,
    pub(super) act: Act,
}

/// How a route is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Its argument is the body.
    Rpc,
    /// Its argument is in a header, and the body is a file's.
    Upload,
    /// Its argument is in a header, and there is no body.
    Download,
}

const ACCOUNT: Option<&str> = Some("account_info.read");
const METADATA: Option<&str> = Some("files.metadata.read");
const READ: Option<&str> = Some("files.content.read");
const WRITE: Option<&str> = Some("files.content.write");

const MODE: Kind = Kind::Union(&[("add", None), ("overwrite", None), ("update", Some(&Kind::Rev))]);
const CURSOR: Kind =
    Kind::Struct(&[required("session_id", Kind::Text), required("offset", Kind::Number(0, u64::MAX))]);
const COMMIT: Kind = Kind::Struct(&[
    required("path", Kind::Path),
    optional("mode", MODE),
    optional("autorename", Kind::Bool),
    optional("client_modified", Kind::Time),
    optional("mute", Kind::Bool),
    optional("strict_conflict", Kind::Bool),
]);
const SESSION_TYPE: Kind = Kind::Union(&[("sequential", None), ("concurrent", None)]);

const GET_METADATA: &[Field] = &[
    required("path", Kind::ReadPath),
    optional("include_media_info", Kind::Bool),
    optional("include_deleted", Kind::Bool),
    optional("include_has_explicit_shared_members", Kind::Bool),
];
const LIST_FOLDER: &[Field] = &[
    required("path", Kind::FolderPath),
    optional("recursive", Kind::Bool),
    optional("include_media_info", Kind::Bool),
    optional("include_deleted", Kind::Bool),
    optional("include_has_explicit_shared_members", Kind::Bool),
    optional("include_mounted_folders", Kind::Bool),
    optional("limit", Kind::Number(1, 2000)),
    optional("include_non_downloadable_files", Kind::Bool),
    optional("include_restorable_info", Kind::Bool),
];
const CONTINUE: &[Field] = &[required("cursor", Kind::Text)];
const DELETE: &[Field] = &[required("path", Kind::PathOrId), optional("parent_rev", Kind::Rev)];
const CREATE_FOLDER: &[Field] = &[required("path", Kind::Path), optional("autorename", Kind::Bool)];
const MOVE: &[Field] = &[
    required("from_path", Kind::PathOrId),
    required("to_path", Kind::Path),
    optional("allow_shared_folder", Kind::Bool),
    optional("autorename", Kind::Bool),
    optional("allow_ownership_transfer", Kind::Bool),
];
const UPLOAD: &[Field] = &[
    required("path", Kind::Path),
    optional("mode", MODE),
    optional("autorename", Kind::Bool),
    optional("client_modified", Kind::Time),
    optional("mute", Kind::Bool),
    optional("strict_conflict", Kind::Bool),
    optional("content_hash", Kind::Hash),
];
const DOWNLOAD: &[Field] = &[required("path", Kind::ReadPath), optional("rev", Kind::Rev)];
const START: &[Field] = &[
    optional("close", Kind::Bool),
    optional("session_type", SESSION_TYPE),
    optional("content_hash", Kind::Hash),
];
const APPEND: &[Field] =
    &[required("cursor", CURSOR), optional("close", Kind::Bool), optional("content_hash", Kind::Hash)];
const FINISH: &[Field] =
    &[required("cursor", CURSOR), required("commit", COMMIT), optional("content_hash", Kind::Hash)];

const fn rpc(name: &'static str, scope: Option<&'static str>, fields: &'static [Field], act: Act) -> Route {
    Route { name, style: Style::Rpc, scope, fields: Some(fields), act }
}

const fn bare(name: &'static str, scope: Option<&'static str>, act: Act) -> Route {
    Route { name, style: Style::Rpc, scope, fields: None, act }
}

const fn upload(name: &'static str, fields: &'static [Field], act: Act) -> Route {
    Route { name, style: Style::Upload, scope: WRITE, fields: Some(fields), act }
}

pub(super) const ROUTES: &[Route] = &[
    bare("auth/token/revoke", None, |state, call| {
        state.grants.revoke(call.token);
        Ok(Reply::null())
    }),
    bare("users/get_current_account", ACCOUNT, account::current),
    bare("users/get_space_usage", ACCOUNT, account::space),
    rpc("files/get_metadata", METADATA, GET_METADATA, files::get_metadata),
    rpc("files/list_folder", METADATA, LIST_FOLDER, listing::list_folder),
    rpc("files/list_folder/continue", METADATA, CONTINUE, listing::go_on),
    rpc("files/list_folder/get_latest_cursor", METADATA, LIST_FOLDER, listing::latest_cursor),
    rpc("files/delete_v2", WRITE, DELETE, files::delete),
    rpc("files/create_folder_v2", WRITE, CREATE_FOLDER, files::create_folder),
    rpc("files/move_v2", WRITE, MOVE, files::rename),
    upload("files/upload", UPLOAD, content::upload),
    upload("files/upload_session/start", START, sessions::start),
    upload("files/upload_session/append_v2", APPEND, sessions::append),
    upload("files/upload_session/finish", FINISH, sessions::finish),
    Route {
        name: "files/download",
        style: Style::Download,
        scope: READ,
        fields: Some(DOWNLOAD),
        act: content::download,
    },
];

impl Route {
    /// The route of a name, if it is called on the host that it is on.
    pub(super) fn find(name: &str, is_content: bool) -> Result<&'static Self, Refusal> {
        let route = ROUTES.iter().find(|route| route.name == name);
        let unknown = || Refusal::text(name, format!("Unknown API function: \"{name}\""));
        let route = route.ok_or_else(unknown)?;
        if (route.style != Style::Rpc) == is_content {
            return Ok(route);
        }
        let host = if is_content { "api.dropboxapi.com" } else { "content.dropboxapi.com" };
        Err(Refusal::text(name, format!("This API function is on the host {host}")))
    }

    pub(super) fn is_commit(&self) -> bool {
        matches!(self.name, "files/upload" | "files/upload_session/finish")
    }

    /// Whether it adds to an upload that has begun.
    pub(super) fn is_addition(&self) -> bool {
        matches!(self.name, "files/upload_session/append_v2" | "files/upload_session/finish")
    }
}
