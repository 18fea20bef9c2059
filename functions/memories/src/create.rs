//! `POST /memories`.

use app_domain::{
    CategoryId, Content, Description, Memory, MemoryDraft, MemoryId, MemorySource, MemoryTitle, Metadata,
    Privacy, Provenance, Tags, Timestamp,
};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, FieldErrors, Now, Parse, ValidJson, WriteMemories,
    etag,
};
use app_store::{Creation, Memories};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::body::SavedMemory;
use crate::change::{broken, no_category};

/// A memory to save. It needs a title, a description or content.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateMemoryRequest {
    /// 1–255 characters on one line.
    #[schema(max_length = 255)]
    title: Option<String>,
    /// Up to 1,000 characters.
    #[schema(max_length = 1000)]
    description: Option<String>,
    /// Any JSON up to 64 KiB. Text that should be found belongs into a string or a member `text`. Of a sealed memory:
    /// `{"jwe": "…"}`.
    content: Option<Value>,
    /// The category to file it in.
    category_id: Option<Uuid>,
    /// Up to 10 tags of 1–50 characters.
    #[schema(max_items = 10)]
    tags: Option<Vec<String>>,
    /// A JSON object up to 8 KiB.
    #[schema(value_type = Option<Map<String, Value>>)]
    metadata: Option<Map<String, Value>>,
    /// Whether it is a favourite.
    is_favorite: Option<bool>,
    /// Whether it is archived.
    is_archived: Option<bool>,
    /// `private` (the default), `internal` or `sealed`.
    privacy_level: Option<String>,
}

impl Parse for CreateMemoryRequest {
    type Parsed = MemoryDraft;

    fn parse(self) -> Result<MemoryDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let title = errors.check_optional("title", self.title.as_deref().map(MemoryTitle::parse));
        let description =
            errors.check_optional("description", self.description.as_deref().map(Description::parse));
        let content = errors.check_optional("content", self.content.map(Content::parse));
        let tags = errors.check("tags", Tags::parse(&self.tags.unwrap_or_default()));
        let metadata = errors.check("metadata", Metadata::parse(self.metadata.unwrap_or_default()));
        let privacy =
            errors.check_optional("privacyLevel", self.privacy_level.as_deref().map(Privacy::parse));
        let (Some(title), Some(description), Some(content), Some(tags), Some(metadata), Some(privacy)) =
            (title, description, content, tags, metadata, privacy)
        else {
            return Err(errors);
        };
        Ok(MemoryDraft {
            title,
            description,
            content,
            category: self.category_id.map(CategoryId::from),
            tags,
            metadata,
            is_favorite: self.is_favorite.unwrap_or_default(),
            is_archived: self.is_archived.unwrap_or_default(),
            privacy: privacy.unwrap_or_default(),
            provenance: Provenance::default(),
        })
    }
}

/// Save a memory.
#[utoipa::path(
    post, operation_id = "createMemory", path = "/memories", tag = "memories", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    request_body = CreateMemoryRequest,
    responses((status = 201, description = "Saved.", body = SavedMemory), ApiErrors, CallerErrors, BodyErrors),
)]
pub(crate) async fn create(
    State(memories): State<Memories>,
    caller: Caller<WriteMemories>,
    Now(now): Now,
    ValidJson(draft): ValidJson<CreateMemoryRequest>,
) -> Result<impl IntoResponse, ApiError> {
    let (memory, similar) = save(&memories, &caller, draft, now).await?;
    let saved = SavedMemory::new(memory, &similar);
    let location = [(header::LOCATION, format!("/api/memories/{}", saved.memory.id))];
    Ok((StatusCode::CREATED, etag(saved.memory.version.into()), location, Json(saved)))
}

/// Saves a memory of the caller, and names others of the same words.
pub(crate) async fn save(
    memories: &Memories,
    caller: &Caller<WriteMemories>,
    draft: MemoryDraft,
    now: Timestamp,
) -> Result<(Memory, Vec<MemoryId>), ApiError> {
    let source = if caller.api_key_id.is_some() { MemorySource::Api } else { MemorySource::Web };
    let provenance = Provenance { api_key_id: caller.api_key_id, ..Provenance::default() };
    let draft = MemoryDraft { provenance, ..draft };
    let memory = Memory::new(MemoryId::new(now), caller.user_id, source, draft, now);
    let memory = memory.map_err(|error| broken(&error))?;
    match memories.create(&memory).await? {
        Creation::Saved { similar } => Ok((memory, similar)),
        Creation::NoCategory => Err(no_category()),
    }
}
