//! `PATCH /tags/{tag}`.

use app_domain::{Chore, Tag};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, FieldErrors, ItemErrors, Parse, ValidJson,
    WriteMemories,
};
use app_runtime::Queue;
use app_store::{Memories, UsedTags};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::named::Named;
use super::retag::{Retagged, as_written, retag};

/// What to call a tag.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct RenameTagRequest {
    /// 1–50 characters on one line. If another tag is called so, the two become one.
    #[schema(min_length = 1, max_length = 50)]
    name: String,
}

impl Parse for RenameTagRequest {
    type Parsed = Tag;

    fn parse(self) -> Result<Tag, FieldErrors> {
        Tag::parse(&self.name).map_err(|invalid| FieldErrors::one("name", &invalid))
    }
}

/// What became of a tag.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RenamedTag {
    /// How many memories have the new name now.
    renamed: u64,
    /// Whether there was a tag of the new name, which is one with it now.
    merged: bool,
    /// About how many memories still have the old one: they follow in the background.
    remaining: u64,
}

/// Rename a tag on all memories that have it, or merge it into another one.
///
/// Up to 50 memories are renamed at once, what is more follows in the background. A memory is no newer for it, and the change is
/// not among its versions.
#[utoipa::path(
    patch, operation_id = "renameTag", path = "/tags/{tag}", tag = "tags", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("tag" = String, Path, description = "The tag, percent-encoded.")),
    request_body = RenameTagRequest,
    responses(
        (status = 200, description = "Renamed.", body = RenamedTag),
        (status = 202, description = "Being renamed.", body = RenamedTag),
        ApiErrors, CallerErrors, BodyErrors, ItemErrors,
    ),
)]
pub(crate) async fn rename(
    State(tags): State<UsedTags>,
    State(memories): State<Memories>,
    State(chores): State<Queue<Chore>>,
    caller: Caller<WriteMemories>,
    Named(from): Named,
    ValidJson(to): ValidJson<RenameTagRequest>,
) -> Result<(StatusCode, Json<RenamedTag>), ApiError> {
    let owner = caller.user_id;
    let from = tags.get(owner, &from).await?.ok_or_else(|| ApiError::not_found("tag"))?;
    let (to, merged) = if from.tag.folded() == to.folded() {
        // The same tag, written otherwise: the list of tags has one name for it.
        tags.respell(owner, &to).await?;
        (to, false)
    } else {
        as_written(&tags, owner, to).await?
    };
    let mut done = Retagged::default();
    retag(&memories, &chores, owner, &from, Some(&to), &mut done).await?;
    let status = if done.remaining == 0 { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(RenamedTag { renamed: done.memories, merged, remaining: done.remaining })))
}
