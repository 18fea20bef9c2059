//! `POST /sync/whatsapp/pause`.

use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ErrorBody, Now, SyncWhatsapp};
use app_store::WhatsappLinks;
use axum::Json;
use axum::extract::State;

use super::body::WhatsappStatus;
use super::not_connected;

/// Pause saving.
///
/// What comes in from now on is kept aside for 30 days, and becomes memories when saving is resumed. Paused already, nothing changes.
#[utoipa::path(
    post, operation_id = "pauseWhatsapp", path = "/sync/whatsapp/pause", tag = "sync", security(("bearer" = ["sync:whatsapp"]), ("apiKey" = ["sync:whatsapp"])),
    responses(
        (status = 200, description = "It is paused.", body = WhatsappStatus),
        (status = 409, description = "WhatsApp is not connected.", body = ErrorBody),
        ApiErrors, CallerErrors,
    ),
)]
pub(crate) async fn pause(
    State(links): State<WhatsappLinks>,
    caller: Caller<SyncWhatsapp>,
    Now(now): Now,
) -> Result<Json<WhatsappStatus>, ApiError> {
    // Since the first time, if it is paused already.
    if !links.set_paused(caller.user_id, Some(now)).await? {
        return Err(not_connected());
    }
    let link = links.of(caller.user_id).await?;
    Ok(Json(WhatsappStatus::of(link, now)))
}
