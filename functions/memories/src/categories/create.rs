//! `POST /categories`.

use app_domain::{Category, CategoryDraft, CategoryIcon, CategoryName, Color, Description};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, ErrorBody, FieldErrors, Now, Parse, ValidJson,
    WriteMemories, etag,
};
use app_store::{Categories, CategoryCreation};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::OneCategory;
use super::name_taken;

/// A category to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateCategoryRequest {
    /// 1–100 characters on one line. No two names of a person differ in case or Unicode form alone.
    #[schema(min_length = 1, max_length = 100, example = "Recipes")]
    name: String,
    /// Up to 1,000 characters.
    #[schema(max_length = 1000)]
    description: Option<String>,
    /// The name of a symbol, or an emoji: 1–50 characters.
    #[schema(min_length = 1, max_length = 50, example = "🍰")]
    icon: Option<String>,
    /// A colour.
    #[schema(pattern = "^#[0-9a-fA-F]{6}$", example = "#eb5757")]
    color: Option<String>,
    /// Its place: the lowest comes first. Behind all others unless told.
    sort_order: Option<i32>,
}

impl Parse for CreateCategoryRequest {
    type Parsed = CategoryDraft;

    fn parse(self) -> Result<CategoryDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.check("name", CategoryName::parse(&self.name));
        let description =
            errors.check_optional("description", self.description.as_deref().map(Description::parse));
        let icon = errors.check_optional("icon", self.icon.as_deref().map(CategoryIcon::parse));
        let color = errors.check_optional("color", self.color.as_deref().map(Color::parse));
        let (Some(name), Some(description), Some(icon), Some(color)) = (name, description, icon, color)
        else {
            return Err(errors);
        };
        Ok(CategoryDraft { name, description, icon, color, sort_order: self.sort_order })
    }
}

/// Make a category. A person has at most 100.
#[utoipa::path(
    post, operation_id = "createCategory", path = "/categories", tag = "categories", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    request_body = CreateCategoryRequest,
    responses(
        (status = 201, description = "The category.", body = OneCategory),
        (status = 409, description = "There is one of this name, or there are 100 already.", body = ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn create(
    State(categories): State<Categories>,
    caller: Caller<WriteMemories>,
    Now(now): Now,
    ValidJson(draft): ValidJson<CreateCategoryRequest>,
) -> Result<impl IntoResponse, ApiError> {
    let there = categories.all(caller.user_id).await?;
    let category = Category::new(caller.user_id, draft, &there, now);
    match categories.create(&category).await? {
        CategoryCreation::Done => {}
        CategoryCreation::NameTaken => return Err(name_taken()),
        CategoryCreation::TooMany => {
            let message = format!("You have {} categories. Delete one first.", Category::MAX_PER_PERSON);
            return Err(ApiError::conflict("TooManyCategories", message));
        }
    }
    let location = [(header::LOCATION, format!("/api/categories/{}", category.id))];
    Ok((StatusCode::CREATED, etag(category.version), location, Json(OneCategory::from(category))))
}
