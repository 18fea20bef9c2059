//! `POST /auth/logout`.

use app_http::{ApiError, ApiErrors, Caller, CallerErrors};
use app_store::Sessions;
use axum::extract::State;
use axum::http::StatusCode;

/// End the caller's session: its refresh token stops working at once, its access token when it expires.
#[utoipa::path(
    post, operation_id = "logout", path = "/auth/logout", tag = "auth", security(("bearer" = [])),
    responses((status = 204, description = "The session has ended."), ApiErrors, CallerErrors),
)]
pub(crate) async fn logout(State(sessions): State<Sessions>, caller: Caller) -> Result<StatusCode, ApiError> {
    sessions.end(caller.user_id, caller.session_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
