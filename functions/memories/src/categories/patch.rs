//! `PATCH /categories/{id}`: JSON merge patch (RFC 7396).

use app_domain::{CategoryIcon, CategoryId, CategoryName, CategoryPatch, Color, Description, Patch};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, ChangeErrors, ErrorBody, FieldErrors, IfMatch,
    ItemErrors, Now, Parse, PathId, ValidJson, WriteMemories, etag,
};
use app_store::Categories;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::body::OneCategory;
use super::unchanged;

/// What to change. A member that is absent stays; `null` clears the description, the icon or the colour.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PatchCategoryRequest {
    /// 1–100 characters on one line.
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// Up to 1,000 characters.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 1000)]
    description: Option<Option<String>>,
    /// The name of a symbol, or an emoji: 1–50 characters.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 50)]
    icon: Option<Option<String>>,
    /// A colour.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, pattern = "^#[0-9a-fA-F]{6}$")]
    color: Option<Option<String>>,
    /// Its place: the lowest comes first.
    sort_order: Option<i32>,
}

/// Tells a member that is `null` from one that is absent.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn change(member: Option<Option<String>>) -> Patch<String> {
    member.map_or(Patch::Keep, |value| value.map_or(Patch::Clear, Patch::Set))
}

impl Parse for PatchCategoryRequest {
    type Parsed = CategoryPatch;

    fn parse(self) -> Result<CategoryPatch, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.check_optional("name", self.name.as_deref().map(CategoryName::parse));
        let description =
            errors.check("description", change(self.description).try_map(|text| Description::parse(&text)));
        let icon = errors.check("icon", change(self.icon).try_map(|text| CategoryIcon::parse(&text)));
        let color = errors.check("color", change(self.color).try_map(|text| Color::parse(&text)));
        let (Some(name), Some(description), Some(icon), Some(color)) = (name, description, icon, color)
        else {
            return Err(errors);
        };
        Ok(CategoryPatch { name, description, icon, color, sort_order: self.sort_order })
    }
}

/// Change a category.
#[utoipa::path(
    patch, operation_id = "patchCategory", path = "/categories/{id}", tag = "categories", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "Change only this version.")),
    request_body = PatchCategoryRequest,
    responses(
        (status = 200, description = "The category after the change.", body = OneCategory),
        (status = 409, description = "There is another of this name.", body = ErrorBody),
        ApiErrors, CallerErrors, BodyErrors, ItemErrors, ChangeErrors,
    ),
)]
pub(crate) async fn patch(
    State(categories): State<Categories>,
    caller: Caller<WriteMemories>,
    PathId(id): PathId<CategoryId>,
    if_match: IfMatch,
    Now(now): Now,
    ValidJson(patch): ValidJson<PatchCategoryRequest>,
) -> Result<impl IntoResponse, ApiError> {
    let category = categories.patch(caller.user_id, id, if_match.0, &patch, now).await.map_err(unchanged)?;
    Ok((etag(category.version), Json(OneCategory::from(category))))
}
