//! `POST /sync/{provider}/callback`.

use app_connectors::drives::DriveErrorClass;
use app_connectors::drives::oauth::GrantError;
use app_domain::{DriveConnection, DriveProvider, Invalid, PendingDrive, TokenHash};
use app_http::{
    ApiError, ApiErrors, BodyErrors, CallerErrors, ErrorBody, FieldErrors, InPerson, Now, Parse, ValidJson,
};
use app_store::{DriveConnections, DriveTokens, KeptTokens, PendingDrives};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::OneDrive;
use super::{Door, Offered, PathProvider, refused};

/// The longest code or state.
const MAX_BYTES: usize = 4096;

/// What came back with the browser.
#[derive(Deserialize, ToSchema)]
pub(crate) struct CallbackRequest {
    /// The provider's code, if the person agreed.
    #[serde(default)]
    code: Option<String>,
    /// The state that came with it.
    state: String,
    /// What the provider said instead of a code, such as `access_denied`.
    #[serde(default)]
    error: Option<String>,
}

/// What came back, checked.
pub(crate) struct CameBack {
    code: Option<String>,
    state: String,
}

impl Parse for CallbackRequest {
    type Parsed = CameBack;

    fn parse(self) -> Result<CameBack, FieldErrors> {
        let mut errors = FieldErrors::default();
        if self.state.is_empty() || self.state.len() > MAX_BYTES {
            errors.add("state", &Invalid::new("must be what came back with the browser"));
        }
        let is_code = |code: &String| !code.is_empty() && code.len() <= MAX_BYTES;
        let code = self.code.filter(|_| self.error.is_none());
        if self.error.is_none() && !code.as_ref().is_some_and(is_code) {
            errors.add("code", &Invalid::new("must be what came back with the browser"));
        }
        errors.into_result().map(|()| CameBack { code, state: self.state })
    }
}

/// Connect a drive, after its owner has agreed.
///
/// Works once, for who began it, in the same session. A drive that was connected before keeps its settings and its backups.
#[utoipa::path(
    post, operation_id = "connectDrive", path = "/sync/{provider}/callback", tag = "sync", security(("bearer" = [])),
    params(("provider" = String, Path, description = "`google-drive`, `dropbox` or `onedrive`.")),
    request_body = CallbackRequest,
    responses(
        (status = 200, description = "The drive.", body = OneDrive),
        (status = 404, description = "There is no such provider.", body = ErrorBody),
        (status = 409, description = "The person did not agree, or to less than is needed, or it has taken too long.", body = ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn callback(
    State(offered): State<Offered>,
    State(pending): State<PendingDrives>,
    State(tokens): State<DriveTokens>,
    State(drives): State<DriveConnections>,
    State(door): State<Door>,
    caller: InPerson,
    PathProvider(provider): PathProvider,
    Now(now): Now,
    ValidJson(came): ValidJson<CallbackRequest>,
) -> Result<Json<OneDrive>, ApiError> {
    let begun = pending.end(&TokenHash::of(&came.state), now).await?;
    let is_theirs = |begun: &PendingDrive| {
        begun.user_id == caller.user_id && begun.session_id == caller.session_id && begun.provider == provider
    };
    let begun = begun.filter(is_theirs).ok_or_else(not_begun)?;
    let code = came.code.ok_or_else(|| not_agreed(provider))?;
    let grant = offered.client(provider).await?;
    let grant = grant.exchange(&code, &begun.code_verifier.into(), &begun.redirect_uri).await;
    let grant = grant.map_err(|error| not_granted(error, provider))?;
    let refresh_token = grant.refresh_token.ok_or_else(|| not_agreed(provider))?;
    let kept = KeptTokens::new(grant.access_token, now.plus(grant.expires_in), refresh_token);
    let new = (String::new(), String::new());
    let new = DriveConnection::new(caller.user_id, provider, kept.grant, new.0, new.1, now);
    let new = door.first(new, &kept).await?;
    Ok(Json(tokens.connect(&drives, &new, &kept, &caller.origin, now).await?.into()))
}

fn not_begun() -> ApiError {
    ApiError::conflict(
        "ConnectionNotBegun",
        "This was not begun here, or too long ago, or is over. Begin again.",
    )
}

fn not_agreed(provider: DriveProvider) -> ApiError {
    let message = format!("{} says that you did not agree. Nothing was connected.", provider.title());
    ApiError::conflict("ConsentDenied", message)
}

fn not_granted(error: GrantError, provider: DriveProvider) -> ApiError {
    match error {
        GrantError::TooLittle(scope) => {
            let message =
                format!("Backups need the permission {scope}, which you did not give. Begin again.");
            ApiError::conflict("ConsentTooNarrow", message)
        }
        GrantError::NoRefreshToken => not_agreed(provider),
        GrantError::Drive(error) if error.class == DriveErrorClass::NeedsConsent => not_begun(),
        GrantError::Drive(error) => refused(error, provider),
    }
}
