//! `POST /ai/categorize`.

use std::time::Instant;

use app_domain::{Invalid, MemoryId};
use app_http::{
    AccessAi, ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, FieldErrors, Parse, Untimed, ValidJson,
};
use app_memo::{Memo, Place, ToFile};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::chat::{asker, failure_error};
use crate::task::{TaskMetadata, undone};

/// The longest text, in characters.
const MAX_CHARACTERS: usize = 100_000;
/// The most categories to choose from.
const MAX_CATEGORIES: usize = 100;

/// A text to be filed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct CategorizeBody {
    /// The text: 1–100,000 characters.
    #[schema(min_length = 1, max_length = 100_000)]
    content: Option<String>,
    /// Instead of `content`: a memory.
    memory_id: Option<Uuid>,
    /// The names of the categories to choose from, at most 100; the caller's own unless told.
    #[schema(max_items = 100)]
    existing_categories: Option<Vec<String>>,
}

/// A parsed [`CategorizeBody`].
pub(crate) struct Wanted {
    what: What,
    among: Option<Vec<String>>,
}

enum What {
    Text(String),
    Memory(MemoryId),
}

impl Parse for CategorizeBody {
    type Parsed = Wanted;

    fn parse(self) -> Result<Wanted, FieldErrors> {
        let mut errors = FieldErrors::default();
        let among = self.existing_categories.filter(|names| !names.is_empty());
        if among.as_ref().is_some_and(|names| names.len() > MAX_CATEGORIES) {
            errors.add("existingCategories", &Invalid::new("must be at most 100"));
        }
        let is_bad = |name: &String| app_domain::CategoryName::parse(name).is_err();
        if among.iter().flatten().any(is_bad) {
            errors.add("existingCategories", &Invalid::new("must be 1–100 characters on one line each"));
        }
        let what = match (self.content, self.memory_id) {
            (Some(_), Some(_)) => errors.check("memoryId", Err(Invalid::new("must not come with content"))),
            (None, Some(memory)) => Some(What::Memory(memory.into())),
            (content, None) => {
                let content = content.unwrap_or_default();
                let is_good = !content.trim().is_empty() && content.chars().count() <= MAX_CHARACTERS;
                let rule = || Invalid::new("must be 1 to 100,000 characters");
                errors.check("content", is_good.then_some(What::Text(content)).ok_or_else(rule))
            }
        };
        match what {
            Some(what) => errors.into_result().map(|()| Wanted { what, among }),
            None => Err(errors),
        }
    }
}

/// Where a text may belong.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CategoryBody {
    /// The most likely category; `null` if none fits.
    suggested_category: Option<String>,
    /// Its id, if it is one of the caller's.
    suggested_category_id: Option<Uuid>,
    /// How likely, 0–1.
    confidence: f32,
    /// Others that it may belong to, the most likely first.
    alternative_categories: Vec<Alternative>,
    /// What a new category could be called, where none fits.
    new_category: Option<String>,
    /// Tags that fit.
    suggested_tags: Vec<String>,
    metadata: TaskMetadata,
}

/// Another category.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Alternative {
    category: String,
    category_id: Option<Uuid>,
    confidence: f32,
}

impl From<Place> for Alternative {
    fn from(place: Place) -> Self {
        let category_id = place.id.map(|id| id.as_uuid());
        Self { category: place.name, category_id, confidence: place.confidence }
    }
}

/// Say where a text belongs, by what the caller has filed before.
#[utoipa::path(
    post, operation_id = "categorize", path = "/ai/categorize", tag = "ai", security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    request_body = CategorizeBody,
    responses(
        (status = 200, description = "Where it may belong.", body = CategoryBody),
        (status = 404, description = "There is no memory of that id.", body = app_http::ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn categorize(
    State(memo): State<Memo>,
    caller: Caller<AccessAi>,
    _: Untimed,
    ValidJson(wanted): ValidJson<CategorizeBody>,
) -> Result<Json<CategoryBody>, ApiError> {
    let (began, asker) = (Instant::now(), asker(&caller));
    let text = match wanted.what {
        What::Text(text) => ToFile { text, may_leave: true, ..ToFile::default() },
        What::Memory(id) => memo.to_file(&asker, id).await.map_err(failure_error)?,
    };
    let done = memo.file(&asker, &ToFile { among: wanted.among, ..text }).await.map_err(undone)?;
    let metadata = TaskMetadata::of(&done, began);
    let mut places = done.what.places.into_iter();
    let best = places.next();
    Ok(Json(CategoryBody {
        suggested_category: best.as_ref().map(|place| place.name.clone()),
        suggested_category_id: best.as_ref().and_then(|place| place.id).map(|id| id.as_uuid()),
        confidence: best.map_or(0.0, |place| place.confidence),
        alternative_categories: places.map(Alternative::from).collect(),
        new_category: done.what.new_name,
        suggested_tags: done.what.tags,
        metadata,
    }))
}
