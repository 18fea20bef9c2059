//! `GET`, `PATCH` and `DELETE /ai/conversations/{id}`.

use app_domain::{Chore, ConversationId, ConversationTitle, Invalid, TurnId};
use app_http::{
    AccessAi, ApiError, ApiErrors, BestEffort, BodyErrors, Caller, CallerErrors, FieldErrors, ItemErrors,
    Now, Parse, PathId, ValidJson,
};
use app_runtime::Queue;
use app_store::Conversations;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::OneConversation;
use super::refused;

/// Read a conversation.
#[utoipa::path(
    get, operation_id = "getConversation", path = "/ai/conversations/{id}", tag = "ai", security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "The conversation.", body = OneConversation), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn read(
    State(conversations): State<Conversations>,
    caller: Caller<AccessAi>,
    PathId(id): PathId<ConversationId>,
) -> Result<Json<OneConversation>, ApiError> {
    let found = conversations.get(caller.user_id, id).await?;
    found.map(|found| Json(found.into())).ok_or_else(|| ApiError::not_found("conversation"))
}

/// What to change of a conversation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PatchConversation {
    /// What it is called: 1–100 characters on one line.
    #[schema(min_length = 1, max_length = 100)]
    title: Option<String>,
    /// The message that the next one follows: chooses the branch that ends there.
    current_message_id: Option<Uuid>,
}

/// A parsed [`PatchConversation`].
pub(crate) struct Change {
    title: Option<ConversationTitle>,
    leaf: Option<TurnId>,
}

impl Parse for PatchConversation {
    type Parsed = Change;

    fn parse(self) -> Result<Change, FieldErrors> {
        let mut errors = FieldErrors::default();
        let title = errors.check_optional("title", self.title.as_deref().map(ConversationTitle::parse));
        if self.title.is_none() && self.current_message_id.is_none() {
            errors.add("title", &Invalid::new("must be there, or currentMessageId"));
        }
        errors.into_result()?;
        Ok(Change { title: title.flatten(), leaf: self.current_message_id.map(TurnId::from) })
    }
}

/// Rename a conversation, or go on from another of its messages.
#[utoipa::path(
    patch, operation_id = "patchConversation", path = "/ai/conversations/{id}", tag = "ai", security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    params(("id" = Uuid, Path)), request_body = PatchConversation,
    responses((status = 200, description = "The conversation after the change.", body = OneConversation), ApiErrors, CallerErrors, BodyErrors, ItemErrors),
)]
pub(crate) async fn patch(
    State(conversations): State<Conversations>,
    caller: Caller<AccessAi>,
    PathId(id): PathId<ConversationId>,
    Now(now): Now,
    ValidJson(change): ValidJson<PatchConversation>,
) -> Result<Json<OneConversation>, ApiError> {
    if let Some(leaf) = change.leaf {
        conversations.go_to(caller.user_id, id, leaf).await.map_err(refused)?;
    }
    if let Some(title) = &change.title {
        conversations.rename(caller.user_id, id, title, now).await.map_err(refused)?;
    }
    let found = conversations.get(caller.user_id, id).await?;
    found.map(|found| Json(found.into())).ok_or_else(|| ApiError::not_found("conversation"))
}

/// Delete a conversation with all that was said in it. What was learnt from it stays.
#[utoipa::path(
    delete, operation_id = "deleteConversation", path = "/ai/conversations/{id}", tag = "ai", security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "It is gone."), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn delete(
    State(conversations): State<Conversations>,
    State(chores): State<Queue<Chore>>,
    caller: Caller<AccessAi>,
    PathId(id): PathId<ConversationId>,
    Now(now): Now,
) -> Result<StatusCode, ApiError> {
    let owner = caller.user_id;
    let is_all_gone = conversations.delete(owner, id, now).await.map_err(refused)?;
    if !is_all_gone {
        // It is due work too: if this is lost, the sweep sees to it.
        let rest = Chore::RemoveConversation { owner, conversation: id, day: now.day() };
        chores.send(&rest).await.best_effort("sending the rest of a conversation's removal");
    }
    Ok(StatusCode::NO_CONTENT)
}
