//! `GET /auth/me`.

use app_http::{ApiError, ApiErrors, Caller, CallerErrors};
use app_store::Users;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::UserBody;

/// The caller's account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    user: UserBody,
}

/// Read the caller's account.
#[utoipa::path(
    get, operation_id = "readMe", path = "/auth/me", tag = "auth", security(("bearer" = []), ("apiKey" = [])),
    responses((status = 200, description = "The account.", body = Me), ApiErrors, CallerErrors),
)]
pub(crate) async fn me(State(users): State<Users>, caller: Caller) -> Result<Json<Me>, ApiError> {
    let user = users.get(caller.user_id).await?.filter(|user| user.is_active);
    let user =
        user.ok_or_else(|| ApiError::unauthenticated("AccountGone", "This account is no longer active."))?;
    Ok(Json(Me { user: user.into() }))
}
