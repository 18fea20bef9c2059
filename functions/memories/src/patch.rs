//! `PATCH /memories/{id}`: JSON merge patch (RFC 7396), field by field.

use app_domain::{CategoryId, Description, Memory, MemoryId, MemoryPatch, MemoryTitle, Patch, Privacy, Tags};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, ChangeErrors, FieldErrors, IfMatch, ItemErrors,
    Now, Parse, PathId, ValidJson, WriteMemories, etag,
};
use app_store::Memories;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::body::OneMemory;
use crate::change::unchanged;

/// What to change. A member that is absent stays, `null` clears the field, a value replaces it; `content` and `metadata` are
/// merged in the same way, member by member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
pub(crate) struct PatchMemoryRequest {
    /// 1–255 characters on one line.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 255)]
    title: Option<Option<String>>,
    /// Up to 1,000 characters.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 1000)]
    description: Option<Option<String>>,
    /// Any JSON; 64 KiB after the change.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Value>)]
    content: Option<Option<Value>>,
    /// The category to file it in.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    category_id: Option<Option<Uuid>>,
    /// Up to 10 tags of 1–50 characters.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Vec<String>>, max_items = 10)]
    tags: Option<Option<Vec<String>>>,
    /// A JSON object; 8 KiB after the change.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Map<String, Value>>)]
    metadata: Option<Option<Map<String, Value>>>,
    /// Whether it is a favourite.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<bool>)]
    is_favorite: Option<Option<bool>>,
    /// Whether it is archived.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<bool>)]
    is_archived: Option<Option<bool>>,
    /// `private`, `internal` or `sealed`.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    privacy_level: Option<Option<String>>,
}

/// Tells a member that is `null` from one that is absent.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn change<T>(member: Option<Option<T>>) -> Patch<T> {
    match member {
        None => Patch::Keep,
        Some(None) => Patch::Clear,
        Some(Some(value)) => Patch::Set(value),
    }
}

impl Parse for PatchMemoryRequest {
    type Parsed = MemoryPatch;

    fn parse(self) -> Result<MemoryPatch, FieldErrors> {
        let mut errors = FieldErrors::default();
        let title = errors.check("title", change(self.title).try_map(|text| MemoryTitle::parse(&text)));
        let description =
            errors.check("description", change(self.description).try_map(|text| Description::parse(&text)));
        let tags = errors.check("tags", change(self.tags).try_map(|tags| Tags::parse(&tags)));
        let privacy =
            errors.check("privacyLevel", change(self.privacy_level).try_map(|text| Privacy::parse(&text)));
        let (Some(title), Some(description), Some(tags), Some(privacy)) = (title, description, tags, privacy)
        else {
            return Err(errors);
        };
        Ok(MemoryPatch {
            title,
            description,
            content: change(self.content),
            category: change(self.category_id.map(|id| id.map(CategoryId::from))),
            tags,
            metadata: change(self.metadata),
            is_favorite: change(self.is_favorite),
            is_archived: change(self.is_archived),
            privacy,
        })
    }
}

/// Change a memory.
#[utoipa::path(
    patch, operation_id = "patchMemory", path = "/memories/{id}", tag = "memories", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "Change only this version.")),
    request_body = PatchMemoryRequest,
    responses((status = 200, description = "The memory after the change.", body = OneMemory), ApiErrors, CallerErrors, BodyErrors, ItemErrors, ChangeErrors),
)]
pub(crate) async fn patch(
    State(memories): State<Memories>,
    caller: Caller<WriteMemories>,
    PathId(id): PathId<MemoryId>,
    if_match: IfMatch,
    Now(now): Now,
    ValidJson(patch): ValidJson<PatchMemoryRequest>,
) -> Result<impl IntoResponse, ApiError> {
    let change = |memory: Memory| memory.patched(patch.clone(), now);
    let memory = memories.change(caller.user_id, id, if_match.0, change).await.map_err(unchanged)?;
    Ok((etag(memory.version), Json(OneMemory::from(memory))))
}
