//! `DELETE /trash`.

use app_domain::Chore;
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, DeleteMemories, Now};
use app_runtime::Queue;
use app_store::Memories;
use axum::extract::State;
use axum::http::StatusCode;

/// How many memories leave the trash in the request itself.
const AT_ONCE: u32 = 25;

/// Remove everything in the trash for good, as removing each does.
///
/// The first 25 are out of the trash when the answer comes, what is more follows in the background.
#[utoipa::path(
    delete, operation_id = "emptyTrash", path = "/trash", tag = "memories", security(("bearer" = ["delete:memories"]), ("apiKey" = ["delete:memories"])),
    responses((status = 202, description = "All of it is going."), ApiErrors, CallerErrors),
)]
pub(crate) async fn empty(
    State(memories): State<Memories>,
    State(chores): State<Queue<Chore>>,
    caller: Caller<DeleteMemories>,
    Now(until): Now,
) -> Result<StatusCode, ApiError> {
    let owner = caller.user_id;
    let going = memories.in_trash(owner, until, AT_ONCE).await?;
    let mut wanted = Vec::new();
    for memory in going {
        memories.doom(owner, memory, until).await?;
        wanted.push(Chore::PurgeMemory { owner, memory });
    }
    wanted.push(Chore::EmptyTrash { owner, until });
    chores.send_all(&wanted).await.map_err(ApiError::unavailable)?;
    Ok(StatusCode::ACCEPTED)
}
