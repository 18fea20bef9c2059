//! People's drives, called while a client waits.

use std::sync::Arc;
use std::time::Duration;

use app_backup::{Drives, OpenDrive};
use app_connectors::drives::{Drive, DriveError, DriveErrorClass};
use app_domain::{DriveConnection, DriveFault, MailJob, Timestamp};
use app_http::{ApiError, BestEffort};
use app_runtime::Queue;
use app_store::{DriveConnections, KeptTokens};
use tokio::time::timeout;

use super::{consent_needed, refused};

/// How long a drive is waited for: with all else that a request does, less than the gateway waits.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);

/// Lets handlers into drives. Cloning shares the clients.
#[derive(Clone)]
pub struct Door {
    opener: Arc<Drives>,
    drives: DriveConnections,
    mail: Queue<MailJob>,
}

impl Door {
    /// Drives are opened by `opener`. That one of `drives` has to be connected again is noted there and told by `mail`.
    pub fn new(opener: Drives, drives: DriveConnections, mail: Queue<MailJob>) -> Self {
        Self { opener: Arc::new(opener), drives, mail }
    }

    /// A connection that is to be made, with whose drive it is, if its tokens open that.
    ///
    /// # Errors
    /// If they do not, or the drive takes too long.
    pub(crate) async fn first(
        &self,
        new: DriveConnection,
        tokens: &KeptTokens,
    ) -> Result<DriveConnection, ApiError> {
        let account = in_time(async { self.opener.open_new(&new, tokens).await?.account().await }).await;
        let account = account.map_err(|error| match error.class {
            DriveErrorClass::NeedsConsent => {
                let title = new.provider.title();
                ApiError::conflict("DriveRefused", format!("{title} does not let us in with this: {error}."))
            }
            _ => refused(error, new.provider),
        })?;
        Ok(DriveConnection { account_id: account.id, label: account.label, ..new })
    }

    /// What a drive answers. One whose grant is over is marked so, and its owner told.
    ///
    /// # Errors
    /// If the drive refuses, fails, or takes too long.
    pub(crate) async fn ask<T, F>(
        &self,
        drive: &DriveConnection,
        now: Timestamp,
        question: impl FnOnce(Arc<dyn Drive>) -> F,
    ) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T, DriveError>>,
    {
        let answer = in_time(async { question(self.opener.open(drive).await?).await }).await;
        if answer.as_ref().is_err_and(|error| error.class == DriveErrorClass::NeedsConsent) {
            self.over(drive, now).await;
        }
        answer.map_err(|error| refused(error, drive.provider))
    }

    /// Tells the owner, and then notes it: whoever dies between the two tells it again, which is one mail. Nothing if that fails: the worker finds
    /// out once more.
    async fn over(&self, drive: &DriveConnection, now: Timestamp) -> Option<()> {
        let (owner, provider, grant) = (drive.user_id, drive.provider, drive.grant);
        let there = self.drives.get(owner, provider).await.best_effort("looking at a drive again")??;
        // Let go or connected anew meanwhile.
        if !there.is_usable() || there.grant != grant {
            return None;
        }
        let told = self.mail.send(&MailJob::of_drive(owner, provider, grant, now)).await;
        told.best_effort("telling that a drive has to be connected again")?;
        let (code, message) = ("needs-consent".to_owned(), consent_needed(provider));
        let fault = DriveFault { code, message, at: now };
        let marked = self.drives.mark_dead(owner, provider, grant, &fault).await;
        marked.best_effort("noting that a drive has to be connected again").map(drop)
    }
}

/// An answer, unless it takes too long.
pub(super) async fn in_time<T>(answer: impl Future<Output = Result<T, DriveError>>) -> Result<T, DriveError> {
    let too_slow = DriveError::of(DriveErrorClass::Transient);
    timeout(PATIENCE, answer).await.unwrap_or(Err(too_slow))
}
