//! An export job as it is stored: what is searched for in it is sealed, as everything that people write.

use std::sync::Arc;

use app_domain::{
    ExportId, ExportJob, ExportLimit, ExportSpec, ExportStatus, Progress, Sealing, StoreError, Timestamp,
    UserId,
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::table::corrupt;

/// An export job.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportItem {
    id: ExportId,
    user_id: UserId,
    status: ExportStatus,
    attempt: u32,
    /// What is wanted, in JSON.
    sealed: ByteBuf,
    limit_bytes: u64,
    kept_days: u32,
    items_done: u64,
    items_total: u64,
    bytes_done: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    started_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    counts: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    size_bytes: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
    ttl: i64,
}

/// Turns export jobs into items and back.
#[derive(Clone)]
pub(crate) struct ExportItems(Arc<dyn Sealing>);

impl ExportItems {
    pub(crate) fn new(sealing: impl Sealing) -> Self {
        Self(Arc::new(sealing))
    }

    pub(crate) async fn item(&self, job: &ExportJob) -> Result<ExportItem, StoreError> {
        let spec = serde_json::to_vec(&job.spec).map_err(corrupt)?;
        let sealed = self.0.seal(job.user_id, &record(job.id), &spec).await?;
        Ok(ExportItem {
            id: job.id,
            user_id: job.user_id,
            status: job.status,
            attempt: job.attempt,
            sealed: ByteBuf::from(sealed),
            limit_bytes: job.limit.size_bytes,
            kept_days: job.limit.kept_days,
            items_done: job.progress.items_done,
            items_total: job.progress.items_total,
            bytes_done: job.progress.bytes_done,
            started_at: job.started_at,
            counts: job.counts.as_ref().map(ToString::to_string),
            size_bytes: job.size_bytes,
            sha256: job.sha256.clone(),
            failure: job.failure.clone(),
            created_at: job.created_at,
            updated_at: job.updated_at,
            ttl: job.expires_at().as_seconds(),
        })
    }

    pub(crate) async fn job(&self, item: ExportItem) -> Result<ExportJob, StoreError> {
        let spec = self.0.open(item.user_id, &record(item.id), &item.sealed).await?;
        let spec: ExportSpec = serde_json::from_slice(&spec).map_err(corrupt)?;
        let counts = item.counts.map(|counts| serde_json::from_str(&counts)).transpose().map_err(corrupt)?;
        Ok(ExportJob {
            id: item.id,
            user_id: item.user_id,
            spec,
            limit: ExportLimit { size_bytes: item.limit_bytes, kept_days: item.kept_days },
            status: item.status,
            attempt: item.attempt,
            progress: Progress {
                items_done: item.items_done,
                items_total: item.items_total,
                bytes_done: item.bytes_done,
            },
            started_at: item.started_at,
            counts,
            size_bytes: item.size_bytes,
            sha256: item.sha256,
            failure: item.failure,
            created_at: item.created_at,
            updated_at: item.updated_at,
        })
    }
}

/// The name under which what is wanted is sealed.
fn record(id: ExportId) -> String {
    format!("export/{id}")
}
