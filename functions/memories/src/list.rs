//! `GET /memories`.

use std::str::FromStr;

use app_domain::{Invalid, ListPosition, MemoryFilter, MemorySort, SearchText, SortBy, SortOrder};
use app_http::{
    ApiError, ApiErrors, Caller, CallerErrors, FieldErrors, FilterQuery, Filtered, MemoryBody, Pagination,
    Paging, PagingQuery, Parse, ReadMemories, ValidQuery, paged,
};
use app_store::{Memories, Messages};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::fields::Fields;

/// Which text to look for, in which order, and what to show of each memory.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    /// With this text in title, description or content, ignoring case. Looks through 1,000 memories at a time: a page may hold
    /// fewer than there are, and `nextCursor` leads on.
    #[param(max_length = 200)]
    search: Option<String>,
    /// `created_at` (the default), `updated_at` or `title`. Titles are ordered as in a dictionary, numbers by their value; those
    /// without one come last.
    sort_by: Option<String>,
    /// `asc` or `desc`; unless told, the newest first, and titles from A to Z.
    sort_order: Option<String>,
    /// The members wanted of each memory, separated by commas; all unless told.
    #[param(example = "id,title,createdAt")]
    fields: Option<String>,
    /// `messages`: with the latest five messages of each memory. A page then holds at most 20.
    include: Option<String>,
}

/// How many memories a page holds at most that shows messages too: it must fit in one answer of a function.
const MAX_WITH_MESSAGES: u32 = 20;

/// What a list is asked for.
#[derive(Debug, Default)]
pub(crate) struct ListRequest {
    search: Option<SearchText>,
    sort: MemorySort,
    fields: Fields,
    with_messages: bool,
}

impl Parse for ListQuery {
    type Parsed = ListRequest;

    fn parse(self) -> Result<ListRequest, FieldErrors> {
        let mut errors = FieldErrors::default();
        let search = errors.check_optional("search", self.search.as_deref().map(SearchText::parse));
        let by = errors.check("sortBy", self.sort_by.as_deref().map_or(Ok(SortBy::default()), str::parse));
        let order = errors.check_optional("sortOrder", self.sort_order.as_deref().map(SortOrder::from_str));
        let fields = errors
            .check("fields", self.fields.as_deref().map_or_else(|| Ok(Fields::default()), Fields::parse));
        let include = errors.check_optional(
            "include",
            self.include.as_deref().map(|include| match include {
                "messages" => Ok(true),
                _ => Err(Invalid::new("must be messages")),
            }),
        );
        let (Some(search), Some(by), Some(order), Some(fields), Some(include)) =
            (search, by, order, fields, include)
        else {
            return Err(errors);
        };
        let with_messages = include.unwrap_or_default();
        Ok(ListRequest { search, sort: MemorySort::new(by, order), fields, with_messages })
    }
}

/// A page of memories.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemoryPage {
    /// In the order asked for; only the members asked for in `fields`.
    #[schema(value_type = Vec<MemoryBody>)]
    memories: Vec<Value>,
    /// Where the page stands.
    pagination: Pagination,
}

/// List memories: by category, tags, text, time, marks and source, in three orders.
#[utoipa::path(
    get, operation_id = "listMemories", path = "/memories", tag = "memories", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(
        PagingQuery,
        FilterQuery,
        ("tags" = Option<Vec<String>>, Query, description = "With this tag, however it is written. Repeat it for memories that have all of several tags."),
        ListQuery,
    ),
    responses((status = 200, description = "A page of memories.", body = MemoryPage), ApiErrors, CallerErrors),
)]
pub(crate) async fn list(
    State(memories): State<Memories>,
    State(messages): State<Messages>,
    caller: Caller<ReadMemories>,
    Paging(request): Paging<ListPosition>,
    Filtered(filter): Filtered,
    ValidQuery(ListRequest { search, sort, fields, with_messages }): ValidQuery<ListQuery>,
) -> Result<Json<MemoryPage>, ApiError> {
    if request.after.as_ref().is_some_and(|after| after.by != sort.by) {
        let rule = Invalid::new("belongs to a list in another order");
        return Err(FieldErrors::one("cursor", &rule).into());
    }
    if with_messages && request.limit.get() > MAX_WITH_MESSAGES {
        let rule = Invalid::new(format!("must be at most {MAX_WITH_MESSAGES} with include=messages"));
        return Err(FieldErrors::one("limit", &rule).into());
    }
    let filter = MemoryFilter { search, ..filter };
    let page = memories.page(caller.user_id, &filter, sort, &request).await?;
    let recent: Vec<_> =
        page.items.iter().map(|memory| (memory.id, memory.messages.recent.clone())).collect();
    let (mut bodies, pagination) = paged(&request, page, MemoryBody::listed);
    if with_messages {
        let mut latest = messages.latest(caller.user_id, &recent).await?;
        for (body, (memory, _)) in bodies.iter_mut().zip(&recent) {
            let messages = latest.remove(memory).unwrap_or_default();
            body.messages = Some(messages.into_iter().map(Into::into).collect());
        }
    }
    let memories = bodies.iter().map(|body| fields.select(body)).collect::<Result<_, _>>()?;
    Ok(Json(MemoryPage { memories, pagination }))
}
