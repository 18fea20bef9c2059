//! What lies beside the backups: what explains the folder, and the key that the passphrase opens.

use app_backup::{layout, readme};
use app_connectors::drives::{Digest, Drive, DriveErrorClass, When};
use bytes::Bytes;

use super::send::{WholeBytes, put as transferred};
use crate::failure::Failure;
use crate::run::Run;

/// Puts the key, if it is missing there or another.
pub(super) async fn key(run: &Run<'_>) -> Result<(), Failure> {
    if let Some(key) = &run.connection.key_file {
        let path = layout::key(run.owner());
        run.goes_on().await?;
        let there = run.drive.find(&path).await?;
        let digest = Digest::of(run.drive.digest(), key);
        let is_it = there.is_some_and(|file| {
            file.size_bytes == key.len() as u64 && file.hash.is_none_or(|hash| hash == digest)
        });
        if !is_it {
            put_file(run, &path, key.clone(), When::Any).await?;
        }
    }
    Ok(())
}

/// Puts what explains the folder, if nothing does: it is its owner's to change.
pub(super) async fn explanation(run: &Run<'_>) -> Result<(), Failure> {
    run.goes_on().await?;
    if run.drive.find(layout::README).await?.is_none() {
        put_file(run, layout::README, readme(run.owner()).into_bytes(), When::Absent).await?;
    }
    Ok(())
}

async fn put_file(run: &Run<'_>, path: &str, bytes: Vec<u8>, when: When) -> Result<(), Failure> {
    let source = WholeBytes(Bytes::from(bytes));
    match transferred(run, path, &source, when).await {
        Ok(()) => Ok(()),
        // Somebody has just put one there.
        Err(Failure::Drive(error)) if error.class == DriveErrorClass::Conflict => Ok(()),
        Err(failure) => Err(failure),
    }
}
