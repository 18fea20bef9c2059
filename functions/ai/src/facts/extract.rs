//! `POST /ai/facts/extract` and taking back what it found.

use std::time::Instant;

use app_domain::{ConversationId, FactBatchId, FactId, MergeReport, UndoReport};
use app_http::{
    AccessAi, ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, FieldErrors, ItemErrors, Now, Parse,
    PathId, Untimed, ValidJson,
};
use app_memo::{LearnError, Memo};
use app_store::Facts;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::refused;
use crate::chat::asker;
use crate::task::{TaskMetadata, undone};

/// Where to learn from.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExtractBody {
    /// The conversation.
    conversation_id: Uuid,
}

impl Parse for ExtractBody {
    type Parsed = ConversationId;

    fn parse(self) -> Result<ConversationId, FieldErrors> {
        Ok(self.conversation_id.into())
    }
}

/// What was learnt.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LearntBody {
    /// What to take it back by; absent if there was nothing new.
    #[serde(skip_serializing_if = "Option::is_none")]
    batch_id: Option<Uuid>,
    /// Facts that are new.
    added: Vec<Uuid>,
    /// Facts that were known, and were said once more.
    merged: Vec<Uuid>,
    /// Facts that do not hold any more, because one of the new ones does.
    superseded: Vec<Uuid>,
    /// New facts that wait for the caller to say whether they are true.
    review: Vec<Uuid>,
    /// Facts that waited too long among too many.
    dropped: Vec<Uuid>,
    metadata: TaskMetadata,
}

/// Learn what the caller said about themselves in a conversation. Only their own messages count, each once, however often this is asked for.
#[utoipa::path(
    post, operation_id = "extractFacts", path = "/ai/facts/extract", tag = "ai", security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    request_body = ExtractBody,
    responses(
        (status = 200, description = "What was learnt.", body = LearntBody),
        (status = 404, description = "There is no such conversation.", body = app_http::ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn extract(
    State(memo): State<Memo>,
    caller: Caller<AccessAi>,
    _: Untimed,
    ValidJson(conversation): ValidJson<ExtractBody>,
) -> Result<Json<LearntBody>, ApiError> {
    let began = Instant::now();
    let done = memo.learn(&asker(&caller), conversation).await.map_err(|error| match error {
        LearnError::NoConversation => ApiError::not_found("conversation"),
        LearnError::Task(error) => undone(error),
        LearnError::Fact(error) => refused(error),
    })?;
    let metadata = TaskMetadata::of(&done, began);
    let MergeReport { batch, added, merged, superseded, review, dropped } = done.what;
    Ok(Json(LearntBody {
        batch_id: batch.map(|id| id.as_uuid()),
        added: ids(&added),
        merged: ids(&merged),
        superseded: ids(&superseded),
        review: ids(&review),
        dropped: ids(&dropped),
        metadata,
    }))
}

/// What was taken back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UndoneBody {
    /// Facts that are gone.
    removed: Vec<Uuid>,
    /// Facts that are as they were before.
    restored: Vec<Uuid>,
    /// Facts that stay, because they have been changed since.
    kept: Vec<Uuid>,
}

/// Take back what was learnt at once.
#[utoipa::path(
    post, operation_id = "undoFacts", path = "/ai/facts/batches/{id}/undo", tag = "ai", security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "What was taken back.", body = UndoneBody),
        (status = 409, description = "It has been taken back already.", body = app_http::ErrorBody),
        ApiErrors, CallerErrors, ItemErrors,
    ),
)]
pub(crate) async fn undo(
    State(facts): State<Facts>,
    caller: Caller<AccessAi>,
    PathId(id): PathId<FactBatchId>,
    Now(now): Now,
) -> Result<Json<UndoneBody>, ApiError> {
    let UndoReport { removed, restored, kept } =
        facts.undo(caller.user_id, id, now).await.map_err(refused)?;
    Ok(Json(UndoneBody { removed: ids(&removed), restored: ids(&restored), kept: ids(&kept) }))
}

fn ids(facts: &[FactId]) -> Vec<Uuid> {
    facts.iter().map(FactId::as_uuid).collect()
}
