//! A person's connection to a drive.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{BackupSettings, BackupTotals};
use crate::{BackupId, DriveJobId, Invalid, SessionId, Timestamp, UserId, Version};

/// Who keeps a drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DriveProvider {
    /// Google Drive.
    GoogleDrive,
    /// Dropbox.
    Dropbox,
    /// Microsoft OneDrive.
    Onedrive,
    /// A bucket of the person's own, of Amazon S3 or anything that speaks like it.
    S3,
}

impl DriveProvider {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::GoogleDrive, Self::Dropbox, Self::Onedrive, Self::S3];

    /// Its name, as clients write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GoogleDrive => "google-drive",
            Self::Dropbox => "dropbox",
            Self::Onedrive => "onedrive",
            Self::S3 => "s3",
        }
    }

    /// Its name, as people know it.
    pub fn title(self) -> &'static str {
        match self {
            Self::GoogleDrive => "Google Drive",
            Self::Dropbox => "Dropbox",
            Self::Onedrive => "OneDrive",
            Self::S3 => "S3",
        }
    }

    /// # Errors
    /// If there is none of that name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let named = Self::ALL.into_iter().find(|provider| provider.as_str() == text);
        named.ok_or_else(|| Invalid::new("must be google-drive, dropbox, onedrive or s3"))
    }
}

impl fmt::Display for DriveProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether a drive can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DriveState {
    /// It can.
    Connected,
    /// Not before the person has connected it again: what they agreed to is over.
    NeedsConsent,
    /// The person has let it go. What is known of it is kept for when it is connected again.
    Disconnected,
}

/// What is wrong with a drive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DriveFault {
    /// A word for programs: `needs-consent`, `full`, `throttled`, `refused`, `unreachable`, `failed`.
    pub code: String,
    /// What it is and what to do, in words for the person.
    pub message: String,
    /// Since when.
    pub at: Timestamp,
}

/// Where somebody's own bucket is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct S3Place {
    /// The address of the service; `None` for Amazon S3 itself.
    pub endpoint: Option<String>,
    /// The region, such as `eu-central-1`.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// Before every key: empty, or ending in `/`.
    pub prefix: String,
}

/// A person's connection to a drive. There is one for each provider at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriveConnection {
    /// Whose.
    pub user_id: UserId,
    /// To whom.
    pub provider: DriveProvider,
    /// Whether it can be used.
    pub state: DriveState,
    /// The newest grant: another one each time that it is connected. Tokens belong to one.
    pub grant: Uuid,
    /// The provider's name for the account.
    pub account_id: String,
    /// What its owner knows it by, such as an address.
    pub label: String,
    /// For [`DriveProvider::S3`].
    pub place: Option<S3Place>,
    /// What is to be backed up, and when.
    pub settings: BackupSettings,
    /// What belongs to [`BackupSettings::recipient`]: age's identity, encrypted with the person's passphrase. Also on the drive.
    pub key_file: Option<Vec<u8>>,
    /// When it was (last) connected.
    pub connected_at: Timestamp,
    /// When it is backed up next by itself.
    pub next_at: Option<Timestamp>,
    /// The last backup that is whole, with what is in it.
    pub last_backup: Option<(BackupId, Timestamp, BackupTotals)>,
    /// When it was last seen that the drive has everything: at a backup, or because nothing had changed.
    pub last_sync_at: Option<Timestamp>,
    /// What is wrong, if anything.
    pub fault: Option<DriveFault>,
    /// The job that has the drive, and since when it was heard of.
    pub busy: Option<(DriveJobId, Timestamp)>,
    /// Counts its changes.
    pub version: Version,
}

impl DriveConnection {
    /// A connection that is new.
    pub fn new(
        user_id: UserId,
        provider: DriveProvider,
        grant: Uuid,
        account_id: String,
        label: String,
        now: Timestamp,
    ) -> Self {
        Self {
            user_id,
            provider,
            state: DriveState::Connected,
            grant,
            account_id,
            label,
            place: None,
            settings: BackupSettings::default(),
            key_file: None,
            connected_at: now,
            next_at: None,
            last_backup: None,
            last_sync_at: None,
            fault: None,
            busy: None,
            version: Version::FIRST,
        }
    }

    /// Whether a job can be done on it.
    pub fn is_usable(&self) -> bool {
        self.state == DriveState::Connected
    }
}

/// A connection that somebody has begun to make, at the provider's page.
#[derive(Clone, PartialEq, Eq)]
pub struct PendingDrive {
    /// Who.
    pub user_id: UserId,
    /// In which session: it must end in the same.
    pub session_id: SessionId,
    /// With whom.
    pub provider: DriveProvider,
    /// PKCE's secret.
    pub code_verifier: String,
    /// Where the provider sends the browser back.
    pub redirect_uri: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Not PKCE's secret.
impl fmt::Debug for PendingDrive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PendingDrive({} until {})", self.provider, self.expires_at)
    }
}
