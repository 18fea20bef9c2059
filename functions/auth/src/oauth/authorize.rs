//! `GET /auth/oauth/{provider}/authorize`.

use app_connectors::oidc::{AuthorizationRequest, ProviderName, pkce};
use app_domain::{Invalid, PendingSignIn, SecretToken};
use app_http::{ApiError, ApiErrors, FieldErrors, ItemErrors, Now, Parse, PathId, ValidQuery, Visitor};
use app_store::PendingSignIns;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::SignInProviders;
use super::providers::failed;

/// Where the browser goes afterwards.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct AuthorizeQuery {
    /// One of the addresses that the deployer has listed. The provider's answer comes back to it as `code` and `state`.
    redirect_uri: String,
}

impl Parse for AuthorizeQuery {
    type Parsed = String;

    fn parse(self) -> Result<String, FieldErrors> {
        Ok(self.redirect_uri)
    }
}

/// A sign-in that has begun.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Authorization {
    /// Where to send the browser.
    #[schema(example = "https://accounts.google.com/o/oauth2/v2/auth?…")]
    authorization_url: String,
    /// Keep it: what comes back must be the same, or somebody else has begun this sign-in. Send it along with the code.
    state: String,
    /// How long the sign-in may take, in seconds.
    #[schema(example = 600)]
    expires_in: u64,
}

/// Begin to sign in with Google or Apple. The server keeps the nonce and the PKCE verifier.
#[utoipa::path(
    get, operation_id = "beginProviderSignIn", path = "/auth/oauth/{provider}/authorize", tag = "auth",
    params(("provider" = String, Path, description = "`google` or `apple`."), AuthorizeQuery),
    responses((status = 200, description = "Where to send the browser.", body = Authorization), ApiErrors, ItemErrors),
)]
pub(crate) async fn authorize(
    State(providers): State<SignInProviders>,
    State(pending): State<PendingSignIns>,
    _visitor: Visitor,
    PathId(name): PathId<ProviderName>,
    Now(now): Now,
    ValidQuery(redirect_uri): ValidQuery<AuthorizeQuery>,
) -> Result<Json<Authorization>, ApiError> {
    let provider = providers.get(name).await?;
    if !provider.accepts_redirect(&redirect_uri) {
        return Err(unlisted("redirectUri").into());
    }
    let [state, nonce, verifier] =
        [SecretToken::generate()?, SecretToken::generate()?, SecretToken::generate()?];
    let request = AuthorizationRequest {
        state: state.expose().to_owned(),
        nonce: nonce.expose().to_owned(),
        code_challenge: pkce::challenge(verifier.expose()),
        redirect_uri: provider.redirect_for(&redirect_uri).to_owned(),
    };
    let url = provider.authorization_url(&request, now).await.map_err(failed)?;
    let begun = PendingSignIn {
        provider: name.as_str().to_owned(),
        nonce: nonce.into_text(),
        code_verifier: verifier.into_text(),
        redirect_uri,
        first_name: None,
        last_name: None,
        expires_at: now.plus(PendingSignIn::LIFETIME),
    };
    pending.begin(&state.hash(), &begun).await?;
    Ok(Json(Authorization {
        authorization_url: url.into(),
        state: state.into_text(),
        expires_in: PendingSignIn::LIFETIME.as_secs(),
    }))
}

/// The redirect address is none of those that the deployer has listed.
pub(crate) fn unlisted(field: &str) -> FieldErrors {
    FieldErrors::one(field, &Invalid::new("is not one of the addresses that this service redirects to"))
}
