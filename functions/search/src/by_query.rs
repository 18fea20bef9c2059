//! `GET /memories/search`.

use std::sync::Arc;

use app_domain::{Invalid, SavedSearchId};
use app_http::{
    ApiError, ApiErrors, ByCursor, Caller, CallerErrors, CursorQuery, FieldErrors, FilterQuery, ItemErrors,
    Now, Parse, ReadMemories, Repeated, ValidQuery,
};
use app_index::{Finder, IndexJob, Position};
use app_runtime::Queue;
use app_store::SavedSearches;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::body::SearchPage;
use crate::criteria::Criteria;
use crate::run::{Asked, run};
use crate::saved;

/// What to search for, and how.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct SearchQuery {
    /// Words: up to 10,000 characters, of which the first 24 different words count. `"quoted words"` must stand so, `-word` must
    /// not be there, and the last word may be unfinished, unless a space follows.
    #[param(max_length = 10_000, example = "dentist last week")]
    q: Option<String>,
    /// Instead of `q`: what is like this memory.
    similar_to: Option<Uuid>,
    /// Instead of `q` and filters: a saved search.
    saved_search_id: Option<Uuid>,
    /// `hybrid` (the default), `text` or `semantic`.
    mode: Option<String>,
    /// Whether a time that `q` names for certain, such as "last week", becomes a filter. It does unless told, and unless there are
    /// `dateFrom` or `dateTo`.
    find_dates: Option<bool>,
    /// The time zone in which days begin, by its IANA name; UTC unless told.
    #[param(example = "Europe/Berlin")]
    timezone: Option<String>,
    /// Whether to tell how the results came about.
    explain: Option<bool>,
}

impl Parse for SearchQuery {
    type Parsed = Self;

    fn parse(self) -> Result<Self, FieldErrors> {
        Ok(self)
    }
}

/// What a filter says, unparsed.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct RawFilter(FilterQuery);

impl Parse for RawFilter {
    type Parsed = FilterQuery;

    fn parse(self) -> Result<FilterQuery, FieldErrors> {
        Ok(self.0)
    }
}

/// Search memories, their messages and files.
///
/// What was saved by the request before is found by its words at once, by its meaning within seconds. Results are memories, and files
/// that belong to none, the best first, each with what was found of it.
#[utoipa::path(
    get, operation_id = "searchMemories", path = "/memories/search", tag = "search", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(
        SearchQuery,
        FilterQuery,
        ("tags" = Option<Vec<String>>, Query, description = "With this tag, however it is written. Repeat it for memories that have all of several tags."),
        CursorQuery,
    ),
    responses((status = 200, description = "A page of results.", body = SearchPage), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn search(
    State(finder): State<Arc<Finder>>,
    State(searches): State<SavedSearches>,
    State(jobs): State<Queue<IndexJob>>,
    caller: Caller<ReadMemories>,
    page: ByCursor<Position>,
    ValidQuery(query): ValidQuery<SearchQuery>,
    ValidQuery(filter): ValidQuery<RawFilter>,
    tags: Repeated,
    Now(now): Now,
) -> Result<Json<SearchPage>, ApiError> {
    let tags: Vec<String> = tags.values("tags").into_iter().map(str::to_owned).collect();
    let criteria = Criteria {
        q: query.q,
        similar_to: query.similar_to,
        mode: query.mode,
        category_id: filter.category_id,
        tags: (!tags.is_empty()).then_some(tags),
        date_from: filter.date_from,
        date_to: filter.date_to,
        is_favorite: filter.is_favorite,
        is_archived: filter.is_archived,
        source: filter.source,
        find_dates: query.find_dates,
        timezone: query.timezone,
    };
    let criteria = match query.saved_search_id {
        None => criteria,
        Some(id) => {
            let given = Criteria { timezone: None, ..criteria.clone() };
            if given != Criteria::default() {
                let rule = Invalid::new("cannot be given together with q, similarTo or filters");
                return Err(FieldErrors::one("savedSearchId", &rule).into());
            }
            let kept = saved::one(&searches, caller.user_id, SavedSearchId::from(id)).await?;
            let kept = saved::criteria(&kept)?;
            Criteria { timezone: criteria.timezone.or(kept.timezone), ..kept }
        }
    };
    let asked =
        Asked { owner: caller.user_id, criteria, page, explains: query.explain.unwrap_or(false), now };
    Ok(Json(run(&finder, &jobs, asked).await?))
}
