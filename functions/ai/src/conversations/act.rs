//! `POST /ai/conversations/{id}/messages/{messageId}/actions/{actionId}`.

use app_domain::{ConversationId, TurnId};
use app_http::{
    AccessAi, ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, FieldErrors, ItemErrors, Parse,
    ValidJson,
};
use app_memo::{Decision, DecisionError, Memo};
use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::refused;
use crate::chat::{ActionBody, asker};

/// What is decided on something that Memo proposes.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct DecisionBody {
    /// Whether it is to be done.
    approve: bool,
}

impl Parse for DecisionBody {
    type Parsed = Decision;

    fn parse(self) -> Result<Decision, FieldErrors> {
        Ok(if self.approve { Decision::Approve } else { Decision::Decline })
    }
}

/// The answer that holds one action.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneAction {
    action: ActionBody,
}

/// Approve or decline something that Memo proposes. It is done once, with the caller's own permissions, however often it is approved.
#[utoipa::path(
    post, operation_id = "decideAction", path = "/ai/conversations/{id}/messages/{messageId}/actions/{actionId}", tag = "ai",
    security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    params(("id" = Uuid, Path), ("messageId" = Uuid, Path), ("actionId" = String, Path)), request_body = DecisionBody,
    responses(
        (status = 200, description = "What has become of it.", body = OneAction),
        (status = 409, description = "It is decided already.", body = app_http::ErrorBody),
        ApiErrors, CallerErrors, BodyErrors, ItemErrors,
    ),
)]
pub(crate) async fn decide(
    State(memo): State<Memo>,
    caller: Caller<AccessAi>,
    Path((conversation, turn, action)): Path<(String, String, String)>,
    ValidJson(decision): ValidJson<DecisionBody>,
) -> Result<Json<OneAction>, ApiError> {
    let missing = || ApiError::not_found("action");
    let conversation: ConversationId = conversation.parse().map_err(|_| missing())?;
    let turn: TurnId = turn.parse().map_err(|_| missing())?;
    let decided = memo.decide(&asker(&caller), conversation, turn, &action, decision).await;
    let action = decided.map_err(|error| match error {
        DecisionError::Permission(permission) => match caller.need(permission) {
            Err(denied) => denied,
            Ok(()) => ApiError::not_found("action"),
        },
        DecisionError::Conversation(error) => refused(error),
    })?;
    Ok(Json(OneAction { action: action.into() }))
}
