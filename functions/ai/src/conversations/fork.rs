//! `POST /ai/conversations/{id}/fork`.

use app_domain::{ConversationId, TurnId};
use app_http::{
    AccessAi, ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, FieldErrors, ItemErrors, Now, Parse,
    PathId, ValidJson,
};
use app_store::Conversations;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::OneConversation;
use super::refused;

/// Where to fork.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ForkBody {
    /// The last message that the new conversation has.
    message_id: Uuid,
}

impl Parse for ForkBody {
    type Parsed = TurnId;

    fn parse(self) -> Result<TurnId, FieldErrors> {
        Ok(self.message_id.into())
    }
}

/// Make a new conversation of one up to a message. What is proposed there is decided in the old one alone.
#[utoipa::path(
    post, operation_id = "forkConversation", path = "/ai/conversations/{id}/fork", tag = "ai",
    security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    params(("id" = Uuid, Path)), request_body = ForkBody,
    responses((status = 201, description = "The new conversation.", body = OneConversation), ApiErrors, CallerErrors, BodyErrors, ItemErrors),
)]
pub(crate) async fn fork(
    State(conversations): State<Conversations>,
    caller: Caller<AccessAi>,
    PathId(id): PathId<ConversationId>,
    Now(now): Now,
    ValidJson(at): ValidJson<ForkBody>,
) -> Result<(StatusCode, Json<OneConversation>), ApiError> {
    let source = conversations.get(caller.user_id, id).await?;
    let source = source.ok_or_else(|| ApiError::not_found("conversation"))?;
    let forked = conversations.fork(caller.user_id, id, at, source.forked(at, now)).await.map_err(refused)?;
    Ok((StatusCode::CREATED, Json(forked.into())))
}
