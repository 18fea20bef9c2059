//! `GET /sync/{provider}/backups`.

use std::sync::Arc;

use app_backup::layout::{self, ManifestName};
use app_connectors::drives::Drive;
use app_domain::{Backup, BackupFormat, BackupId, DriveConnection, DriveProvider, Timestamp, UserId};
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ErrorBody, Now, ReadMemories};
use app_store::{Backups, DriveConnections};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Door, PathProvider, usable};

/// So many backups of a drive are described: the newest. Retention keeps far fewer.
const DESCRIBED: u32 = 500;
/// So many pages of a folder are read at most.
const MAX_PAGES: usize = 20;

/// What is on a drive.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllBackups {
    /// The newest first.
    backups: Vec<BackupBody>,
}

/// A backup.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BackupBody {
    /// Its id, a UUIDv7.
    id: Uuid,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    at: String,
    /// The account whose it is: another one if the drive was used by one.
    account: Uuid,
    /// Whether that is yours.
    is_own: bool,
    /// Whether a passphrase opens it.
    is_encrypted: bool,
    /// Its manifest in the folder.
    #[schema(example = "backups/019ab0c4-…/2026-11-22T03-00-00Z_019ab0c5-….json")]
    path: String,
    /// What is known of it here: of backups that this account has made.
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<BackupDetails>,
}

/// What is known of a backup.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BackupDetails {
    /// `archive`, `json` or `txt`.
    #[schema(value_type = String)]
    format: BackupFormat,
    /// How many records it holds, by kind.
    #[schema(value_type = BTreeMap<String, u64>)]
    counts: Value,
    /// Files whose bytes were not there to be backed up.
    missing_files: u64,
    /// The bytes of everything that it refers to.
    total_bytes: u64,
    /// The bytes that had to be sent for it.
    new_bytes: u64,
    /// How often the provider was called for it.
    api_calls: u64,
    /// SHA-256 of its manifest as it is on the drive.
    sha256: String,
    /// The one before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<Uuid>,
    /// When it was last verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    verified_at: Option<String>,
}

/// List the backups that are on a drive.
///
/// The drive itself is asked, so that what was removed there is not listed, and backups of another account of this service are.
#[utoipa::path(
    get, operation_id = "listBackups", path = "/sync/{provider}/backups", tag = "sync", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("provider" = String, Path, description = "`google-drive`, `dropbox`, `onedrive` or `s3`.")),
    responses(
        (status = 200, description = "The backups.", body = AllBackups),
        (status = 404, description = "There is no such provider.", body = ErrorBody),
        (status = 409, description = "It is not connected.", body = ErrorBody),
        ApiErrors, CallerErrors,
    ),
)]
pub(crate) async fn list(
    State(drives): State<DriveConnections>,
    State(door): State<Door>,
    State(backups): State<Backups>,
    caller: Caller<ReadMemories>,
    PathProvider(provider): PathProvider,
    Now(now): Now,
) -> Result<Json<AllBackups>, ApiError> {
    let drive = usable(&drives, caller.user_id, provider).await?;
    let mut found = on_drive(&door, &drive, now).await?;
    found.sort_by_key(|name| std::cmp::Reverse((name.at, name.id)));
    let (known, _) = backups.list(caller.user_id, provider, None, DESCRIBED).await?;
    let body = |name: ManifestName| BackupBody::new(name, caller.user_id, &known);
    Ok(Json(AllBackups { backups: found.into_iter().map(body).collect() }))
}

/// The manifests on a drive, of every account.
async fn on_drive(
    door: &Door,
    drive: &DriveConnection,
    now: Timestamp,
) -> Result<Vec<ManifestName>, ApiError> {
    let names = |open: Arc<dyn Drive>| async move {
        let (mut names, mut page) = (Vec::new(), None);
        for _ in 0..MAX_PAGES {
            let listed = open.list(layout::backups(), page.as_deref()).await?;
            names.extend(listed.files.iter().filter_map(|file| ManifestName::parse(&file.path)));
            page = listed.next;
            if page.is_none() {
                break;
            }
        }
        Ok(names)
    };
    door.ask(drive, now, names).await
}

/// The manifest of one backup on a drive.
pub(super) async fn named(
    door: &Door,
    drive: &DriveConnection,
    id: BackupId,
    now: Timestamp,
) -> Result<ManifestName, ApiError> {
    let names = on_drive(door, drive, now).await?;
    names.into_iter().find(|name| name.id == id).ok_or_else(|| ApiError::not_found("backup"))
}

impl BackupBody {
    fn new(name: ManifestName, caller: UserId, known: &[Backup]) -> Self {
        let details = known.iter().find(|backup| backup.id == name.id && name.set == caller);
        Self {
            id: name.id.as_uuid(),
            at: details.map_or(name.at, |backup| backup.at).to_string(),
            account: name.set.as_uuid(),
            is_own: name.set == caller,
            is_encrypted: name.is_sealed,
            path: name.path(),
            details: details.map(BackupDetails::from),
        }
    }
}

impl From<&Backup> for BackupDetails {
    fn from(backup: &Backup) -> Self {
        Self {
            format: backup.format,
            counts: serde_json::json!(backup.totals.counts),
            missing_files: backup.totals.missing_files,
            total_bytes: backup.totals.total_bytes,
            new_bytes: backup.totals.new_bytes,
            api_calls: backup.totals.api_calls,
            sha256: backup.sha256.clone(),
            previous: backup.previous.map(|previous| previous.as_uuid()),
            verified_at: backup.verified_at.map(|at| at.to_string()),
        }
    }
}

/// The ids in the path of something below a drive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PathBackup {
    pub(crate) provider: DriveProvider,
    pub(crate) id: BackupId,
}

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for PathBackup {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, state: &S) -> Result<Self, ApiError> {
        let PathProvider(provider) = PathProvider::from_request_parts(parts, state).await?;
        let path = axum::extract::Path::<Vec<(String, String)>>::from_request_parts(parts, state).await.ok();
        let id = path.and_then(|path| path.0.into_iter().find(|(name, _)| name == "id"));
        let id = id.and_then(|(_, id)| id.parse().ok()).ok_or_else(|| ApiError::not_found("backup"))?;
        Ok(Self { provider, id })
    }
}
