//! Conversations with Memo, as they are kept.

mod act;
mod body;
mod fork;
mod list;
mod one;
mod turns;

use app_domain::{ConversationId, TurnId};
use app_http::{ApiError, Routes, routes};
use app_store::ConversationError;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use crate::App;

/// The operations on conversations.
pub(crate) fn api<R: Routes<App>>() -> R {
    R::new()
        .routes(routes!(list::list))
        .routes(routes!(one::read, one::patch, one::delete))
        .routes(routes!(turns::list))
        .routes(routes!(turns::read))
        .routes(routes!(fork::fork))
        .routes(routes!(act::decide))
}

/// Which turn of which conversation. What cannot be one is not found.
#[derive(Debug)]
pub(crate) struct PathTurn {
    pub(crate) conversation: ConversationId,
    pub(crate) id: TurnId,
}

impl<S: Send + Sync> FromRequestParts<S> for PathTurn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let named = path.ok().and_then(|Path((conversation, id))| {
            Some(Self { conversation: conversation.parse().ok()?, id: id.parse().ok()? })
        });
        named.ok_or_else(|| ApiError::not_found("message"))
    }
}

/// The answer where nothing could be done.
pub(crate) fn refused(error: ConversationError) -> ApiError {
    match error {
        ConversationError::Missing => ApiError::not_found("conversation"),
        ConversationError::NoTurn | ConversationError::NoParent => ApiError::not_found("message"),
        ConversationError::NoAction => ApiError::not_found("action"),
        ConversationError::AlreadyDecided => {
            ApiError::conflict("AlreadyDecided", "Somebody has decided on this already.")
        }
        ConversationError::TooLong => ApiError::unprocessable(
            "ConversationTooLong",
            "More than 1,000 messages cannot be copied: fork at an earlier one.",
        ),
        ConversationError::Store(error) => error.into(),
    }
}
