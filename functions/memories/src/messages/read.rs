//! `GET /memories/{id}/messages/{messageId}`.

use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ItemErrors, ReadMemories, etag};
use app_store::Messages;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;

use super::body::OneMessage;
use super::{PathMessage, refused};

/// Read one message.
#[utoipa::path(
    get, operation_id = "readMessage", path = "/memories/{id}/messages/{messageId}", tag = "messages", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("id" = Uuid, Path), ("messageId" = Uuid, Path)),
    responses((status = 200, description = "The message.", body = OneMessage), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn read(
    State(messages): State<Messages>,
    caller: Caller<ReadMemories>,
    PathMessage { memory, id }: PathMessage,
) -> Result<impl IntoResponse, ApiError> {
    let message = messages.get(caller.user_id, memory, id).await.map_err(refused)?;
    Ok((etag(message.version), Json(OneMessage::from(message))))
}
