//! `POST /auth/apple/callback`: where Apple sends the browser, as a form.

use app_connectors::oidc::AppleUser;
use app_domain::TokenHash;
use app_http::{ApiError, ApiErrors, BodyErrors, Form, Now, Visitor};
use app_store::PendingSignIns;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use url::Url;
use utoipa::ToSchema;

/// What Apple's form holds.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AppleForm {
    /// The state of the sign-in that was begun.
    state: String,
    /// Apple's code, unless the person said no.
    code: Option<String>,
    /// The person's name in JSON, the first time only. Nobody has signed it.
    user: Option<String>,
    /// Why there is no code: `user_cancelled_authorize`.
    error: Option<String>,
}

/// Take Apple's answer and send the browser on to where the sign-in was begun, with `code` and `state`, or `error` and
/// `state`, as Google does by itself. Apple answers with a form because it was asked for the person's name.
#[utoipa::path(
    post, operation_id = "appleCallback", path = "/auth/apple/callback", tag = "auth",
    request_body(content = AppleForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "On to the address that the sign-in was begun with."), ApiErrors, BodyErrors),
)]
pub(crate) async fn apple_callback(
    State(pending): State<PendingSignIns>,
    _visitor: Visitor,
    Now(now): Now,
    Form(form): Form<AppleForm>,
) -> Result<impl IntoResponse, ApiError> {
    let state = TokenHash::of(&form.state);
    let begun = pending.get(&state, now).await?.filter(|begun| begun.provider == "apple");
    let begun = begun.ok_or_else(|| {
        ApiError::malformed("UnknownState", "This sign-in was not begun here, or is over. Begin again.")
    })?;
    if let Some(user) = form.user.as_deref().and_then(AppleUser::parse) {
        pending.name(&state, &user.first_name, &user.last_name).await?;
    }
    let mut onward = Url::parse(&begun.redirect_uri).map_err(ApiError::internal)?;
    let outcome = match (&form.code, &form.error) {
        (Some(code), None) => ("code", code.as_str()),
        (_, error) => ("error", error.as_deref().unwrap_or("server_error")),
    };
    onward.query_pairs_mut().append_pair(outcome.0, outcome.1).append_pair("state", &form.state);
    let location = HeaderValue::from_str(onward.as_str()).map_err(ApiError::internal)?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]))
}
