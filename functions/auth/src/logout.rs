//! `POST /auth/logout`.

use app_domain::{AuditEntry, AuditEvent};
use app_http::{ApiError, ApiErrors, Authenticator, CallerErrors, InPerson, Now};
use app_store::Sessions;
use axum::extract::State;
use axum::http::StatusCode;

/// End the caller's session. Its refresh token stops working at once, its access token within 10 seconds.
#[utoipa::path(
    post, operation_id = "logout", path = "/auth/logout", tag = "auth", security(("bearer" = [])),
    responses((status = 204, description = "The session has ended."), ApiErrors, CallerErrors),
)]
pub(crate) async fn logout(
    State(sessions): State<Sessions>,
    State(authenticator): State<Authenticator>,
    caller: InPerson,
    Now(now): Now,
) -> Result<StatusCode, ApiError> {
    let audit = AuditEntry::new(caller.user_id, AuditEvent::SessionEnded, caller.origin, now);
    sessions.end(caller.user_id, caller.session_id, &audit.in_session(caller.session_id)).await?;
    authenticator.forget();
    Ok(StatusCode::NO_CONTENT)
}
