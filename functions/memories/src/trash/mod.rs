//! The trash: memories that were deleted, for thirty days.

mod empty;
mod list;
mod purge;
mod read;
mod restore;

use app_http::{MemoryBody, Routes, routes};
use app_store::Trashed;
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;

pub(crate) fn api<R: Routes<App>>() -> R {
    R::new()
        .routes(routes!(list::list, empty::empty))
        .routes(routes!(read::read, purge::purge))
        .routes(routes!(restore::restore))
}

/// A memory in the trash.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrashedBody {
    /// The memory, as it was.
    memory: MemoryBody,
    /// When it was deleted.
    #[schema(value_type = String, format = DateTime)]
    deleted_at: String,
    /// When it goes for good.
    #[schema(value_type = String, format = DateTime)]
    purge_at: String,
}

impl TrashedBody {
    fn new(trashed: Trashed, memory: MemoryBody) -> Self {
        let (deleted_at, purge_at) = (trashed.deleted_at.to_string(), trashed.purge_at.to_string());
        Self { memory, deleted_at, purge_at }
    }
}
