//! `GET /sync/status`.

use app_domain::{Timestamp, WhatsappLink};
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, Now};
use app_store::WhatsappLinks;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

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
    /// `connected`; `pending` while a code waits to be sent; `disconnected`.
    #[schema(example = "connected")]
    status: &'static str,
    /// The phone whose messages become memories.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<String>,
    /// Since when.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    connected_at: Option<Timestamp>,
    /// When its last message became a memory.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sync: Option<Timestamp>,
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
    Ok(Json(SyncStatus { providers: vec![ProviderStatus::of_whatsapp(link, now)] }))
}

impl ProviderStatus {
    fn of_whatsapp(link: WhatsappLink, now: Timestamp) -> Self {
        let pending = link.pending.filter(|pending| pending.expires_at > now);
        let status = match (&link.connected, &pending) {
            (Some(_), _) => "connected",
            (None, Some(_)) => "pending",
            (None, None) => "disconnected",
        };
        let (phone_number, connected_at, last_sync) = match link.connected {
            Some(connected) => {
                (Some(connected.phone.to_string()), Some(connected.since), connected.last_sync_at)
            }
            None => (None, None, None),
        };
        let pending_phone_number = pending.as_ref().map(|pending| pending.phone.to_string());
        let pending_until = pending.map(|pending| pending.expires_at);
        Self {
            name: "whatsapp",
            status,
            phone_number,
            connected_at,
            last_sync,
            pending_phone_number,
            pending_until,
        }
    }
}

#[cfg(test)]
mod tests {
    use app_domain::{PendingPhone, PhoneNumber};

    use super::*;

    #[test]
    fn a_code_that_is_too_old_waits_for_nothing() {
        let now = Timestamp::from_millis(1_795_000_000_000).unwrap();
        let phone = PhoneNumber::parse("+4915550002222").unwrap();
        let link = WhatsappLink { connected: None, pending: Some(PendingPhone { phone, expires_at: now }) };
        let status = ProviderStatus::of_whatsapp(link, now);
        assert_eq!((status.status, status.pending_until), ("disconnected", None));
    }
}
