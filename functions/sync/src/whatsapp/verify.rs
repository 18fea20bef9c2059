//! `POST /sync/whatsapp/verify`: looks again.

use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ErrorBody, Now, SyncWhatsapp};
use app_store::WhatsappLinks;
use axum::Json;
use axum::extract::State;

use super::body::{Standing, WhatsappStatus};
use crate::OwnNumbers;

/// Look whether the connection works.
///
/// Of a phone that is being connected, whether its code has come in. Of an own business number, whether Meta still takes its access token and
/// knows the number: what is wrong becomes `lastError`, and what is right again clears it.
#[utoipa::path(
    post, operation_id = "verifyWhatsapp", path = "/sync/whatsapp/verify", tag = "sync", security(("bearer" = ["sync:whatsapp"]), ("apiKey" = ["sync:whatsapp"])),
    responses(
        (status = 200, description = "The connection as it is now.", body = WhatsappStatus),
        (status = 409, description = "Nothing is connected, and nothing is being connected.", body = ErrorBody),
        ApiErrors, CallerErrors,
    ),
)]
pub(crate) async fn verify(
    State(links): State<WhatsappLinks>,
    State(own): State<OwnNumbers>,
    caller: Caller<SyncWhatsapp>,
    Now(now): Now,
) -> Result<Json<WhatsappStatus>, ApiError> {
    let mut link = links.of(caller.user_id).await?;
    if link.connected.is_none() && link.own.is_none() && link.pending.is_none() {
        let message = "There is nothing to verify: WhatsApp is not connected, and no code was given out.";
        return Err(ApiError::conflict("NotConnected", message));
    }
    if let Some(number) = &link.own {
        own.check(caller.user_id, &link, number, now).await?;
        link = links.of(caller.user_id).await?;
    }
    let mut status = WhatsappStatus::of(link, now);
    if status.status == Standing::Disconnected {
        status.status = Standing::Expired;
    }
    Ok(Json(status))
}
