//! `GET /tags`.

use app_domain::{Invalid, Tag};
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, FieldErrors, Parse, ReadMemories, ValidQuery};
use app_store::{UsedTag, UsedTags};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The most tags that are listed, or looked at for those that are used most.
const MAX: usize = 1000;
/// How many are listed unless told.
const DEFAULT: usize = 100;

/// Which tags to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TagsQuery {
    /// Only tags that begin so, in whatever case; all unless told.
    #[param(example = "tra")]
    prefix: Option<String>,
    /// The most tags to list.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<usize>,
    /// `name`, or `count`: the most used first, of the first 1,000 by name.
    #[param(default = "name")]
    sort: Option<String>,
}

/// A parsed [`TagsQuery`].
#[derive(Debug)]
pub(crate) struct Wanted {
    prefix: Option<Tag>,
    limit: usize,
    by_count: bool,
}

impl Parse for TagsQuery {
    type Parsed = Wanted;

    fn parse(self) -> Result<Wanted, FieldErrors> {
        let mut errors = FieldErrors::default();
        let prefix = self.prefix.as_deref().filter(|prefix| !prefix.trim().is_empty());
        let prefix = errors.check_optional("prefix", prefix.map(Tag::parse));
        let limit = self.limit.unwrap_or(DEFAULT);
        let limit = (1..=MAX).contains(&limit).then_some(limit);
        let limit = errors.check("limit", limit.ok_or_else(|| Invalid::new("must be between 1 and 1000")));
        let by_count = match self.sort.as_deref() {
            None | Some("name") => Ok(false),
            Some("count") => Ok(true),
            Some(_) => Err(Invalid::new("must be name or count")),
        };
        let by_count = errors.check("sort", by_count);
        let (Some(prefix), Some(limit), Some(by_count)) = (prefix, limit, by_count) else {
            return Err(errors);
        };
        Ok(Wanted { prefix, limit, by_count })
    }
}

/// A tag that memories have.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TagBody {
    /// As it was first written.
    name: String,
    /// How many memories have it, exactly; those in the trash aside.
    memory_count: u64,
}

impl From<UsedTag> for TagBody {
    fn from(used: UsedTag) -> Self {
        Self { name: used.tag.as_str().to_owned(), memory_count: used.memory_count }
    }
}

/// The tags that the caller uses.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TagList {
    /// In order.
    tags: Vec<TagBody>,
}

/// List the tags that the caller uses, or find those that begin with some letters.
///
/// Tags are compared without case and Unicode form: `Café` and `CAFÉ` are one.
#[utoipa::path(
    get, operation_id = "listTags", path = "/tags", tag = "tags", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(TagsQuery),
    responses((status = 200, description = "The tags.", body = TagList), ApiErrors, CallerErrors),
)]
pub(crate) async fn list(
    State(tags): State<UsedTags>,
    caller: Caller<ReadMemories>,
    ValidQuery(wanted): ValidQuery<TagsQuery>,
) -> Result<Json<TagList>, ApiError> {
    let read = if wanted.by_count { MAX } else { wanted.limit };
    let mut found = tags.beginning_with(caller.user_id, wanted.prefix.as_ref(), read).await?;
    if wanted.by_count {
        // Stable: tags that are used equally often stay in the order of their names.
        found.sort_by_key(|used| std::cmp::Reverse(used.memory_count));
        found.truncate(wanted.limit);
    }
    Ok(Json(TagList { tags: found.into_iter().map(TagBody::from).collect() }))
}
