//! The end of a backup: its manifest goes to the drive, and only then is the backup known here.

use app_backup::{Manifest, Sum};
use app_connectors::drives::{BytesSource, Digest, Drive, DriveError, DriveErrorClass, DriveFile};
use app_domain::{Backup, BackupTotals};
use bytes::Bytes;

use super::base::{Base, Copy};
use super::draft::Draft;
use super::send::{WholeBytes, sent};
use crate::failure::Failure;
use crate::kept::{manifest_key, work_key};
use crate::reasons;
use crate::run::Run;

/// Puts the manifest, sees that it is there, and notes the backup.
pub(super) async fn close(
    run: &Run<'_>,
    base: &Base,
    draft: &Draft,
    manifest: &Manifest,
) -> Result<(Backup, DriveFile), Failure> {
    let plain = manifest.to_bytes()?;
    if draft.sealer.sealed_size(plain.len() as u64) > Manifest::MAX_BYTES {
        return Err(Failure::Told(reasons::TOO_MANY_FILES.to_owned()));
    }
    let source = WholeBytes(stored(run, draft, &plain).await?);
    let path = manifest.path();
    // Somebody else's backup now, if it is: they put the same.
    run.note(run.goes_on().await?).await?;
    sent(run, base, &path, &source, None, None).await?;
    let digest = Digest::of(run.drive.digest(), &source.0);
    let file = run.drive.find(&path).await?;
    let is_it = |file: &DriveFile| {
        file.size_bytes == source.size_bytes() && file.hash.as_ref().is_none_or(|hash| *hash == digest)
    };
    let file = file.filter(is_it).ok_or(DriveError::of(DriveErrorClass::Mismatch))?;
    let sha256 = Sum::of(&source.0);
    let text = String::from_utf8(plain).map_err(|_| Failure::Kept)?;
    let copy = Copy { manifest: text, sha256, file: file.clone(), hashes: draft.hashes().clone() };
    let key = manifest_key(run.owner(), run.provider(), manifest.id);
    run.kept.put_json(&key, &copy).await?;
    let totals = BackupTotals {
        new_bytes: draft.new_bytes() + source.size_bytes(),
        api_calls: run.progress().api_calls,
        ..manifest.totals()
    };
    let backup = Backup {
        id: manifest.id,
        user_id: run.owner(),
        provider: run.provider(),
        at: manifest.at,
        finished_at: (run.worker.now)(),
        format: manifest.format,
        recipient: manifest.recipient.clone(),
        previous: manifest.previous.map(|previous| previous.id),
        path,
        sha256: sha256.to_string(),
        totals,
        verified_at: None,
    };
    run.worker.backups.put(&backup).await?;
    Ok((backup, file))
}

/// The manifest's bytes as they are put: kept before, so that whoever goes on puts the same, though they are encrypted differently each time.
async fn stored(run: &Run<'_>, draft: &Draft, plain: &[u8]) -> Result<Bytes, Failure> {
    let sealed =
        |plain: &[u8]| draft.sealer.seal(plain.to_vec()).map_err(|error| Failure::Step(Box::new(error)));
    if !draft.sealer.is_sealing() {
        return sealed(plain).map(Bytes::from);
    }
    let key = work_key(run.job, &format!("manifest-{}", Sum::of(plain)));
    if let Some(kept) = run.kept.get(&key).await? {
        return Ok(Bytes::from(kept));
    }
    let stored = sealed(plain)?;
    run.kept.put(&key, &stored).await?;
    Ok(Bytes::from(stored))
}
