//! `GET /sync/status`.

use app_domain::{DriveConnection, DriveState, Timestamp};
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, Now};
use app_store::{DriveConnections, WhatsappLinks};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::whatsapp::{Standing, WhatsappStatus};

/// The caller's connections.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SyncStatus {
    /// WhatsApp, and one entry for each drive that was ever connected.
    providers: Vec<ProviderStatus>,
}

/// One connection.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProviderStatus {
    /// Which service.
    #[schema(example = "dropbox")]
    name: &'static str,
    /// `connected`; `pending` while a code waits to be sent; `paused`; `error`; `disconnected`.
    #[schema(example = "connected")]
    status: Standing,
    /// What the account on a drive is known by.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    /// The phone whose messages become memories.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<String>,
    /// Since when.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    connected_at: Option<Timestamp>,
    /// When its last message came in, or everything was last known to be on the drive.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sync: Option<Timestamp>,
    /// When it is synchronised next; absent where that happens by itself, as things come in.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    next_sync: Option<Timestamp>,
    /// What is wrong, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
    /// The phone that a code was given for; a connected phone stays connected meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pending_phone_number: Option<String>,
    /// When that code stops working.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pending_until: Option<Timestamp>,
}

/// See what is connected.
#[utoipa::path(
    get, operation_id = "readSyncStatus", path = "/sync/status", tag = "sync", security(("bearer" = []), ("apiKey" = [])),
    responses((status = 200, description = "The caller's connections.", body = SyncStatus), ApiErrors, CallerErrors),
)]
pub(crate) async fn status(
    State(links): State<WhatsappLinks>,
    State(drives): State<DriveConnections>,
    caller: Caller,
    Now(now): Now,
) -> Result<Json<SyncStatus>, ApiError> {
    let (link, drives) = tokio::try_join!(links.of(caller.user_id), drives.all(caller.user_id))?;
    let mut providers = vec![WhatsappStatus::of(link, now).into()];
    providers.extend(drives.into_iter().map(ProviderStatus::from));
    Ok(Json(SyncStatus { providers }))
}

impl From<WhatsappStatus> for ProviderStatus {
    fn from(whatsapp: WhatsappStatus) -> Self {
        Self {
            name: "whatsapp",
            status: whatsapp.status,
            account: None,
            phone_number: whatsapp.phone_number,
            connected_at: whatsapp.connected_at,
            last_sync: whatsapp.last_inbound,
            next_sync: None,
            error_message: whatsapp.last_error.map(|fault| fault.message),
            pending_phone_number: whatsapp.pending_phone_number,
            pending_until: whatsapp.pending_until,
        }
    }
}

/// A drive that does not let us in any more is in error, as is one on which something went wrong.
impl From<DriveConnection> for ProviderStatus {
    fn from(drive: DriveConnection) -> Self {
        let status = match drive.state {
            DriveState::Disconnected => Standing::Disconnected,
            DriveState::NeedsConsent => Standing::Error,
            DriveState::Connected if drive.fault.is_some() => Standing::Error,
            DriveState::Connected => Standing::Connected,
        };
        Self {
            name: drive.provider.as_str(),
            status,
            account: Some(drive.label).filter(|label| !label.is_empty()),
            phone_number: None,
            connected_at: Some(drive.connected_at),
            last_sync: drive.last_sync_at,
            next_sync: drive.next_at,
            error_message: drive.fault.map(|fault| fault.message),
            pending_phone_number: None,
            pending_until: None,
        }
    }
}
