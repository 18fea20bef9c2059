//! `GET /categories`.

use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ReadMemories};
use app_store::Categories;
use axum::Json;
use axum::extract::State;

use super::body::CategoryList;

/// List the caller's categories: all of them, at most 100, with how many memories are filed in each.
#[utoipa::path(
    get, operation_id = "listCategories", path = "/categories", tag = "categories", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    responses((status = 200, description = "The categories, in order.", body = CategoryList), ApiErrors, CallerErrors),
)]
pub(crate) async fn list(
    State(categories): State<Categories>,
    caller: Caller<ReadMemories>,
) -> Result<Json<CategoryList>, ApiError> {
    Ok(Json(categories.all(caller.user_id).await?.into()))
}
