//! `GET /ai/conversations/{id}/messages`, and one of them.

use app_domain::{ConversationId, TurnId};
use app_http::{
    AccessAi, ApiError, ApiErrors, ByCursor, Caller, CallerErrors, CursorPagination, CursorQuery, ItemErrors,
    Now, PathId,
};
use app_store::Conversations;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::TurnBody;
use super::{PathTurn, refused};

/// A page of what was said in a conversation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TurnPage {
    messages: Vec<TurnBody>,
    pagination: CursorPagination,
}

/// The answer that holds one message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneTurn {
    message: TurnBody,
}

/// List what was said in a conversation, on all branches, the latest first.
#[utoipa::path(
    get, operation_id = "listConversationMessages", path = "/ai/conversations/{id}/messages", tag = "ai",
    security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    params(("id" = Uuid, Path), CursorQuery),
    responses((status = 200, description = "A page.", body = TurnPage), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn list(
    State(conversations): State<Conversations>,
    caller: Caller<AccessAi>,
    PathId(id): PathId<ConversationId>,
    page: ByCursor<TurnId>,
    Now(now): Now,
) -> Result<Json<TurnPage>, ApiError> {
    let turns = conversations.turns(caller.user_id, id, page.after, page.limit(), now).await;
    let (turns, next) = turns.map_err(refused)?;
    let messages = turns.into_iter().map(TurnBody::from).collect();
    Ok(Json(TurnPage { messages, pagination: page.ending(next) }))
}

/// Read one message of a conversation, such as an answer whose stream was cut.
#[utoipa::path(
    get, operation_id = "getConversationMessage", path = "/ai/conversations/{id}/messages/{messageId}", tag = "ai",
    security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    params(("id" = Uuid, Path), ("messageId" = Uuid, Path)),
    responses((status = 200, description = "The message.", body = OneTurn), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn read(
    State(conversations): State<Conversations>,
    caller: Caller<AccessAi>,
    path: PathTurn,
    Now(now): Now,
) -> Result<Json<OneTurn>, ApiError> {
    let turn = conversations.turn(caller.user_id, path.conversation, path.id, now).await;
    Ok(Json(OneTurn { message: turn.map_err(refused)?.into() }))
}
