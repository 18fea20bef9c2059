//! `DELETE /categories/{id}`.

use app_domain::{CategoryId, Chore, Walk};
use app_http::{
    ApiError, ApiErrors, BestEffort, Caller, CallerErrors, ChangeErrors, ErrorBody, IfMatch, ItemErrors, Now,
    PathId, WriteMemories,
};
use app_runtime::Queue;
use app_store::{Categories, Due, DueKind, DueWork, MemoPreferences, Memories};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::unchanged;
use crate::remaining::{AT_ONCE, Remaining};

/// Delete a category. Its memories stay, in no category.
///
/// The category is gone at once. So are up to 50 memories from it; what is more follows in the background, and until then
/// those memories still name the category that is not there any more. A category that is kept from models of others cannot be deleted:
/// its memories would not be kept any more.
#[utoipa::path(
    delete, operation_id = "deleteCategory", path = "/categories/{id}", tag = "categories", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "Delete only this version.")),
    responses(
        (status = 204, description = "Deleted, and no memory is filed in it."),
        (status = 202, description = "Deleted; memories are still being filed in none.", body = Remaining),
        (status = 409, description = "The category is kept from models of others.", body = ErrorBody),
        ApiErrors, CallerErrors, ItemErrors, ChangeErrors,
    ),
)]
pub(crate) async fn delete(
    State(categories): State<Categories>,
    State(memories): State<Memories>,
    State(settings): State<MemoPreferences>,
    State(due): State<Due>,
    State(chores): State<Queue<Chore>>,
    caller: Caller<WriteMemories>,
    PathId(id): PathId<CategoryId>,
    if_match: IfMatch,
    Now(now): Now,
) -> Result<Response, ApiError> {
    let (owner, day) = (caller.user_id, now.day());
    if settings.get(owner).await?.kept_categories.contains(id) {
        return Err(is_kept());
    }
    let category = categories.delete(owner, id, if_match.0, now).await.map_err(unchanged)?;
    // The category is gone and it is noted what is left to do: from here on nothing can fail but be late.
    let cleared = memories.clear_some(owner, id, None, AT_ONCE).await;
    let cleared = cleared.best_effort("filing the memories of a deleted category in none");
    if cleared.as_ref().is_some_and(|cleared| cleared.next.is_none())
        && memories.is_any_in(owner, id).await.is_ok_and(|is_left| !is_left)
    {
        let work = DueWork { kind: DueKind::Category, owner, id: id.as_uuid() };
        due.done(&day, work).await.best_effort("noting that a deleted category is cleared");
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let done = cleared.as_ref().map_or(0, |cleared| cleared.memories);
    let walk = cleared.and_then(|cleared| cleared.next).map(Walk::from).unwrap_or_default();
    let chore = Chore::ClearCategory { owner, category: id, day, walk };
    chores.send(&chore).await.best_effort("asking for the rest of a deleted category to be cleared");
    Ok((StatusCode::ACCEPTED, Json(Remaining::of(category.memory_count, done))).into_response())
}

fn is_kept() -> ApiError {
    ApiError::conflict(
        "CategoryIsKept",
        "This category is kept from models of others, and its memories would be no more. Take it from keptCategories first.",
    )
}
