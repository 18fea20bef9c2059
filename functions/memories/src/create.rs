//! `POST /memories`.

use app_domain::{
    Content, Description, Memory, MemoryDraft, MemoryId, MemorySource, MemoryTitle, Metadata, Tags,
};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, FieldErrors, Now, Parse, ValidJson, WriteMemories,
    etag,
};
use app_store::Memories;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::body::OneMemory;

/// A memory to save. At least a title, a description or content must be given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateMemoryRequest {
    /// 1–255 characters on one line.
    #[schema(max_length = 255)]
    title: Option<String>,
    /// Up to 1,000 characters.
    #[schema(max_length = 1000)]
    description: Option<String>,
    /// Any JSON up to 64 KiB; text is best kept as `{"text": "…"}`.
    content: Option<Value>,
    /// Up to 10 tags of 1–50 characters.
    #[schema(max_items = 10)]
    tags: Option<Vec<String>>,
    /// A JSON object up to 8 KiB that is kept beside the memory.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    /// Whether it is a favourite.
    is_favorite: Option<bool>,
    /// Whether it is archived.
    is_archived: Option<bool>,
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
        let (Some(title), Some(description), Some(content), Some(tags), Some(metadata)) =
            (title, description, content, tags, metadata)
        else {
            return Err(errors);
        };
        let is_favorite = self.is_favorite.unwrap_or_default();
        let is_archived = self.is_archived.unwrap_or_default();
        Ok(MemoryDraft { title, description, content, tags, metadata, is_favorite, is_archived })
    }
}

/// Save a memory.
#[utoipa::path(
    post, operation_id = "createMemory", path = "/memories", tag = "memories", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    request_body = CreateMemoryRequest,
    responses((status = 201, description = "Saved.", body = OneMemory), ApiErrors, CallerErrors, BodyErrors),
)]
pub(crate) async fn create(
    State(memories): State<Memories>,
    caller: Caller<WriteMemories>,
    Now(now): Now,
    ValidJson(draft): ValidJson<CreateMemoryRequest>,
) -> Result<impl IntoResponse, ApiError> {
    let memory = Memory::new(MemoryId::new(now), caller.user_id, MemorySource::Web, draft, now)
        .map_err(|invalid| FieldErrors::one("title", &invalid))?;
    memories.create(&memory).await?;
    let location = [(header::LOCATION, format!("/api/memories/{}", memory.id))];
    Ok((StatusCode::CREATED, etag(memory.version), location, Json(OneMemory::from(memory))))
}
