//! The backup: what a person has, as packs of records and large files, of which only those are sent that the drive does not have, and a manifest
//! that names them all.
//!
//! **Nothing is trusted to be there.** What the last backup has is used again if the drive lists it with its size and hash; what was removed or
//! edited by hand is sent anew. **Safe points.** Where a pack ends, it is noted where the walk is and what the backup has so far; what an
//! attempt does beyond that is done again, and found on the drive. **The end.** The manifest's bytes are kept before they are put, so that whoever
//! goes on puts the same; only when it is seen on the drive does anybody hear of the backup, and only then is anything removed.

mod base;
mod beside;
mod close;
mod draft;
mod file;
mod look;
mod prune;
mod records;
mod send;

use app_connectors::drives::DriveErrorClass;
use app_domain::{Backup, BackupTotals, DriveConnection};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::run::Run;
use crate::sync::Outcome;

use base::Base;
pub(crate) use base::{copy, fetched};
use draft::Draft;

/// Makes a backup, unless nothing has changed since the last one.
///
/// # Errors
/// See [`Failure`].
pub(crate) async fn run(run: &Run<'_>) -> Result<Outcome, Failure> {
    let mut base = Box::pin(Base::look(run, draft::id(run))).await?;
    let mut draft = Draft::begin(run, &mut base).await?;
    if !draft.is_whole() {
        Box::pin(records::write(run, &base, &mut draft)).await?;
    }
    let manifest = draft.manifest(&base);
    if base.is_same(&manifest) {
        // Whatever was sent on the way is the same as what is there.
        note(run, None).await?;
        draft.forget(run).await?;
        return Ok(told(json!({"unchanged": true}), &manifest.totals()));
    }
    let (backup, file) = Box::pin(close::close(run, &base, &draft, &manifest)).await?;
    note(run, Some(&backup)).await?;
    let removed = match Box::pin(prune::prune(run, &base, &manifest, &file)).await {
        Ok(removed) => removed,
        // The backup is whole. What is left is removed after the next one.
        Err(Failure::Drive(error)) if error.class != DriveErrorClass::NeedsConsent => {
            tracing::warn!(job.id = %run.job.id, error = %error, "not everything is removed that is not kept");
            0
        }
        Err(failure) => return Err(failure),
    };
    draft.forget(run).await?;
    let totals = &backup.totals;
    let result = json!({
        "backupId": backup.id,
        "counts": totals.counts,
        "newBytes": totals.new_bytes,
        "totalBytes": totals.total_bytes,
        "apiCalls": run.progress().api_calls,
        "missingFiles": totals.missing_files,
        "unreadable": totals.unreadable,
        "removedBackups": removed,
    });
    Ok(told(result, totals))
}

/// What came of it, with the words for what is missing.
fn told(result: Value, totals: &BackupTotals) -> Outcome {
    let outcome = Outcome::of(result);
    match totals.is_partial() {
        true => outcome.but("Some things could not be read or found, and are not in the backup."),
        false => outcome,
    }
}

/// Notes at the drive that it has everything that was there when the job began: what came later may be in the backup or not.
async fn note(run: &Run<'_>, backup: Option<&Backup>) -> Result<(), Failure> {
    let now = run.goes_on().await?;
    let began = run.job.started_at.unwrap_or(run.job.created_at);
    let last = backup.map(|backup| (backup.id, backup.at, backup.totals.clone()));
    let change = |drive: &mut DriveConnection| {
        drive.last_sync_at = drive.last_sync_at.filter(|at| *at <= now).max(Some(began));
        if drive.is_usable() {
            drive.fault = None;
        }
        if let Some(last) = &last {
            drive.last_backup = Some(last.clone());
        }
    };
    run.worker.connections.change(run.owner(), run.provider(), change).await?;
    Ok(())
}
