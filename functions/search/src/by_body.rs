//! `POST /memories/search`: the same as `GET`, for what does not fit into an address.

use std::sync::Arc;

use app_http::{
    ApiError, ApiErrors, BodyErrors, ByCursor, Caller, CallerErrors, FieldErrors, Now, Parse, ReadMemories,
    ValidJson,
};
use app_index::{Finder, IndexJob, Position};
use app_runtime::Queue;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::body::SearchPage;
use crate::criteria::Criteria;
use crate::run::{Asked, run};

/// A search.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SearchBody {
    #[serde(flatten)]
    criteria: Criteria,
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
        Ok(ParsedBody { criteria: self.criteria, page, explains: self.explain })
    }
}

/// Search memories, their messages and files, for what does not fit into an address.
#[utoipa::path(
    post, operation_id = "searchMemoriesByBody", path = "/memories/search", tag = "search", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    request_body = SearchBody,
    responses((status = 200, description = "A page of results.", body = SearchPage), ApiErrors, CallerErrors, BodyErrors),
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
