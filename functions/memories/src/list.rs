//! `GET /memories`.

use app_domain::MemoryId;
use app_http::{
    ApiError, ApiErrors, Caller, CallerErrors, FieldErrors, Pagination, Paging, PagingQuery, Parse,
    ReadMemories, ValidQuery, paged,
};
use app_store::Memories;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::body::MemoryBody;
use crate::fields::Fields;

/// What to show of each memory.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FieldsQuery {
    /// The members wanted of each memory, separated by commas; all unless told.
    #[param(example = "id,title,createdAt")]
    fields: Option<String>,
}

impl Parse for FieldsQuery {
    type Parsed = Fields;

    fn parse(self) -> Result<Fields, FieldErrors> {
        let fields = self.fields.as_deref().map_or_else(|| Ok(Fields::default()), Fields::parse);
        fields.map_err(|invalid| FieldErrors::one("fields", &invalid))
    }
}

/// A page of memories.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemoryPage {
    /// Newest first; only the members asked for in `fields`.
    #[schema(value_type = Vec<MemoryBody>)]
    memories: Vec<Value>,
    /// Where the page stands.
    pagination: Pagination,
}

/// List memories, newest first.
#[utoipa::path(
    get, operation_id = "listMemories", path = "/memories", tag = "memories", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(PagingQuery, FieldsQuery),
    responses((status = 200, description = "A page of memories.", body = MemoryPage), ApiErrors, CallerErrors),
)]
pub(crate) async fn list(
    State(memories): State<Memories>,
    caller: Caller<ReadMemories>,
    Paging(request): Paging<MemoryId>,
    ValidQuery(fields): ValidQuery<FieldsQuery>,
) -> Result<Json<MemoryPage>, ApiError> {
    let page = memories.page(caller.user_id, &request).await?;
    let (bodies, pagination) = paged(&request, page, MemoryBody::listed);
    let memories = bodies.iter().map(|body| fields.select(body)).collect::<Result<_, _>>()?;
    Ok(Json(MemoryPage { memories, pagination }))
}
