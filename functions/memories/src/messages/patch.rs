//! `PATCH /memories/{id}/messages/{messageId}`.

use app_domain::{MessagePatch, MessageStatus, MessageText, Patch};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, ChangeErrors, FieldErrors, IfMatch, ItemErrors,
    Now, Parse, ValidJson, WriteMemories, etag,
};
use app_store::Messages;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::body::OneMessage;
use super::{PathMessage, refused};

/// What to change. A member that is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PatchMessageRequest {
    /// 1–10,000 characters.
    #[schema(min_length = 1, max_length = 10000)]
    content: Option<String>,
    /// A JSON object, merged member by member (RFC 7396), or `null` to clear it; 8 KiB after the change.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Map<String, Value>>)]
    metadata: Option<Option<Map<String, Value>>>,
    /// `delivered`, `read` or `failed`. It goes forward only: from `sent` to any, from `delivered` to `read`.
    #[schema(example = "read")]
    status: Option<String>,
}

/// Tells a member that is `null` from one that is absent.
fn present<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<Map<String, Value>>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Parse for PatchMessageRequest {
    type Parsed = MessagePatch;

    fn parse(self) -> Result<MessagePatch, FieldErrors> {
        let mut errors = FieldErrors::default();
        let content = errors.check_optional("content", self.content.as_deref().map(MessageText::parse));
        let status = errors.check_optional("status", self.status.as_deref().map(MessageStatus::parse));
        let (Some(content), Some(status)) = (content, status) else { return Err(errors) };
        let metadata = self.metadata.map_or(Patch::Keep, |members| members.map_or(Patch::Clear, Patch::Set));
        Ok(MessagePatch { content, metadata, status })
    }
}

/// Change a message: what it says, what is kept beside it, how far it has come. Its version stays if nothing changes.
#[utoipa::path(
    patch, operation_id = "patchMessage", path = "/memories/{id}/messages/{messageId}", tag = "messages", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("id" = Uuid, Path), ("messageId" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "Change only this version.")),
    request_body = PatchMessageRequest,
    responses((status = 200, description = "The message after the change.", body = OneMessage), ApiErrors, CallerErrors, BodyErrors, ItemErrors, ChangeErrors),
)]
pub(crate) async fn patch(
    State(messages): State<Messages>,
    caller: Caller<WriteMemories>,
    PathMessage { memory, id }: PathMessage,
    if_match: IfMatch,
    Now(now): Now,
    ValidJson(patch): ValidJson<PatchMessageRequest>,
) -> Result<impl IntoResponse, ApiError> {
    let changed = messages.patch(caller.user_id, memory, id, if_match.0, &patch, now).await;
    let message = changed.map_err(refused)?;
    Ok((etag(message.version), Json(OneMessage::from(message))))
}
