//! `GET /reminders/{id}`.

use app_domain::ReminderId;
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ItemErrors, PathId, ReadMemories};
use app_store::Reminders;
use axum::Json;
use axum::extract::State;

use super::body::OneReminder;

/// Read a reminder.
#[utoipa::path(
    get, operation_id = "readReminder", path = "/reminders/{id}", tag = "reminders", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "The reminder.", body = OneReminder), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn read(
    State(reminders): State<Reminders>,
    caller: Caller<ReadMemories>,
    PathId(id): PathId<ReminderId>,
) -> Result<Json<OneReminder>, ApiError> {
    let reminder = reminders.get(caller.user_id, id).await?;
    let reminder = reminder.ok_or_else(|| ApiError::not_found("reminder"))?;
    Ok(Json(OneReminder::from(reminder)))
}
