//! `POST /tag-merges`. Not below `/tags`: the gateway would then look there for methods of `/tags/{tag}`.

use app_domain::{Chore, Invalid, Tag};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, FieldErrors, Parse, ValidJson, WriteMemories,
};
use app_runtime::Queue;
use app_store::{Memories, UsedTags};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::retag::{Retagged, as_written, retag};

/// The most tags that are merged into another at a time.
const MAX: usize = 10;

/// Tags that are to become one.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct MergeTagsRequest {
    /// Up to 10 tags that are to go. Those that no memory has are left aside.
    #[schema(min_items = 1, max_items = 10, example = json!(["trip", "trips"]))]
    from: Vec<String>,
    /// The tag that takes their place, which memories need not have yet.
    #[schema(min_length = 1, max_length = 50, example = "travel")]
    into: String,
}

/// A parsed [`MergeTagsRequest`].
#[derive(Debug)]
pub(crate) struct Merge {
    from: Vec<Tag>,
    into: Tag,
}

impl Parse for MergeTagsRequest {
    type Parsed = Merge;

    fn parse(self) -> Result<Merge, FieldErrors> {
        let mut errors = FieldErrors::default();
        let into = errors.check("into", Tag::parse(&self.into));
        let from = if (1..=MAX).contains(&self.from.len()) {
            self.from.iter().map(|text| Tag::parse(text)).collect()
        } else {
            Err(Invalid::new(format!("must be 1 to {MAX} tags")))
        };
        let from: Option<Vec<Tag>> = errors.check("from", from);
        let (Some(mut from), Some(into)) = (from, into) else { return Err(errors) };
        // Each once, and the one that stays not among those that go.
        let mut known = vec![into.folded()];
        from.retain(|tag| {
            let folded = tag.folded();
            let is_new = !known.contains(&folded);
            known.push(folded);
            is_new
        });
        Ok(Merge { from, into })
    }
}

/// What became of the tags.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MergedTags {
    /// How many memories were tagged otherwise.
    retagged: u64,
    /// About how many memories still have one of the old tags: they follow in the background.
    remaining: u64,
}

/// Merge tags into one, on all memories that have any of them.
///
/// Up to 50 memories are changed at once, what is more follows in the background. A memory is no newer for it, and the change is
/// not among its versions.
#[utoipa::path(
    post, operation_id = "mergeTags", path = "/tag-merges", tag = "tags", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    request_body = MergeTagsRequest,
    responses(
        (status = 200, description = "Merged.", body = MergedTags),
        (status = 202, description = "Being merged.", body = MergedTags),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn merge(
    State(tags): State<UsedTags>,
    State(memories): State<Memories>,
    State(chores): State<Queue<Chore>>,
    caller: Caller<WriteMemories>,
    ValidJson(merge): ValidJson<MergeTagsRequest>,
) -> Result<(StatusCode, Json<MergedTags>), ApiError> {
    let owner = caller.user_id;
    let (into, _) = as_written(&tags, owner, merge.into).await?;
    let mut done = Retagged::default();
    for from in &merge.from {
        if let Some(from) = tags.get(owner, from).await? {
            retag(&memories, &chores, owner, &from, Some(&into), &mut done).await?;
        }
    }
    let status = if done.remaining == 0 { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(MergedTags { retagged: done.memories, remaining: done.remaining })))
}
