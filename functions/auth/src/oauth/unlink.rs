//! `DELETE /auth/oauth/{provider}`.

use app_connectors::oidc::ProviderName;
use app_domain::{AuditEntry, AuditEvent};
use app_http::{ApiError, ApiErrors, CallerErrors, InPerson, ItemErrors, Now, PathId};
use app_store::{Identities, OtherWayIn, Users};
use axum::extract::State;
use axum::http::StatusCode;

use crate::Exchanger;

/// Unlink Google or Apple. The last way in stays: set a password first.
#[utoipa::path(
    delete, operation_id = "unlinkProvider", path = "/auth/oauth/{provider}", tag = "auth", security(("bearer" = [])),
    params(("provider" = String, Path, description = "`google` or `apple`.")),
    responses(
        (status = 204, description = "It is unlinked."),
        (status = 409, description = "There would be no way in left.", body = app_http::ErrorBody),
        ApiErrors, CallerErrors, ItemErrors,
    ),
)]
pub(crate) async fn unlink(
    State(exchanger): State<Exchanger>,
    State(identities): State<Identities>,
    State(users): State<Users>,
    caller: InPerson,
    PathId(name): PathId<ProviderName>,
    Now(now): Now,
) -> Result<StatusCode, ApiError> {
    let (linked, user) = tokio::try_join!(identities.of_user(caller.user_id), users.get(caller.user_id))?;
    let is_it = |provider: &str| provider == name.as_str();
    let identity = linked.iter().find(|identity| is_it(&identity.provider));
    let identity = identity.ok_or_else(|| ApiError::not_found("linked account"))?;
    let other = linked.iter().map(|other| other.provider.as_str()).find(|other| !is_it(other));
    let other = if user.is_some_and(|user| user.has_password) {
        OtherWayIn::Password
    } else {
        OtherWayIn::Provider(other.ok_or_else(last_way_in)?)
    };
    let audit = AuditEntry::new(caller.user_id, AuditEvent::IdentityUnlinked, caller.origin, now);
    let audit = audit.in_session(caller.session_id).about(name.as_str());
    if !identities.unlink(identity, other, &audit).await? {
        return Err(last_way_in());
    }
    if let Err(error) = exchanger.leave(name, identity, now).await {
        tracing::warn!(provider = name.as_str(), error = %error, "the provider was not told that a person has left");
    }
    Ok(StatusCode::NO_CONTENT)
}

fn last_way_in() -> ApiError {
    let message = "You could not sign in any more. Set a password first, or link another provider.";
    ApiError::conflict("LastWayIn", message)
}
