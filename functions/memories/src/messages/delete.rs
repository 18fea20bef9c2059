//! `DELETE /memories/{id}/messages/{messageId}`.

use app_http::{
    ApiError, ApiErrors, Caller, CallerErrors, ChangeErrors, IfMatch, ItemErrors, Now, WriteMemories,
};
use app_store::Messages;
use axum::extract::State;
use axum::http::StatusCode;

use super::{PathMessage, refused};

/// Delete a message. One with replies stays, marked as deleted and emptied, until the last of them goes.
///
/// Its files stay with the memory.
#[utoipa::path(
    delete, operation_id = "deleteMessage", path = "/memories/{id}/messages/{messageId}", tag = "messages", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("id" = Uuid, Path), ("messageId" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "Delete only this version.")),
    responses((status = 204, description = "Deleted."), ApiErrors, CallerErrors, ItemErrors, ChangeErrors),
)]
pub(crate) async fn delete(
    State(messages): State<Messages>,
    caller: Caller<WriteMemories>,
    PathMessage { memory, id }: PathMessage,
    if_match: IfMatch,
    Now(now): Now,
) -> Result<StatusCode, ApiError> {
    messages.delete(caller.user_id, memory, id, if_match.0, now).await.map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}
