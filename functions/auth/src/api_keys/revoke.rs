//! `DELETE /auth/api-keys/{id}`.

use app_domain::{ApiKeyId, AuditEntry, AuditEvent};
use app_http::{ApiError, ApiErrors, Authenticator, CallerErrors, InPerson, ItemErrors, Now, PathId};
use app_store::ApiKeys;
use axum::extract::State;
use axum::http::StatusCode;

/// Revoke one of the caller's API keys. It stops working within 10 seconds.
#[utoipa::path(
    delete, operation_id = "revokeApiKey", path = "/auth/api-keys/{id}", tag = "auth", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The key's id.")),
    responses((status = 204, description = "It is revoked."), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn revoke(
    State(keys): State<ApiKeys>,
    State(authenticator): State<Authenticator>,
    caller: InPerson,
    PathId(id): PathId<ApiKeyId>,
    Now(now): Now,
) -> Result<StatusCode, ApiError> {
    let gone = || ApiError::not_found("API key");
    let key = keys.get(caller.user_id, id).await?.ok_or_else(gone)?;
    let audit = AuditEntry::new(caller.user_id, AuditEvent::ApiKeyRevoked, caller.origin, now);
    if !keys.revoke(&key, &audit.in_session(caller.session_id).about(key.prefix.clone())).await? {
        return Err(gone());
    }
    authenticator.forget();
    Ok(StatusCode::NO_CONTENT)
}
