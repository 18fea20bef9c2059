//! `DELETE /sync/{provider}`.

use app_connectors::drives::oauth::Revoked;
use app_domain::DriveProvider;
use app_http::{ApiError, ApiErrors, BestEffort, CallerErrors, ErrorBody, InPerson, Now};
use app_store::{DriveConnections, DriveTokens, KeptTokens};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::door::in_time;
use super::{Offered, PathProvider, not_connected};

/// What was done.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DriveDisconnected {
    /// Always `disconnected`.
    #[schema(example = "disconnected")]
    status: &'static str,
    /// Whether the provider was told that our permission is over. If not, take it back in the account's settings there.
    is_revoked: bool,
}

/// Disconnect a drive.
///
/// Nothing is backed up any more, and our keys to it are forgotten. What is on the drive stays: it is yours. Settings are kept for when it is connected again.
#[utoipa::path(
    delete, operation_id = "disconnectDrive", path = "/sync/{provider}", tag = "sync", security(("bearer" = [])),
    params(("provider" = String, Path, description = "`google-drive`, `dropbox`, `onedrive` or `s3`.")),
    responses(
        (status = 200, description = "What was done.", body = DriveDisconnected),
        (status = 404, description = "There is no such provider.", body = ErrorBody),
        (status = 409, description = "It is not connected.", body = ErrorBody),
        ApiErrors, CallerErrors,
    ),
)]
pub(crate) async fn disconnect(
    State(offered): State<Offered>,
    State(tokens): State<DriveTokens>,
    State(drives): State<DriveConnections>,
    caller: InPerson,
    PathProvider(provider): PathProvider,
    Now(now): Now,
) -> Result<Json<DriveDisconnected>, ApiError> {
    let kept = tokens.get(caller.user_id, provider).await?;
    let gone = drives.disconnect(caller.user_id, provider, &caller.origin, now).await?;
    if gone.is_none() && kept.is_none() {
        return Err(not_connected(provider));
    }
    let is_revoked = match &kept {
        Some(kept) => revoked(&offered, provider, kept).await,
        None => false,
    };
    if let Some(kept) = kept {
        tokens.remove(caller.user_id, provider, kept.grant).await?;
    }
    Ok(Json(DriveDisconnected { status: "disconnected", is_revoked }))
}

/// Whether the provider was told. Best effort, and not for long: what is forgotten here is of no use to anybody.
async fn revoked(offered: &Offered, provider: DriveProvider, kept: &KeptTokens) -> bool {
    let Ok(client) = offered.client(provider).await else { return false };
    let told = in_time(client.revoke(&kept.refresh_token)).await;
    told.best_effort("giving back the grant of a drive") == Some(Revoked::Done)
}
