//! `DELETE /reminders/{id}`.

use app_domain::ReminderId;
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ItemErrors, PathId, WriteMemories};
use app_store::Reminders;
use axum::extract::State;
use axum::http::StatusCode;

/// Delete a reminder. If it waits, no mail is sent.
#[utoipa::path(
    delete, operation_id = "deleteReminder", path = "/reminders/{id}", tag = "reminders", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "Deleted."), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn delete(
    State(reminders): State<Reminders>,
    caller: Caller<WriteMemories>,
    PathId(id): PathId<ReminderId>,
) -> Result<StatusCode, ApiError> {
    match reminders.delete(caller.user_id, id).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::not_found("reminder")),
    }
}
