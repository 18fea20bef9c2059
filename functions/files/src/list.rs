//! `GET /files`.

use app_domain::{FileId, FileQuotas, MemoryId, StoreError};
use app_http::{
    ApiError, ApiErrors, ByCursor, Caller, CallerErrors, CursorPagination, CursorQuery, FieldErrors, Now,
    Parse, ReadMemories, ValidQuery,
};
use app_store::Files;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::body::{FileBody, UsageBody};

/// Which files to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FilesQuery {
    /// Only those that are with this memory.
    memory_id: Option<Uuid>,
}

impl Parse for FilesQuery {
    type Parsed = Option<MemoryId>;

    fn parse(self) -> Result<Option<MemoryId>, FieldErrors> {
        Ok(self.memory_id.map(MemoryId::from))
    }
}

/// A page of files.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FilePage {
    /// Newest first.
    files: Vec<FileBody>,
    /// How much is stored in all.
    usage: UsageBody,
    /// Where the page ends.
    pagination: CursorPagination,
}

/// List files, newest first.
#[utoipa::path(
    get, operation_id = "listFiles", path = "/files", tag = "files", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(CursorQuery, FilesQuery),
    responses((status = 200, description = "A page of files.", body = FilePage), ApiErrors, CallerErrors),
)]
pub(crate) async fn list(
    State(files): State<Files>,
    State(quotas): State<FileQuotas>,
    caller: Caller<ReadMemories>,
    page: ByCursor<FileId>,
    ValidQuery(memory): ValidQuery<FilesQuery>,
    Now(now): Now,
) -> Result<Json<FilePage>, ApiError> {
    let owner = caller.user_id;
    let read = async {
        match memory {
            Some(memory) => {
                let ids = files.ids_of(owner, memory, page.after, page.to_read()).await?;
                // The links tell whether another page follows: a file may be gone since.
                let (ids, pagination) = page.paged(ids, |id| *id, |id| id);
                Ok::<_, StoreError>((files.get_all(owner, ids).await?, pagination))
            }
            None => {
                let found = files.page(owner, page.after, page.to_read()).await?;
                Ok(page.paged(found, |file| file.id, |file| file))
            }
        }
    };
    let ((mut found, pagination), usage) = tokio::try_join!(read, files.usage(owner))?;
    found.retain(|file| !file.is_forgotten(now));
    let files = found.into_iter().map(FileBody::from).collect();
    let usage = UsageBody::new(usage, quotas.of(caller.tier).total_bytes);
    Ok(Json(FilePage { files, usage, pagination }))
}
