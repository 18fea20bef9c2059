//! `GET /reminders`.

use std::str::FromStr;

use app_domain::{Invalid, ReminderState};
use app_http::{
    ApiError, ApiErrors, ByCursor, Caller, CallerErrors, CursorPagination, CursorQuery, FieldErrors, Parse,
    ReadMemories, ValidQuery,
};
use app_store::{ReminderPosition, Reminders};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::ReminderBody;

/// Which reminders to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReminderQuery {
    /// `waiting`, `sent` or `missed`; all unless told.
    #[param(example = "waiting")]
    status: Option<String>,
}

impl Parse for ReminderQuery {
    type Parsed = Option<ReminderState>;

    fn parse(self) -> Result<Self::Parsed, FieldErrors> {
        let mut errors = FieldErrors::default();
        let state = errors.check_optional("status", self.status.as_deref().map(ReminderState::from_str));
        state.ok_or(errors)
    }
}

/// A page of reminders.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReminderPage {
    /// Those that wait first, then those that were sent, then those that were missed; of each the soonest first.
    reminders: Vec<ReminderBody>,
    /// Where the page ends.
    pagination: CursorPagination,
}

/// List reminders. Those that do not wait any more are kept for 30 days.
#[utoipa::path(
    get, operation_id = "listReminders", path = "/reminders", tag = "reminders", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(ReminderQuery, CursorQuery),
    responses((status = 200, description = "A page of reminders.", body = ReminderPage), ApiErrors, CallerErrors),
)]
pub(crate) async fn list(
    State(reminders): State<Reminders>,
    caller: Caller<ReadMemories>,
    page: ByCursor<ReminderPosition>,
    ValidQuery(state): ValidQuery<ReminderQuery>,
) -> Result<Json<ReminderPage>, ApiError> {
    if let (Some(after), Some(state)) = (&page.after, state)
        && !after.is_among(state)
    {
        let rule = Invalid::new("belongs to a list of another status");
        return Err(FieldErrors::one("cursor", &rule).into());
    }
    let (found, next) = reminders.list(caller.user_id, state, page.after.as_ref(), page.limit()).await?;
    let reminders = found.into_iter().map(ReminderBody::from).collect();
    Ok(Json(ReminderPage { reminders, pagination: page.ending(next) }))
}
