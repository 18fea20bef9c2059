//! `POST /reminders`.

use app_domain::{Invalid, MemoryId, Reminder, ReminderDraft, ReminderText, Timestamp};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, ErrorBody, FieldErrors, Now, Parse, ValidJson,
    WriteMemories,
};
use app_store::{ReminderCreation, Reminders};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::OneReminder;
use super::{ahead, written};

/// A reminder to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateReminderRequest {
    /// The memory that it is about. Its mail has a link to it.
    memory_id: Option<Uuid>,
    /// What it says: 1–500 characters on one line.
    #[schema(min_length = 1, max_length = 500, example = "Ask Ada how it went")]
    text: String,
    /// When: at least a minute and at most two years ahead.
    #[schema(value_type = String, format = DateTime)]
    at: String,
}

/// A parsed [`CreateReminderRequest`].
#[derive(Debug)]
pub(crate) struct Wanted {
    memory: Option<MemoryId>,
    text: ReminderText,
    at: Timestamp,
}

impl Parse for CreateReminderRequest {
    type Parsed = Wanted;

    fn parse(self) -> Result<Wanted, FieldErrors> {
        let mut errors = FieldErrors::default();
        let text = errors.check("text", ReminderText::parse(&self.text));
        let at = errors.check("at", written(&self.at));
        let (Some(text), Some(at)) = (text, at) else { return Err(errors) };
        Ok(Wanted { memory: self.memory_id.map(MemoryId::from), text, at })
    }
}

/// Set a reminder. When its time has come, its person gets a mail, if their address is confirmed. At most 500 wait at a time.
#[utoipa::path(
    post, operation_id = "createReminder", path = "/reminders", tag = "reminders", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    request_body = CreateReminderRequest,
    responses(
        (status = 201, description = "The reminder.", body = OneReminder),
        (status = 409, description = "There are 500 that wait already.", body = ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn create(
    State(reminders): State<Reminders>,
    caller: Caller<WriteMemories>,
    Now(now): Now,
    ValidJson(Wanted { memory, text, at }): ValidJson<CreateReminderRequest>,
) -> Result<impl IntoResponse, ApiError> {
    let draft = ReminderDraft { memory, text, at: ahead(at, now)? };
    let reminder = Reminder::new(caller.user_id, draft, now);
    match reminders.create(&reminder).await? {
        ReminderCreation::Done => {}
        ReminderCreation::TooMany => {
            let message =
                format!("You have {} reminders that wait. Delete one first.", Reminder::MAX_WAITING);
            return Err(ApiError::conflict("TooManyReminders", message));
        }
        ReminderCreation::NoMemory => {
            let rule = Invalid::new("must be the id of a memory of yours");
            return Err(FieldErrors::one("memoryId", &rule).into());
        }
    }
    let location = [(header::LOCATION, format!("/api/reminders/{}", reminder.id))];
    Ok((StatusCode::CREATED, location, Json(OneReminder::from(reminder))))
}
