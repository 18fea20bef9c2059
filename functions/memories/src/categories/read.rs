//! `GET /categories/{id}`.

use app_domain::CategoryId;
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ItemErrors, PathId, ReadMemories, etag};
use app_store::Categories;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;

use super::body::OneCategory;

/// Read one category.
#[utoipa::path(
    get, operation_id = "readCategory", path = "/categories/{id}", tag = "categories", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "The category.", body = OneCategory), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn read(
    State(categories): State<Categories>,
    caller: Caller<ReadMemories>,
    PathId(id): PathId<CategoryId>,
) -> Result<impl IntoResponse, ApiError> {
    let category =
        categories.get(caller.user_id, id).await?.ok_or_else(|| ApiError::not_found("category"))?;
    Ok((etag(category.version), Json(OneCategory::from(category))))
}
