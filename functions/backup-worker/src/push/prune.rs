//! What is not kept any more: first manifests, then what no manifest refers to.

use std::collections::HashSet;
use std::time::Duration;

use app_backup::Manifest;
use app_backup::layout::{ManifestName, StoredName};
use app_connectors::drives::{Drive, DriveFile};
use app_domain::{BackupId, Timestamp};

use super::base::{Base, copy, read};
use crate::failure::Failure;
use crate::kept::manifest_key;
use crate::run::Run;

/// What nobody refers to is removed a day after it came, by the drive's own clock: another attempt may just be about to name it.
const GRACE: Duration = Duration::from_secs(24 * 60 * 60);
/// How many backups are listed at once.
const LISTED: u32 = 100;
/// How many files are removed between two looks whether it still may.
const AT_ONCE: usize = 10;

/// Removes what is not kept any more, now that `new` is on the drive as `file`. How many backups.
pub(super) async fn prune(
    run: &Run<'_>,
    base: &Base,
    new: &Manifest,
    file: &DriveFile,
) -> Result<u64, Failure> {
    let there = base.manifests.iter().filter(|(name, _)| name.id != new.id);
    let mut backups: Vec<(BackupId, Timestamp)> = there.clone().map(|(name, _)| (name.id, name.at)).collect();
    backups.push((new.id, new.at));
    let settings = &run.connection.settings;
    let gone = settings.retention.superfluous(&backups, &settings.timezone);
    let (old, left): (Vec<_>, Vec<_>) = there.partition(|(name, _)| gone.contains(&name.id));
    for (name, file) in &old {
        // Whoever has lost the job removes nothing.
        run.note(run.goes_on().await?).await?;
        run.drive.remove(file).await?;
        forget(run, name.id).await?;
    }
    forget_missing(run, &backups).await?;
    remove_stored(run, base, new, file, &left).await?;
    Ok(old.len() as u64)
}

/// Forgets a backup that is not on the drive.
async fn forget(run: &Run<'_>, id: BackupId) -> Result<(), Failure> {
    run.worker.backups.remove(run.owner(), run.provider(), id).await?;
    Ok(run.kept.remove(&manifest_key(run.owner(), run.provider(), id)).await?)
}

/// Forgets the backups whose manifests somebody has removed.
async fn forget_missing(run: &Run<'_>, there: &[(BackupId, Timestamp)]) -> Result<(), Failure> {
    let (owner, provider) = (run.owner(), run.provider());
    let mut before = None;
    loop {
        let (known, more) = run.worker.backups.list(owner, provider, before, LISTED).await?;
        for backup in &known {
            if !there.iter().any(|(id, _)| *id == backup.id) {
                forget(run, backup.id).await?;
            }
        }
        before = known.last().map(|backup| backup.id);
        if !more || before.is_none() {
            return Ok(());
        }
    }
}

/// Removes the packs and files that no backup on the drive refers to. If it is not known to what one refers, nothing.
async fn remove_stored(
    run: &Run<'_>,
    base: &Base,
    new: &Manifest,
    file: &DriveFile,
    left: &[&(ManifestName, DriveFile)],
) -> Result<(), Failure> {
    if base.has_strangers {
        return Ok(());
    }
    let is_old = |stored: &DriveFile| file.modified_at.since(stored.modified_at) >= GRACE;
    let is_ours =
        |stored: &DriveFile| StoredName::parse(&stored.path).is_some_and(|name| name.set == base.set);
    let mut unnamed: HashSet<&str> = base
        .stored
        .values()
        .filter(|stored| is_ours(stored) && is_old(stored))
        .map(|stored| stored.path.as_str())
        .collect();
    new.paths().for_each(|path| {
        unnamed.remove(path);
    });
    for (name, file) in left {
        if unnamed.is_empty() {
            return Ok(());
        }
        run.goes_on().await?;
        let Some(manifest) = manifest(run, name, file).await? else {
            tracing::warn!(job.id = %run.job.id, "it is not known what a backup refers to: nothing is removed");
            return Ok(());
        };
        manifest.paths().for_each(|path| {
            unnamed.remove(path);
        });
    }
    let mut unnamed: Vec<&str> = unnamed.into_iter().collect();
    unnamed.sort_unstable();
    for paths in unnamed.chunks(AT_ONCE) {
        run.note(run.goes_on().await?).await?;
        for path in paths {
            if let Some(stored) = base.stored.get(*path) {
                run.drive.remove(stored).await?;
            }
        }
    }
    Ok(())
}

/// The manifest of a backup that stays, as it is on the drive.
async fn manifest(run: &Run<'_>, name: &ManifestName, file: &DriveFile) -> Result<Option<Manifest>, Failure> {
    let copy = copy(run, name.id).await?.filter(|copy| copy.is(file));
    if let Some(manifest) = copy.and_then(|copy| copy.manifest()) {
        return Ok(Some(manifest));
    }
    Ok(read(run, name, file).await?.map(|(manifest, _)| manifest))
}
