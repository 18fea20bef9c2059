//! `GET /users/me/audit`.

use app_domain::AuditId;
use app_http::{ApiError, ApiErrors, ByCursor, CallerErrors, CursorQuery, InPerson};
use app_store::AuditLog;
use axum::Json;
use axum::extract::State;

use super::body::{AuditEntryBody, AuditPage};

/// List what happened to the security of the caller's account, newest first.
///
/// There are no numbered pages and no total: a log grows at its beginning, so that numbers would shift, and nobody counts it.
/// `nextCursor` reads on at any depth. Entries are kept for 400 days. An API key may not read them.
#[utoipa::path(
    get, operation_id = "listOwnAuditEntries", path = "/users/me/audit", tag = "users", security(("bearer" = [])),
    params(CursorQuery),
    responses((status = 200, description = "A page of the log.", body = AuditPage), ApiErrors, CallerErrors),
)]
pub(crate) async fn own(
    State(log): State<AuditLog>,
    caller: InPerson,
    page: ByCursor<AuditId>,
) -> Result<Json<AuditPage>, ApiError> {
    let (entries, _) = log.page(caller.user_id, page.after, page.to_read()).await?;
    Ok(Json(AuditPage::new(&page, entries, AuditEntryBody::for_its_person)))
}
