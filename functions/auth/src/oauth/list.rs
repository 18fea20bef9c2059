//! `GET /auth/identities`.

use app_domain::LinkedIdentity;
use app_http::{ApiError, ApiErrors, CallerErrors, InPerson};
use app_store::Identities;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// An account at a provider that the caller signs in with.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IdentityBody {
    /// `google` or `apple`.
    #[schema(example = "google")]
    provider: String,
    /// The address that the provider knew when it was linked.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    linked_at: String,
}

/// The accounts that the caller signs in with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IdentityList {
    identities: Vec<IdentityBody>,
}

impl From<LinkedIdentity> for IdentityBody {
    fn from(identity: LinkedIdentity) -> Self {
        Self {
            provider: identity.provider,
            email: identity.email.map(|email| email.as_str().to_owned()),
            linked_at: identity.linked_at.to_string(),
        }
    }
}

/// List the accounts at Google and Apple that the caller signs in with.
#[utoipa::path(
    get, operation_id = "listIdentities", path = "/auth/identities", tag = "auth", security(("bearer" = [])),
    responses((status = 200, description = "The accounts.", body = IdentityList), ApiErrors, CallerErrors),
)]
pub(crate) async fn list(
    State(identities): State<Identities>,
    caller: InPerson,
) -> Result<Json<IdentityList>, ApiError> {
    let identities = identities.of_user(caller.user_id).await?;
    Ok(Json(IdentityList { identities: identities.into_iter().map(IdentityBody::from).collect() }))
}
