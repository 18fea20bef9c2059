//! `POST /memories/batch`.

use std::collections::HashMap;

use app_domain::{MemoryDraft, MemoryId, MemoryPatch, Permission, Timestamp, Version};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, ErrorDetail, FieldErrors, MemoryBody, Now, Parse,
    RequestInfo, ValidJson, WriteMemories,
};
use app_store::{Memories, Removal};
use axum::extract::State;
use axum::{Extension, Json};
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::change::unchanged;
use crate::create::{CreateMemoryRequest, save};
use crate::patch::PatchMemoryRequest;

/// The most that one request asks for.
const MAX: usize = 100;
/// Writers meet at their owner's counters: more at once would only be in each other's way.
const AT_ONCE: usize = 4;

/// Up to 100 things to do. Those on one memory are done one after the other, in their order.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct BatchRequest {
    /// What to do.
    #[schema(max_items = 100, min_items = 1)]
    operations: Vec<OperationRequest>,
}

/// One thing to do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "op", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum OperationRequest {
    /// Save a memory.
    Create {
        /// The memory.
        memory: CreateMemoryRequest,
    },
    /// Change a memory.
    Patch {
        /// Which.
        id: Uuid,
        /// Only if it is at this version.
        version: Option<u64>,
        /// What to change.
        memory: PatchMemoryRequest,
    },
    /// Move a memory to the trash.
    Delete {
        /// Which.
        id: Uuid,
        /// Only if it is at this version.
        version: Option<u64>,
    },
}

/// What is done one after the other, each with its place in the request.
type Lane = Vec<(usize, Result<Operation, ApiError>)>;

/// One thing to do, if it breaks no rule.
pub(crate) enum Operation {
    Create(MemoryDraft),
    Patch(MemoryId, Option<Version>, MemoryPatch),
    Delete(MemoryId, Option<Version>),
}

/// The answer to one of the operations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OperationResult {
    /// The status that the operation would have had alone.
    #[schema(example = 201)]
    status: u16,
    /// The memory, saved or changed, as a list shows it: without content that is too large.
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<MemoryBody>,
    /// Why it was not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorDetail>,
}

impl OperationResult {
    fn new(done: Result<(u16, Option<MemoryBody>), ApiError>, request_id: &str) -> Self {
        match done {
            Ok((status, memory)) => Self { status, memory, error: None },
            Err(error) => {
                let error = error.into_detail(request_id);
                Self { status: error.code, memory: None, error: Some(error) }
            }
        }
    }
}

/// The answer to a batch.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchReply {
    /// One for each operation, in their order.
    results: Vec<OperationResult>,
}

impl Parse for BatchRequest {
    type Parsed = Vec<Result<Operation, ApiError>>;

    fn parse(self) -> Result<Self::Parsed, FieldErrors> {
        if self.operations.is_empty() || self.operations.len() > MAX {
            let rule = app_domain::Invalid::new(format!("must be 1 to {MAX} operations"));
            return Err(FieldErrors::one("operations", &rule));
        }
        Ok(self.operations.into_iter().map(|operation| operation.parse().map_err(ApiError::from)).collect())
    }
}

impl OperationRequest {
    fn parse(self) -> Result<Operation, FieldErrors> {
        Ok(match self {
            Self::Create { memory } => Operation::Create(memory.parse()?),
            Self::Patch { id, version, memory } => {
                Operation::Patch(id.into(), version.map(Version::from), memory.parse()?)
            }
            Self::Delete { id, version } => Operation::Delete(id.into(), version.map(Version::from)),
        })
    }
}

impl Operation {
    /// The memory that is there already.
    fn target(&self) -> Option<MemoryId> {
        match self {
            Self::Create(_) => None,
            Self::Patch(id, ..) | Self::Delete(id, _) => Some(*id),
        }
    }
}

/// Save, change and delete up to 100 memories. Each is done or refused on its own.
#[utoipa::path(
    post, operation_id = "batchMemories", path = "/memories/batch", tag = "memories", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    request_body = BatchRequest,
    responses((status = 200, description = "What became of each operation.", body = BatchReply), ApiErrors, CallerErrors, BodyErrors),
)]
pub(crate) async fn batch(
    State(memories): State<Memories>,
    caller: Caller<WriteMemories>,
    Extension(info): Extension<RequestInfo>,
    Now(now): Now,
    ValidJson(operations): ValidJson<BatchRequest>,
) -> Result<Json<BatchReply>, ApiError> {
    let mut lanes: [Lane; AT_ONCE] = Default::default();
    let mut lane_of: HashMap<MemoryId, usize> = HashMap::new();
    for (place, operation) in operations.into_iter().enumerate() {
        let target = operation.as_ref().ok().and_then(Operation::target);
        let lane = target.map_or(place, |target| *lane_of.entry(target).or_insert(place));
        lanes[lane % AT_ONCE].push((place, operation));
    }
    let lanes = lanes.into_iter().map(|lane| async {
        let mut results = Vec::with_capacity(lane.len());
        for (place, operation) in lane {
            let done = match operation {
                Ok(operation) => perform(&memories, &caller, operation, now).await,
                Err(refused) => Err(refused),
            };
            results.push((place, OperationResult::new(done, &info.request_id)));
        }
        results
    });
    let mut results: Vec<(usize, OperationResult)> = join_all(lanes).await.into_iter().flatten().collect();
    results.sort_by_key(|(place, _)| *place);
    Ok(Json(BatchReply { results: results.into_iter().map(|(_, result)| result).collect() }))
}

async fn perform(
    memories: &Memories,
    caller: &Caller<WriteMemories>,
    operation: Operation,
    now: Timestamp,
) -> Result<(u16, Option<MemoryBody>), ApiError> {
    match operation {
        Operation::Create(draft) => {
            let (memory, _) = save(memories, caller, draft, now).await?;
            Ok((201, Some(MemoryBody::listed(memory))))
        }
        Operation::Patch(id, version, patch) => {
            let change = |memory: app_domain::Memory| memory.patched(patch.clone(), now);
            let memory = memories.change(caller.user_id, id, version, change).await.map_err(unchanged)?;
            Ok((200, Some(MemoryBody::listed(memory))))
        }
        Operation::Delete(id, version) => {
            caller.need(Permission::DeleteMemories)?;
            match memories.trash(caller.user_id, id, version, now).await? {
                Removal::Done => Ok((204, None)),
                Removal::Missing => Err(ApiError::not_found("memory")),
                Removal::Stale => Err(ApiError::stale()),
            }
        }
    }
}
