//! `GET /admin/users/{id}/audit`.

use app_domain::{AuditId, UserId};
use app_http::{
    ApiError, ApiErrors, ByCursor, Caller, CallerErrors, CursorQuery, ItemErrors, ManageUsers, PathId,
};
use app_store::{AuditLog, Directory};
use axum::Json;
use axum::extract::State;

use super::body::{AuditEntryBody, AuditPage};

/// List what happened to the security of an account, newest first, with who did it if it was an administrator.
///
/// Read by cursor alone, as one's own log is.
#[utoipa::path(
    get, operation_id = "listAccountAuditEntries", path = "/admin/users/{id}/audit", tag = "admin", security(("bearer" = ["manage:users"]), ("apiKey" = ["manage:users"])),
    params(("id" = Uuid, Path, description = "The account's id."), CursorQuery),
    responses((status = 200, description = "A page of the log.", body = AuditPage), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn of_account(
    State(directory): State<Directory>,
    State(log): State<AuditLog>,
    _caller: Caller<ManageUsers>,
    PathId(id): PathId<UserId>,
    page: ByCursor<AuditId>,
) -> Result<Json<AuditPage>, ApiError> {
    let (account, (entries, _)) =
        tokio::try_join!(directory.get(id), log.page(id, page.after, page.to_read()))?;
    account.ok_or_else(|| ApiError::not_found("account"))?;
    Ok(Json(AuditPage::new(&page, entries, AuditEntryBody::for_administrators)))
}
