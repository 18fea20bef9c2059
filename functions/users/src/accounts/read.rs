//! `GET /admin/users/{id}`.

use app_domain::UserId;
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ItemErrors, ManageUsers, PathId};
use app_store::Directory;
use axum::Json;
use axum::extract::State;

use super::body::OneAccount;

/// Read one account.
#[utoipa::path(
    get, operation_id = "readAccount", path = "/admin/users/{id}", tag = "admin", security(("bearer" = ["manage:users"]), ("apiKey" = ["manage:users"])),
    params(("id" = Uuid, Path, description = "The account's id.")),
    responses((status = 200, description = "The account.", body = OneAccount), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn read(
    State(directory): State<Directory>,
    _caller: Caller<ManageUsers>,
    PathId(id): PathId<UserId>,
) -> Result<Json<OneAccount>, ApiError> {
    let account = directory.get(id).await?.ok_or_else(|| ApiError::not_found("account"))?;
    Ok(Json(account.into()))
}
