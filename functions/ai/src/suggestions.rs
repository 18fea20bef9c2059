//! `GET /ai/suggestions`.

use std::time::Instant;

use app_domain::Permission;
use app_http::{AccessAi, ApiError, ApiErrors, Caller, CallerErrors, Untimed};
use app_memo::Memo;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::chat::asker;
use crate::task::{TaskMetadata, undone};

/// What could be done next.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SuggestionsBody {
    /// Questions that the memories can answer.
    questions: Vec<String>,
    /// Memories that are filed nowhere, and where they may belong.
    filing: Vec<FilingBody>,
    metadata: TaskMetadata,
}

/// A memory, and where it may belong.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct FilingBody {
    memory_id: Uuid,
    title: String,
    category_id: Option<Uuid>,
    category: String,
    confidence: f32,
}

/// Suggest what to do next, by the newest memories.
#[utoipa::path(
    get, operation_id = "suggest", path = "/ai/suggestions", tag = "ai", security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    responses((status = 200, description = "Suggestions.", body = SuggestionsBody), ApiErrors, CallerErrors),
)]
pub(crate) async fn suggest(
    State(memo): State<Memo>,
    caller: Caller<AccessAi>,
    _: Untimed,
) -> Result<Json<SuggestionsBody>, ApiError> {
    caller.need(Permission::ReadMemories)?;
    let began = Instant::now();
    let done = memo.suggest(&asker(&caller)).await.map_err(undone)?;
    let metadata = TaskMetadata::of(&done, began);
    let filing = done.what.filing.into_iter().map(|(memory, title, place)| FilingBody {
        memory_id: memory.as_uuid(),
        title,
        category_id: place.id.map(|id| id.as_uuid()),
        category: place.name,
        confidence: place.confidence,
    });
    Ok(Json(SuggestionsBody { questions: done.what.questions, filing: filing.collect(), metadata }))
}
