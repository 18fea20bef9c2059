//! `POST /memories/search`: the same as `GET`, for what does not fit into an address.

use std::sync::Arc;

use app_http::{
    ApiError, ApiErrors, BodyErrors, ByCursor, Caller, CallerErrors, FieldErrors, ItemErrors, Now, Parse,
    ReadMemories, ValidJson,
};
use app_index::{Finder, IndexJob, Position};
use app_runtime::Queue;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::body::SearchPage;
use crate::criteria::Criteria;
use crate::run::{Asked, run};

/// A search.
// It has the members of `Criteria` as its own: of flattened ones, serde cannot name the one of a wrong type.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SearchBody {
    /// Words: up to 10,000 characters, of which the first 24 different words count. `"quoted words"` must stand so, `-word` must
    /// not be there, and the last word may be unfinished, unless a space follows.
    #[schema(max_length = 10_000, example = "dentist last week")]
    q: Option<String>,
    /// Instead of `q`: what is like this memory.
    similar_to: Option<Uuid>,
    /// `hybrid` (the default), `text` or `semantic`.
    #[schema(example = "hybrid")]
    mode: Option<String>,
    /// Filed in this category, or `none`.
    category_id: Option<String>,
    /// With all of these tags.
    tags: Option<Vec<String>>,
    /// Made at this time or later.
    #[schema(format = DateTime)]
    date_from: Option<String>,
    /// Made at this time or earlier.
    #[schema(format = DateTime)]
    date_to: Option<String>,
    /// Favourites (`true`) or the others (`false`).
    is_favorite: Option<bool>,
    /// Archived (`true`) or not (`false`).
    is_archived: Option<bool>,
    /// Come in this way: `web`, `api`, `whatsapp` or `import`.
    source: Option<String>,
    /// Whether a time that `q` names for certain, such as "last week", becomes a filter. It does unless told, and unless there are
    /// `dateFrom` or `dateTo`.
    find_dates: Option<bool>,
    /// The time zone in which days begin, by its IANA name; UTC unless told.
    #[schema(example = "Europe/Berlin")]
    timezone: Option<String>,
    /// Results on a page.
    #[schema(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The `nextCursor` of the page before; the first page without it.
    cursor: Option<String>,
    /// Whether to tell how the results came about.
    #[serde(default)]
    explain: bool,
}

/// A parsed [`SearchBody`].
#[derive(Debug)]
pub(crate) struct ParsedBody {
    criteria: Criteria,
    page: ByCursor<Position>,
    explains: bool,
}

impl Parse for SearchBody {
    type Parsed = ParsedBody;

    fn parse(self) -> Result<ParsedBody, FieldErrors> {
        let page = ByCursor::parse(self.limit, self.cursor.as_deref())?;
        let criteria = Criteria {
            q: self.q,
            similar_to: self.similar_to,
            mode: self.mode,
            category_id: self.category_id,
            tags: self.tags,
            date_from: self.date_from,
            date_to: self.date_to,
            is_favorite: self.is_favorite,
            is_archived: self.is_archived,
            source: self.source,
            find_dates: self.find_dates,
            timezone: self.timezone,
        };
        Ok(ParsedBody { criteria, page, explains: self.explain })
    }
}

/// Search memories, their messages and files, for what does not fit into an address.
#[utoipa::path(
    post, operation_id = "searchMemoriesByBody", path = "/memories/search", tag = "search", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    request_body = SearchBody,
    responses((status = 200, description = "A page of results.", body = SearchPage), ApiErrors, CallerErrors, BodyErrors, ItemErrors),
)]
pub(crate) async fn search(
    State(finder): State<Arc<Finder>>,
    State(jobs): State<Queue<IndexJob>>,
    caller: Caller<ReadMemories>,
    Now(now): Now,
    ValidJson(ParsedBody { criteria, page, explains }): ValidJson<SearchBody>,
) -> Result<Json<SearchPage>, ApiError> {
    Ok(Json(run(&finder, &jobs, Asked { owner: caller.user_id, criteria, page, explains, now }).await?))
}
