//! `GET /sync/whatsapp`.

use app_http::{ApiError, ApiErrors, Caller, CallerErrors, Now, SyncWhatsapp};
use app_store::WhatsappLinks;
use axum::Json;
use axum::extract::State;

use super::body::WhatsappStatus;

/// See how the WhatsApp connection is.
#[utoipa::path(
    get, operation_id = "readWhatsapp", path = "/sync/whatsapp", tag = "sync", security(("bearer" = ["sync:whatsapp"]), ("apiKey" = ["sync:whatsapp"])),
    responses((status = 200, description = "The connection and its health.", body = WhatsappStatus), ApiErrors, CallerErrors),
)]
pub(crate) async fn read(
    State(links): State<WhatsappLinks>,
    caller: Caller<SyncWhatsapp>,
    Now(now): Now,
) -> Result<Json<WhatsappStatus>, ApiError> {
    let link = links.of(caller.user_id).await?;
    Ok(Json(WhatsappStatus::of(link, now)))
}
