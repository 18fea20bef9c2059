//! `GET /sync/status`.

use app_domain::Timestamp;
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, Now};
use app_store::WhatsappLinks;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::whatsapp::{Standing, WhatsappStatus};

/// The caller's connections.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SyncStatus {
    /// One entry for each service that can be connected.
    providers: Vec<ProviderStatus>,
}

/// One connection.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProviderStatus {
    /// Which service.
    #[schema(example = "whatsapp")]
    name: &'static str,
    /// `connected`; `pending` while a code waits to be sent; `paused`; `error`; `disconnected`.
    #[schema(example = "connected")]
    status: Standing,
    /// The phone whose messages become memories.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<String>,
    /// Since when.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    connected_at: Option<Timestamp>,
    /// When its last message came in.
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
    caller: Caller,
    Now(now): Now,
) -> Result<Json<SyncStatus>, ApiError> {
    let link = links.of(caller.user_id).await?;
    Ok(Json(SyncStatus { providers: vec![WhatsappStatus::of(link, now).into()] }))
}

impl From<WhatsappStatus> for ProviderStatus {
    fn from(whatsapp: WhatsappStatus) -> Self {
        Self {
            name: "whatsapp",
            status: whatsapp.status,
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
