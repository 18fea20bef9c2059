//! Restoring: what a backup has is compared with what is here, and handed over as an import.
//!
//! A backup is read as it is on the drive, whoever has written it: this service for this account or for another one. What cannot be read of it is
//! named, and the rest comes back.

mod assemble;
mod backup;
mod compare;
mod diff;
mod draft;
mod large;
mod selection;
mod unread;

use app_backup::Sum;
use app_domain::{
    DriveJob, FromBackup, ImportFormat, ImportId, ImportJob, ImportSpec, ImportStatus, RestoreSpec,
    StoreError,
};
use serde_json::json;

use crate::failure::Failure;
use crate::reasons;
use crate::run::Run;
use crate::sync::Outcome;

use assemble::Assembly;
pub(crate) use backup::Backup;

/// Restores what a backup has, or says what would be restored.
///
/// # Errors
/// See [`Failure`].
pub(crate) async fn run(run: &Run<'_>, spec: &RestoreSpec) -> Result<Outcome, Failure> {
    let backup = Backup::open(run, spec.backup, &spec.path).await?;
    if !backup.manifest.format.is_restorable() {
        return Err(Failure::Told(reasons::PROSE.to_owned()));
    }
    if spec.dry_run {
        return Box::pin(diff::run(run, spec, &backup)).await;
    }
    let import = import_of(run.job, spec, &backup);
    let mut assembly = Assembly::begin(run, spec, &backup, &import).await?;
    if !assembly.is_sent()
        && let Some(there) = run.worker.imports.get(run.owner(), import.id).await?
    {
        // It was handed over, and what is known of it is lost: it must not be written again under those who read it.
        return handed_over(run, &there).await;
    }
    let assembled = Box::pin(assembly.run()).await?;
    let has_any = !assembled.counts.is_empty();
    let mut result = json!({
        "importId": has_any.then_some(import.id),
        "at": backup.manifest.at,
        "counts": assembled.counts,
        "sizeBytes": assembled.size_bytes,
        "unread": assembled.unread.named(),
    });
    if has_any {
        let import = ImportJob { size_bytes: assembled.size_bytes, ..import };
        let handed = handed_over(run, &import).await?;
        result["importId"] = handed.result.get("importId").cloned().unwrap_or_default();
    }
    Ok(assembled.unread.outcome(result))
}

/// The import that a restore ends as: the same one each time.
fn import_of(job: &DriveJob, spec: &RestoreSpec, backup: &Backup) -> ImportJob {
    let name = format!("restore:{}", job.id);
    let at = backup.manifest.at;
    let restore = Some(FromBackup { at, on_conflict: spec.on_conflict });
    let file_name = format!("backup-{}.zip", at.day());
    let how = ImportSpec { restore, ..ImportSpec::default() };
    ImportJob {
        id: ImportId::derived(job.created_at, Sum::of(name.as_bytes()).as_bytes()),
        format: Some(ImportFormat::MemoryApp),
        ..ImportJob::awaiting(job.user_id, file_name, 0, how, job.created_at)
    }
}

/// Makes the import, and sees to it that somebody does it. Doing it again changes nothing.
async fn handed_over(run: &Run<'_>, import: &ImportJob) -> Result<Outcome, Failure> {
    let (imports, now) = (&run.worker.imports, (run.worker.now)());
    // It may take a while until it is read.
    let new = ImportJob { created_at: now, updated_at: now, ..import.clone() };
    match imports.create(&new).await {
        Ok(()) | Err(StoreError::Conflict) => {}
        Err(error) => return Err(error.into()),
    }
    let there = imports.get(run.owner(), import.id).await?.ok_or(StoreError::Conflict)?;
    let queued = match there.status {
        ImportStatus::Uploading => imports.start(&there, now).await?.ok_or(StoreError::Conflict)?,
        _ => there,
    };
    if queued.status == ImportStatus::Queued {
        run.worker.imports_queue.send(&queued.task()).await?;
    }
    Ok(Outcome::of(json!({ "importId": queued.id })))
}
