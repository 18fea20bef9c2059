//! `PATCH /reminders/{id}`.

use app_domain::{ReminderId, ReminderText, Timestamp};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, ErrorBody, FieldErrors, ItemErrors, Now, Parse,
    PathId, ValidJson, WriteMemories,
};
use app_store::{ReminderError, Reminders};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::OneReminder;
use super::{ahead, written};

/// What to change. A member that is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct PatchReminderRequest {
    /// What it says: 1–500 characters on one line.
    #[schema(min_length = 1, max_length = 500)]
    text: Option<String>,
    /// When: at least a minute and at most two years ahead.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<String>,
}

/// A parsed [`PatchReminderRequest`].
#[derive(Debug)]
pub(crate) struct Change {
    text: Option<ReminderText>,
    at: Option<Timestamp>,
}

impl Parse for PatchReminderRequest {
    type Parsed = Change;

    fn parse(self) -> Result<Change, FieldErrors> {
        let mut errors = FieldErrors::default();
        let text = errors.check_optional("text", self.text.as_deref().map(ReminderText::parse));
        let at = errors.check_optional("at", self.at.as_deref().map(written));
        let (Some(text), Some(at)) = (text, at) else { return Err(errors) };
        Ok(Change { text, at })
    }
}

/// Change a reminder that waits.
#[utoipa::path(
    patch, operation_id = "patchReminder", path = "/reminders/{id}", tag = "reminders", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("id" = Uuid, Path)),
    request_body = PatchReminderRequest,
    responses(
        (status = 200, description = "The reminder after the change.", body = OneReminder),
        (status = 409, description = "It does not wait any more.", body = ErrorBody),
        ApiErrors, CallerErrors, BodyErrors, ItemErrors,
    ),
)]
pub(crate) async fn patch(
    State(reminders): State<Reminders>,
    caller: Caller<WriteMemories>,
    PathId(id): PathId<ReminderId>,
    Now(now): Now,
    ValidJson(Change { text, at }): ValidJson<PatchReminderRequest>,
) -> Result<Json<OneReminder>, ApiError> {
    let at = at.map(|at| ahead(at, now)).transpose()?;
    match reminders.change(caller.user_id, id, at, text.as_ref()).await {
        Ok(reminder) => Ok(Json(OneReminder::from(reminder))),
        Err(ReminderError::Missing) => Err(ApiError::not_found("reminder")),
        Err(ReminderError::NotWaiting) => {
            let message = "The time of this reminder has come. Set a new one.";
            Err(ApiError::conflict("ReminderNotWaiting", message))
        }
        Err(ReminderError::Store(error)) => Err(error.into()),
    }
}
