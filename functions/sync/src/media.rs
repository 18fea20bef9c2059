//! `POST /sync/whatsapp/media/{memoryId}/retry`.

use app_domain::{
    MediaJob, MediaState, Memory, MemoryId, MemoryMedia, Permission, RateClass, TranscriptState,
};
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ErrorBody, ItemErrors, PathId, Requires};
use app_runtime::Queue;
use app_store::Memories;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// May connect WhatsApp, and has a file sent: each time it is fetched from Meta as a whole.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FetchMedia;

impl Requires for FetchMedia {
    const PERMISSION: Option<Permission> = Some(Permission::SyncWhatsapp);
    const CLASS: RateClass = RateClass::Upload;
}

/// Media that are tried again.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RetriedMedia {
    /// The memory that they belong to.
    memory_id: Uuid,
    /// How far they are: `pending`, or `stored` if only what is said in them is still to be written down.
    #[schema(value_type = String, example = "pending")]
    state: MediaState,
    /// How far writing down has come, where something is said.
    #[schema(value_type = Option<String>, example = "pending")]
    #[serde(skip_serializing_if = "Option::is_none")]
    transcript: Option<TranscriptState>,
}

/// Try again to fetch what came with a message.
///
/// Or to write down what is said in it, if that is what failed. Follow the memory's `media` to see how far it has come. WhatsApp gives media out
/// for seven days. It counts as sending a file does.
#[utoipa::path(
    post, operation_id = "retryWhatsappMedia", path = "/sync/whatsapp/media/{memoryId}/retry", tag = "sync", security(("bearer" = ["sync:whatsapp"]), ("apiKey" = ["sync:whatsapp"])),
    params(("memoryId" = Uuid, Path)),
    responses(
        (status = 202, description = "It is tried again.", body = RetriedMedia),
        (status = 409, description = "There is nothing to try again.", body = ErrorBody),
        ApiErrors, CallerErrors, ItemErrors,
    ),
)]
pub(crate) async fn retry(
    State(memories): State<Memories>,
    State(queue): State<Queue<MediaJob>>,
    caller: Caller<FetchMedia>,
    PathId(id): PathId<MemoryId>,
) -> Result<(StatusCode, Json<RetriedMedia>), ApiError> {
    let owner = caller.user_id;
    let again = |memory: Memory| {
        let media = memory.media.clone()?.retried()?;
        Some(Memory { media: Some(media), ..memory })
    };
    let memory = match memories.amend(owner, id, again).await? {
        Some(memory) => memory,
        None => memories.get(owner, id).await?.ok_or_else(|| ApiError::not_found("memory"))?,
    };
    let media = memory.media.filter(is_waiting).ok_or_else(nothing_to_retry)?;
    queue.send(&MediaJob { owner, memory: id }).await.map_err(ApiError::unavailable)?;
    let retried = RetriedMedia { memory_id: id.as_uuid(), state: media.state, transcript: media.transcript };
    Ok((StatusCode::ACCEPTED, Json(retried)))
}

/// Whether something is still to be done. If it waits already its job is sent again, for an earlier request may have ended before it was: a
/// job that comes twice changes nothing.
fn is_waiting(media: &MemoryMedia) -> bool {
    media.state == MediaState::Pending
        || media.state == MediaState::Stored && media.transcript == Some(TranscriptState::Pending)
}

fn nothing_to_retry() -> ApiError {
    ApiError::conflict("NothingToRetry", "Nothing that came with this memory is left to be fetched.")
}
