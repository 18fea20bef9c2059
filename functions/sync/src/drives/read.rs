//! `GET /sync/{provider}`.

use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ErrorBody};
use app_store::DriveConnections;
use axum::Json;
use axum::extract::State;

use super::body::OneDrive;
use super::{PathProvider, not_connected};

/// See a drive.
///
/// One that was disconnected is still known, with its settings.
#[utoipa::path(
    get, operation_id = "readDrive", path = "/sync/{provider}", tag = "sync", security(("bearer" = []), ("apiKey" = [])),
    params(("provider" = String, Path, description = "`google-drive`, `dropbox`, `onedrive` or `s3`.")),
    responses(
        (status = 200, description = "The drive.", body = OneDrive),
        (status = 404, description = "There is no such provider.", body = ErrorBody),
        (status = 409, description = "It was never connected.", body = ErrorBody),
        ApiErrors, CallerErrors,
    ),
)]
pub(crate) async fn read(
    State(drives): State<DriveConnections>,
    caller: Caller,
    PathProvider(provider): PathProvider,
) -> Result<Json<OneDrive>, ApiError> {
    let drive = drives.get(caller.user_id, provider).await?.ok_or_else(|| not_connected(provider))?;
    Ok(Json(drive.into()))
}
