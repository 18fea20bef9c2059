//! What the drive has, as it is listed when a job begins, and what lies beside backups there. That it is done is kept for the job, so that a provider that often refuses is not asked for the same
//! again and again.

use std::time::Duration;

use app_backup::layout;
use app_connectors::drives::{Drive, DriveError, DriveErrorClass, DriveFile};
use app_domain::{BackupId, Timestamp};
use serde::{Deserialize, Serialize};

use super::beside;
use crate::failure::Failure;
use crate::kept::work_key;
use crate::run::Run;

/// How long it is good: what the person does on the drive meanwhile is seen by the next backup.
const GOOD_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// What is in the folders of manifests, packs and files.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Look {
    pub(super) at: Timestamp,
    /// The backup that was the last one then. Whoever makes another one may remove what is listed here.
    last: Option<BackupId>,
    /// Of the folders that are listed, in their order.
    done: Vec<Vec<DriveFile>>,
    /// Of the one that is being listed.
    files: Vec<DriveFile>,
    page: Option<String>,
    /// Whether the key is there that the passphrase opens.
    has_key: bool,
    /// Whether the folder is explained.
    is_explained: bool,
}

impl Look {
    /// Looks, or goes on with it where an attempt before could not. `new` is the backup that is being made.
    pub(super) async fn at(run: &Run<'_>, new: BackupId) -> Result<Self, Failure> {
        let (key, now) = (work_key(run.job, "look"), run.goes_on().await?);
        let last = run.connection.last_backup.as_ref().map(|(id, ..)| *id);
        let is_good = |kept: &Self| now.since(kept.at) < GOOD_FOR && (last == kept.last || last == Some(new));
        let kept = match run.job.attempt {
            0 | 1 => None,
            _ => run.kept.get_json::<Self>(&key).await?.filter(is_good),
        };
        let new = || Self {
            at: now,
            last,
            done: Vec::new(),
            files: Vec::new(),
            page: None,
            has_key: false,
            is_explained: false,
        };
        let mut look = kept.unwrap_or_else(new);
        if look.is_explained {
            return Ok(look);
        }
        let ended = look.go_on(run).await;
        run.kept.put_json(&key, &look).await?;
        ended.map(|()| look)
    }

    async fn go_on(&mut self, run: &Run<'_>) -> Result<(), Failure> {
        let set = run.owner();
        let folders = [layout::manifests(set), layout::packs(set), layout::files(set)];
        for folder in folders.iter().skip(self.done.len()) {
            self.folder(run, folder).await?;
        }
        if !self.has_key {
            beside::key(run).await?;
            self.has_key = true;
        }
        beside::explanation(run).await?;
        self.is_explained = true;
        Ok(())
    }

    /// The manifests, the packs and the files.
    pub(super) fn found(self) -> [Vec<DriveFile>; 3] {
        let mut folders = self.done.into_iter();
        [(); 3].map(|()| folders.next().unwrap_or_default())
    }

    async fn folder(&mut self, run: &Run<'_>, folder: &str) -> Result<(), Failure> {
        loop {
            run.goes_on().await?;
            match run.drive.list(folder, self.page.as_deref()).await {
                Ok(found) => {
                    self.files.extend(found.files);
                    self.page = found.next;
                }
                Err(DriveError { class: DriveErrorClass::Reset, .. }) if self.page.is_some() => {
                    (self.page, self.files) = (None, Vec::new());
                    continue;
                }
                Err(error) => return Err(error.into()),
            }
            if self.page.is_none() {
                self.done.push(std::mem::take(&mut self.files));
                return Ok(());
            }
        }
    }
}
