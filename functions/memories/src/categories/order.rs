//! `POST /category-order`. Not below `/categories`: the gateway would then look there for methods of `/categories/{id}`.

use app_domain::{Category, CategoryId, Invalid};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, FieldErrors, Now, Parse, ValidJson, WriteMemories,
};
use app_store::Categories;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::CategoryList;

/// The order to put categories in.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct OrderCategoriesRequest {
    /// The ids of all the caller's categories, each once.
    #[schema(max_items = 100)]
    ids: Vec<Uuid>,
}

impl Parse for OrderCategoriesRequest {
    type Parsed = Vec<CategoryId>;

    fn parse(self) -> Result<Vec<CategoryId>, FieldErrors> {
        if self.ids.len() > Category::MAX_PER_PERSON {
            return Err(not_all());
        }
        Ok(self.ids.into_iter().map(CategoryId::from).collect())
    }
}

fn not_all() -> FieldErrors {
    FieldErrors::one("ids", &Invalid::new("must be the ids of all your categories, each once"))
}

/// Put the caller's categories in an order, all at once: the places become 0, 1, 2 and so on.
#[utoipa::path(
    post, operation_id = "orderCategories", path = "/category-order", tag = "categories", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    request_body = OrderCategoriesRequest,
    responses((status = 200, description = "The categories, in their new order.", body = CategoryList), ApiErrors, CallerErrors, BodyErrors),
)]
pub(crate) async fn order(
    State(categories): State<Categories>,
    caller: Caller<WriteMemories>,
    Now(now): Now,
    ValidJson(ids): ValidJson<OrderCategoriesRequest>,
) -> Result<Json<CategoryList>, ApiError> {
    let ordered = categories.order(caller.user_id, &ids, now).await?.ok_or_else(not_all)?;
    Ok(Json(ordered.into()))
}
