//! `POST /auth/oauth/{provider}/link`.

use app_connectors::oidc::ProviderName;
use app_domain::{AuditEntry, AuditEvent};
use app_http::{
    ApiError, ApiErrors, BodyErrors, CallerErrors, InPerson, ItemErrors, Now, PathId, ValidJson, Visitor,
};
use app_store::{Identities, Linking};
use axum::extract::State;
use axum::http::StatusCode;

use super::exchange::ProviderSignInRequest;
use crate::Exchanger;

/// Link a Google or Apple account to the caller's, to sign in with it from now on. Begin as for signing in.
#[utoipa::path(
    post, operation_id = "linkProvider", path = "/auth/oauth/{provider}/link", tag = "auth", security(("bearer" = [])),
    params(("provider" = String, Path, description = "`google` or `apple`.")),
    request_body = ProviderSignInRequest,
    responses(
        (status = 204, description = "It is linked."),
        (status = 409, description = "Somebody else signs in with it, or the caller has linked another one.", body = app_http::ErrorBody),
        ApiErrors, CallerErrors, BodyErrors, ItemErrors,
    ),
)]
pub(crate) async fn link(
    State(exchanger): State<Exchanger>,
    State(identities): State<Identities>,
    visitor: Visitor,
    caller: InPerson,
    PathId(name): PathId<ProviderName>,
    Now(now): Now,
    ValidJson(returned): ValidJson<ProviderSignInRequest>,
) -> Result<StatusCode, ApiError> {
    let proven = exchanger.exchange(name, returned, &visitor, now).await?;
    let linked = exchanger.linked(&proven, caller.user_id, now).await?;
    let audit = AuditEntry::new(caller.user_id, AuditEvent::IdentityLinked, caller.origin, now);
    let audit = audit.in_session(caller.session_id).about(linked.provider.clone());
    match identities.link(&linked, &audit).await? {
        Linking::Done => Ok(StatusCode::NO_CONTENT),
        Linking::HasAnother => Err(ApiError::conflict(
            "LinkedToAnother",
            "You have linked another account of this provider. Unlink it first.",
        )),
        Linking::SomebodyElses | Linking::EmailTaken => Err(ApiError::conflict(
            "IdentityTaken",
            "This account of the provider is linked here already, to you or to somebody else.",
        )),
    }
}
