//! Notes: memories that lie in the folder as Markdown, and are taken from there when somebody edits them.
//!
//! A file is known by the provider's id for it and by its revision, so that what we have written ourselves is not taken for an edit. Of each note
//! it is kept what it said when it was last written or taken: what has changed since, there or here, is told by that. Where both have, nothing is lost:
//! the memory stays, and what the file says becomes another one.

mod desk;
mod marks;
mod names;
mod note;
mod plan;
mod pull;
mod push;
mod state;
mod taken;
mod task;
#[cfg(test)]
mod tests;

use serde_json::json;

use crate::failure::Failure;
use crate::run::Run;
use crate::sync::Outcome;

use desk::Desk;
use state::Report;

/// Takes what has changed on the drive.
///
/// # Errors
/// See [`Failure`].
pub(crate) async fn pull(run: &Run<'_>) -> Result<Outcome, Failure> {
    let desk = Desk::of(run).await?;
    let report = pull::pull(&desk).await?;
    let Report { changed, made, copies, .. } = report;
    Ok(outcome(&report, json!({"changed": changed, "new": made, "copies": copies}), "taken from it"))
}

/// Writes what has changed here.
///
/// # Errors
/// See [`Failure`].
pub(crate) async fn push(run: &Run<'_>) -> Result<Outcome, Failure> {
    let scope = run.connection.settings.notes;
    if scope == app_domain::NotesScope::Off {
        return Ok(Outcome::default());
    }
    let desk = Desk::of(run).await?;
    let report = push::push(&desk, scope).await?;
    let Report { written, removed, .. } = report;
    Ok(outcome(&report, json!({"written": written, "removed": removed}), "written"))
}

/// What was done, with what was left out and why.
fn outcome(report: &Report, mut result: serde_json::Value, verb: &str) -> Outcome {
    if report.skipped_count == 0 {
        return Outcome::of(result);
    }
    let skipped: Vec<_> =
        report.skipped.iter().map(|(path, reason)| json!({"path": path, "reason": reason})).collect();
    result["skipped"] = json!(skipped);
    result["skippedCount"] = json!(report.skipped_count);
    let count = report.skipped_count;
    let are = if count == 1 { "file of the folder notes was" } else { "files of the folder notes were" };
    Outcome::of(result).but(format!("{count} {are} not {verb}: see the list."))
}
