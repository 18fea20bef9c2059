//! `POST /sync/force`.

use app_domain::{Chore, Invalid};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, ErrorBody, FieldErrors, Parse, SyncWhatsapp,
    ValidJson,
};
use app_runtime::Queue;
use app_store::WhatsappLinks;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::whatsapp::not_connected;

/// How long it usually takes, in seconds.
const ESTIMATED_SECONDS: u32 = 10;

/// What to synchronise.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct ForceSyncRequest {
    /// Which service: `whatsapp`. All of them unless told.
    #[schema(example = "whatsapp")]
    provider: Option<String>,
    /// `pull`, `push` or `both` (the default).
    #[schema(example = "both")]
    direction: Option<String>,
}

/// There is one service, and what is sent to it never waits for this, so nothing is left to choose after parsing.
impl Parse for ForceSyncRequest {
    type Parsed = ();

    fn parse(self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        if self.provider.is_some_and(|provider| provider != "whatsapp") {
            errors.add("provider", &Invalid::new("must be whatsapp"));
        }
        if self.direction.is_some_and(|direction| !["pull", "push", "both"].contains(&direction.as_str())) {
            errors.add("direction", &Invalid::new("must be pull, push or both"));
        }
        errors.into_result()
    }
}

/// A synchronisation that has begun.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ForcedSync {
    /// Its id, a UUIDv7.
    sync_id: Uuid,
    /// Always `started`.
    #[schema(example = "started")]
    status: &'static str,
    /// How long it usually takes, in seconds.
    #[schema(example = 10)]
    estimated_duration: u32,
}

/// Synchronise now.
///
/// WhatsApp delivers what people write as they write it and gives out nothing of the past. What is left to fetch is what was kept aside: messages
/// that came before the phone was connected, or while saving was paused. They become memories in the background.
#[utoipa::path(
    post, operation_id = "forceSync", path = "/sync/force", tag = "sync", security(("bearer" = ["sync:whatsapp"]), ("apiKey" = ["sync:whatsapp"])),
    request_body = ForceSyncRequest,
    responses(
        (status = 202, description = "It has begun.", body = ForcedSync),
        (status = 409, description = "Nothing is connected.", body = ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn force(
    State(links): State<WhatsappLinks>,
    State(chores): State<Queue<Chore>>,
    caller: Caller<SyncWhatsapp>,
    _checked: ValidJson<ForceSyncRequest>,
) -> Result<(StatusCode, Json<ForcedSync>), ApiError> {
    let link = links.of(caller.user_id).await?;
    if link.connected.is_none() && link.own.is_none() {
        return Err(not_connected());
    }
    chores.send(&Chore::ClaimInbox { owner: caller.user_id }).await.map_err(ApiError::unavailable)?;
    let started =
        ForcedSync { sync_id: Uuid::now_v7(), status: "started", estimated_duration: ESTIMATED_SECONDS };
    Ok((StatusCode::ACCEPTED, Json(started)))
}
