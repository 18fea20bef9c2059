//! Whole files and the account.

use std::time::Duration;

use bytes::Bytes;
use serde_json::json;

use super::super::{Digest, DigestKind, DriveAccount, DriveError, DriveErrorClass, DriveFile, When, same};
use super::Dropbox;
use super::arguments::{commit, full, reference};
use super::call::read;
use super::metadata::{Account, Metadata, Space};

/// The most bytes that are read at a time.
const MAX_READ_BYTES: u64 = 32 << 20;
/// How often a hash that is not there is asked for, and how long is waited before.
const HASH_WAITS_MS: [u64; 4] = [0, 250, 500, 1000];

impl Dropbox {
    pub(super) async fn account_told(&self) -> Result<DriveAccount, DriveError> {
        let told = self.rpc("users/get_current_account", None).await?;
        let account: Account = read(&told.map_err(|refusal| refusal.error())?)?;
        let told = self.rpc("users/get_space_usage", None).await?;
        let space: Space = read(&told.map_err(|refusal| refusal.error())?)?;
        Ok(DriveAccount {
            id: account.account_id,
            label: account.email,
            used_bytes: space.allocation.used.unwrap_or(space.used),
            total_bytes: space.allocation.allocated,
        })
    }

    pub(super) async fn found(&self, path: &str) -> Result<Option<DriveFile>, DriveError> {
        self.metadata(&full(path)).await
    }

    /// The file of a path or an id.
    async fn metadata(&self, reference: &str) -> Result<Option<DriveFile>, DriveError> {
        match self.rpc("files/get_metadata", Some(&json!({ "path": reference }))).await? {
            Ok(answer) => Ok(read::<Metadata>(&answer)?.file()),
            Err(refusal) if refusal.is_nothing_there() => Ok(None),
            Err(refusal) => Err(refusal.error()),
        }
    }

    pub(super) async fn part(&self, file: &DriveFile, from: u64, count: u64) -> Result<Bytes, DriveError> {
        let Some(last) = count.min(MAX_READ_BYTES).checked_sub(1) else { return Ok(Bytes::new()) };
        let range = format!("bytes={from}-{}", from.saturating_add(last));
        let arg = json!({ "path": reference(file) });
        let answer = match self.fetch("files/download", &arg, &range).await {
            Ok(told) => told.map_err(|refusal| refusal.error())?,
            // There is nothing from there on.
            Err(error) if error.status == Some(416) => return Ok(Bytes::new()),
            Err(error) => return Err(error),
        };
        let count = usize::try_from(last + 1).unwrap_or(usize::MAX);
        if answer.status.as_u16() == 206 {
            return Ok(answer.body.slice(..count.min(answer.body.len())));
        }
        // All of the file came instead.
        let from = usize::try_from(from).unwrap_or(usize::MAX).min(answer.body.len());
        Ok(answer.body.slice(from..from.saturating_add(count).min(answer.body.len())))
    }

    pub(super) async fn put_whole(
        &self,
        path: &str,
        bytes: &Bytes,
        when: &When,
    ) -> Result<DriveFile, DriveError> {
        let hash = Digest::of(DigestKind::ContentHash, bytes);
        let is_it = |file: &DriveFile| same(file, bytes.len() as u64, &hash);
        let mut arg = commit(path, when);
        arg["content_hash"] = json!(hash);
        let file = match self.bring("files/upload", &arg, bytes).await? {
            Ok(answer) => self.hashed(file(read(&answer)?)?).await?,
            Err(refusal) if refusal.is_conflict() => {
                // The same bytes are no conflict: they may be there from a call that nobody heard the answer of.
                let there = self.found(path).await?.filter(|file| file.hash.is_some() && is_it(file).is_ok());
                return there.ok_or_else(|| refusal.error());
            }
            Err(refusal) => return Err(refusal.error()),
        };
        self.checked(is_it(&file), file).await
    }

    /// A file that was just put, if it is what was sent. Another one is removed, unless it was replaced since.
    pub(super) async fn checked(
        &self,
        is_it: Result<(), DriveError>,
        file: DriveFile,
    ) -> Result<DriveFile, DriveError> {
        if let Err(error) = is_it {
            self.delete(&file, Some(&file.revision)).await?;
            return Err(error);
        }
        Ok(file)
    }

    /// A file with its hash, which is asked for a few times if it was not told.
    pub(super) async fn hashed(&self, mut file: DriveFile) -> Result<DriveFile, DriveError> {
        for wait_ms in HASH_WAITS_MS {
            if file.hash.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(wait_ms)).await;
            let there = self.metadata(&reference(&file)).await?;
            file = there.filter(|there| there.revision == file.revision).unwrap_or(file);
        }
        Ok(file)
    }

    /// Removes a file; only if it is of a revision, if one is given.
    pub(super) async fn delete(&self, file: &DriveFile, revision: Option<&str>) -> Result<(), DriveError> {
        let mut arg = json!({ "path": reference(file) });
        if let Some(revision) = revision {
            arg["parent_rev"] = json!(revision);
        }
        match self.rpc("files/delete_v2", Some(&arg)).await? {
            Ok(_) => Ok(()),
            Err(refusal) if refusal.is_nothing_there() => Ok(()),
            Err(refusal) if refusal.is_conflict() && revision.is_some() => Ok(()),
            Err(refusal) => Err(refusal.error()),
        }
    }
}

/// The file that an answer tells of.
pub(super) fn file(metadata: Metadata) -> Result<DriveFile, DriveError> {
    metadata.file().ok_or(DriveError::of(DriveErrorClass::Transient))
}
