//! `DELETE /auth/sessions` and `DELETE /auth/sessions/{id}`.

use app_domain::{AuditEntry, AuditEvent, SessionId};
use app_http::{
    ApiError, ApiErrors, Authenticator, CallerErrors, FieldErrors, InPerson, ItemErrors, Now, Parse, PathId,
    ValidQuery,
};
use app_store::{Sessions, Users};
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;

/// End one of the caller's sessions. Its refresh token stops working at once, its access token within 10 seconds.
#[utoipa::path(
    delete, operation_id = "endSession", path = "/auth/sessions/{id}", tag = "auth", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The session's id.")),
    responses((status = 204, description = "It has ended."), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn end(
    State(sessions): State<Sessions>,
    State(authenticator): State<Authenticator>,
    caller: InPerson,
    PathId(id): PathId<SessionId>,
    Now(now): Now,
) -> Result<StatusCode, ApiError> {
    let audit = AuditEntry::new(caller.user_id, AuditEvent::SessionEnded, caller.origin, now).in_session(id);
    if !sessions.end(caller.user_id, id, &audit).await? {
        return Err(ApiError::not_found("session"));
    }
    authenticator.forget();
    Ok(StatusCode::NO_CONTENT)
}

/// Which sessions to end.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct EndAllQuery {
    /// Whether to leave the session that asks.
    #[serde(default)]
    keep_current: bool,
}

impl Parse for EndAllQuery {
    type Parsed = Self;

    fn parse(self) -> Result<Self, FieldErrors> {
        Ok(self)
    }
}

/// End all of the caller's sessions, with `keepCurrent=true` all others. Refresh tokens stop working at once, access tokens
/// within 10 seconds.
#[utoipa::path(
    delete, operation_id = "endAllSessions", path = "/auth/sessions", tag = "auth", security(("bearer" = [])),
    params(EndAllQuery),
    responses((status = 204, description = "They have ended."), ApiErrors, CallerErrors),
)]
pub(crate) async fn end_all(
    State(users): State<Users>,
    State(authenticator): State<Authenticator>,
    caller: InPerson,
    Now(now): Now,
    ValidQuery(query): ValidQuery<EndAllQuery>,
) -> Result<StatusCode, ApiError> {
    let keep = query.keep_current.then_some(caller.session_id);
    let audit = AuditEntry::new(caller.user_id, AuditEvent::AllSessionsEnded, caller.origin, now);
    users.end_sessions(caller.user_id, keep, &audit.in_session(caller.session_id)).await?;
    authenticator.forget();
    Ok(StatusCode::NO_CONTENT)
}
