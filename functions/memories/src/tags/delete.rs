//! `DELETE /tags/{tag}`.

use app_domain::Chore;
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ItemErrors, WriteMemories};
use app_runtime::Queue;
use app_store::{Memories, UsedTags};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::named::Named;
use super::retag::{Retagged, retag};
use crate::remaining::Remaining;

/// Remove a tag from all memories that have it.
///
/// Up to 50 memories lose it at once, what is more follows in the background. A memory is no newer for it, and the change is not
/// among its versions.
#[utoipa::path(
    delete, operation_id = "deleteTag", path = "/tags/{tag}", tag = "tags", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("tag" = String, Path, description = "The tag, percent-encoded.")),
    responses(
        (status = 204, description = "No memory has it any more."),
        (status = 202, description = "Memories are still losing it.", body = Remaining),
        ApiErrors, CallerErrors, ItemErrors,
    ),
)]
pub(crate) async fn delete(
    State(tags): State<UsedTags>,
    State(memories): State<Memories>,
    State(chores): State<Queue<Chore>>,
    caller: Caller<WriteMemories>,
    Named(tag): Named,
) -> Result<Response, ApiError> {
    let tag = tags.get(caller.user_id, &tag).await?.ok_or_else(|| ApiError::not_found("tag"))?;
    let mut done = Retagged::default();
    retag(&memories, &chores, caller.user_id, &tag, None, &mut done).await?;
    if done.remaining == 0 {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok((StatusCode::ACCEPTED, Json(Remaining::of(tag.memory_count, done.memories))).into_response())
}
