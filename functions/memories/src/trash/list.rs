//! `GET /trash`.

use app_http::{
    ApiError, ApiErrors, Caller, CallerErrors, MemoryBody, Pagination, Paging, PagingQuery, ReadMemories,
    paged,
};
use app_store::{BinPosition, Memories};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::TrashedBody;

/// A page of the trash.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrashPage {
    /// The last deleted first.
    trash: Vec<TrashedBody>,
    /// Where the page stands.
    pagination: Pagination,
}

/// List the trash, the last deleted first.
#[utoipa::path(
    get, operation_id = "listTrash", path = "/trash", tag = "memories", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(PagingQuery),
    responses((status = 200, description = "A page of the trash.", body = TrashPage), ApiErrors, CallerErrors),
)]
pub(crate) async fn list(
    State(memories): State<Memories>,
    caller: Caller<ReadMemories>,
    Paging(request): Paging<BinPosition>,
) -> Result<Json<TrashPage>, ApiError> {
    let page = memories.trash_page(caller.user_id, &request).await?;
    let (trash, pagination) = paged(&request, page, |trashed| {
        let memory = MemoryBody::listed(trashed.memory.clone());
        TrashedBody::new(trashed, memory)
    });
    Ok(Json(TrashPage { trash, pagination }))
}
