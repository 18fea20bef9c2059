//! Messages: the conversation under a memory, which Memo can take part in.

mod answer;
mod body;
mod create;
mod delete;
mod deliver;
mod list;
mod patch;
mod read;

use app_domain::{Invalid, MemoryId, MessageId};
use app_http::{ApiError, FieldErrors, Routes, routes};
use app_store::MessageError;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use crate::App;

/// The operations on messages.
pub(crate) fn api<R: Routes<App>>() -> R {
    R::new().routes(routes!(create::create, list::list)).routes(routes!(
        read::read,
        patch::patch,
        delete::delete
    ))
}

/// Which message of which memory. What cannot be one is not found.
#[derive(Debug)]
pub(crate) struct PathMessage {
    memory: MemoryId,
    id: MessageId,
}

impl<S: Send + Sync> FromRequestParts<S> for PathMessage {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let named = path
            .ok()
            .and_then(|Path((memory, id))| Some(Self { memory: memory.parse().ok()?, id: id.parse().ok()? }));
        named.ok_or_else(|| ApiError::not_found("message"))
    }
}

/// The answer where nothing could be done.
fn refused(error: MessageError) -> ApiError {
    match error {
        MessageError::NoMemory => ApiError::not_found("memory"),
        MessageError::Missing => ApiError::not_found("message"),
        MessageError::NoParent => {
            let rule =
                "must be the id of a message of this memory that is neither deleted nor a reply itself";
            FieldErrors::one("parentMessageId", &Invalid::new(rule)).into()
        }
        MessageError::NoFiles(files) => {
            let files: Vec<String> = files.iter().map(ToString::to_string).collect();
            let files = files.join(", ");
            let rule =
                format!("must be files of yours that are ready and with no other memory, unlike {files}");
            FieldErrors::one("attachments", &Invalid::new(rule)).into()
        }
        MessageError::Stale => ApiError::stale(),
        MessageError::Refused(error) => FieldErrors::one(error.field, &error.invalid).into(),
        MessageError::Store(error) => error.into(),
    }
}
