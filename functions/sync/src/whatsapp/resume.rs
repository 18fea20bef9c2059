//! `POST /sync/whatsapp/resume`.

use app_domain::Chore;
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ErrorBody, Now, SyncWhatsapp};
use app_runtime::Queue;
use app_store::WhatsappLinks;
use axum::Json;
use axum::extract::State;

use super::body::WhatsappStatus;
use super::not_connected;

/// Resume saving.
///
/// What was kept aside meanwhile becomes memories, in the background. Not paused, nothing changes.
#[utoipa::path(
    post, operation_id = "resumeWhatsapp", path = "/sync/whatsapp/resume", tag = "sync", security(("bearer" = ["sync:whatsapp"]), ("apiKey" = ["sync:whatsapp"])),
    responses(
        (status = 200, description = "It goes on.", body = WhatsappStatus),
        (status = 409, description = "WhatsApp is not connected.", body = ErrorBody),
        ApiErrors, CallerErrors,
    ),
)]
pub(crate) async fn resume(
    State(links): State<WhatsappLinks>,
    State(chores): State<Queue<Chore>>,
    caller: Caller<SyncWhatsapp>,
    Now(now): Now,
) -> Result<Json<WhatsappStatus>, ApiError> {
    if !links.set_paused(caller.user_id, None).await? {
        return Err(not_connected());
    }
    // Asked for each time: an earlier request may have ended between the two.
    chores.send(&Chore::ClaimInbox { owner: caller.user_id }).await.map_err(ApiError::unavailable)?;
    let link = links.of(caller.user_id).await?;
    Ok(Json(WhatsappStatus::of(link, now)))
}
