//! `GET /ai/conversations`.

use app_http::{
    AccessAi, ApiError, ApiErrors, ByCursor, Caller, CallerErrors, CursorPagination, CursorQuery,
};
use app_store::{ConversationPosition, Conversations};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::ConversationBody;

/// A page of conversations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConversationPage {
    conversations: Vec<ConversationBody>,
    pagination: CursorPagination,
}

/// List conversations, the last changed first.
#[utoipa::path(
    get, operation_id = "listConversations", path = "/ai/conversations", tag = "ai", security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    params(CursorQuery),
    responses((status = 200, description = "A page.", body = ConversationPage), ApiErrors, CallerErrors),
)]
pub(crate) async fn list(
    State(conversations): State<Conversations>,
    caller: Caller<AccessAi>,
    page: ByCursor<ConversationPosition>,
) -> Result<Json<ConversationPage>, ApiError> {
    let (found, next) = conversations.list(caller.user_id, page.after.as_ref(), page.limit()).await?;
    let conversations = found.into_iter().map(ConversationBody::from).collect();
    Ok(Json(ConversationPage { conversations, pagination: page.ending(next) }))
}
