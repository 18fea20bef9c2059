//! `GET /sync/{provider}/authorize`.

use std::time::Duration;

use app_domain::{PendingDrive, TokenHash};
use app_http::{ApiError, ApiErrors, CallerErrors, ErrorBody, InPerson, Now};
use app_store::PendingDrives;
use axum::Json;
use axum::extract::State;
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;

use super::{DriveCallback, Offered, PathProvider, refused};

/// How long somebody may take at the provider's page.
const OPEN_FOR: Duration = Duration::from_secs(10 * 60);

/// Where to send the browser.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DriveAuthorization {
    /// The provider's page, where the person agrees. It sends the browser back to the frontend with `code` and `state`, or with `error`.
    url: String,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    expires_at: String,
}

/// Begin to connect a drive.
///
/// Send the browser to the address in the answer. What comes back is sent to `POST /sync/{provider}/callback` within ten minutes, in the same session.
/// Not for `s3`, which is connected with keys.
#[utoipa::path(
    get, operation_id = "authorizeDrive", path = "/sync/{provider}/authorize", tag = "sync", security(("bearer" = [])),
    params(("provider" = String, Path, description = "`google-drive`, `dropbox` or `onedrive`.")),
    responses(
        (status = 200, description = "Where to send the browser.", body = DriveAuthorization),
        (status = 404, description = "There is no such provider.", body = ErrorBody),
        (status = 422, description = "It cannot be connected to this service.", body = ErrorBody),
        ApiErrors, CallerErrors,
    ),
)]
pub(crate) async fn authorize(
    State(offered): State<Offered>,
    State(callback): State<DriveCallback>,
    State(pending): State<PendingDrives>,
    caller: InPerson,
    PathProvider(provider): PathProvider,
    Now(now): Now,
) -> Result<Json<DriveAuthorization>, ApiError> {
    let redirect_uri = callback.of(provider);
    let begun = offered.client(provider).await?.authorize(&redirect_uri);
    let begun = begun.map_err(|error| refused(error, provider))?;
    let expires_at = now.plus(OPEN_FOR);
    let drive = PendingDrive {
        user_id: caller.user_id,
        session_id: caller.session_id,
        provider,
        code_verifier: begun.verifier.expose_secret().to_owned(),
        redirect_uri,
        expires_at,
    };
    pending.begin(&TokenHash::of(begun.state.expose_secret()), &drive).await?;
    Ok(Json(DriveAuthorization { url: begun.url, expires_at: expires_at.to_string() }))
}
