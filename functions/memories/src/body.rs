//! The answers that hold memories.

use app_domain::{Memory, MemoryId};
use app_http::MemoryBody;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The answer that holds one memory.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneMemory {
    pub(crate) memory: MemoryBody,
}

impl From<Memory> for OneMemory {
    fn from(memory: Memory) -> Self {
        Self { memory: memory.into() }
    }
}

/// The answer that holds a memory just saved.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SavedMemory {
    pub(crate) memory: MemoryBody,
    /// Other memories of the same words, if there are any, the newest first: it may have been saved twice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) similar_to: Vec<Uuid>,
}

impl SavedMemory {
    pub(crate) fn new(memory: Memory, similar: &[MemoryId]) -> Self {
        Self { memory: memory.into(), similar_to: similar.iter().map(MemoryId::as_uuid).collect() }
    }
}
