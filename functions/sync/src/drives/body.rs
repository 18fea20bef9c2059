//! A drive as clients see it.

use app_domain::{
    BackupFormat, BackupSchedule, BackupSettings, DriveConnection, DriveState, NotesScope, Retention,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A drive.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DriveBody {
    /// `google-drive`, `dropbox`, `onedrive` or `s3`.
    #[schema(example = "dropbox")]
    provider: &'static str,
    /// `connected`; `needs-consent`: connect it again; `disconnected`.
    #[schema(value_type = String, example = "connected")]
    status: DriveState,
    /// What you know the account by; of `s3` the bucket.
    #[serde(skip_serializing_if = "String::is_empty")]
    account: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    connected_at: String,
    /// What is backed up, and when.
    settings: DriveSettingsBody,
    /// The last backup.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_backup: Option<LastBackupBody>,
    /// When everything was last known to be on the drive: at the last backup, or because nothing had changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    last_sync: Option<String>,
    /// When it is backed up next by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    next_sync: Option<String>,
    /// The job that is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    running_job: Option<Uuid>,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<DriveFaultBody>,
}

/// A drive, alone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneDrive {
    drive: DriveBody,
}

/// What is backed up, and when.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DriveSettingsBody {
    /// `off`; `on-change`: within about an hour after something has changed; `daily`; `weekly`, on Sundays.
    #[schema(value_type = String, example = "daily")]
    schedule: BackupSchedule,
    /// The hour of the day of daily and weekly backups.
    #[schema(maximum = 23)]
    hour: u8,
    /// The time zone of that.
    timezone: String,
    /// `archive`, `json` or `txt`.
    #[schema(value_type = String, example = "archive")]
    format: BackupFormat,
    /// Which backups are kept.
    retention: RetentionBody,
    /// Which memories can be edited on the drive: `off`, `favorites` or `newest` (a thousand).
    #[schema(value_type = String, example = "off")]
    notes: NotesScope,
    /// Whether backups are encrypted with a passphrase that only you know.
    is_encrypted: bool,
}

/// How many backups are kept: the newest of each of the last days, weeks and months. Besides, whatever is less than a day older than the newest.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub(crate) struct RetentionBody {
    /// Days.
    #[schema(maximum = 366)]
    pub(crate) daily: u32,
    /// Weeks.
    #[schema(maximum = 366)]
    pub(crate) weekly: u32,
    /// Months.
    #[schema(maximum = 366)]
    pub(crate) monthly: u32,
}

/// The last backup.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LastBackupBody {
    /// Its id.
    id: Uuid,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    at: String,
    /// The bytes that it refers to on the drive.
    total_bytes: u64,
    /// The bytes that had to be sent for it.
    new_bytes: u64,
    /// Whether something that should be in it is missing.
    is_partial: bool,
}

/// What is wrong with a drive.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DriveFaultBody {
    /// A word for programs: `needs-consent`, `full`, `throttled`, `refused`, `unreachable` or `failed`.
    #[schema(example = "needs-consent")]
    code: String,
    /// What it is and what to do.
    message: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    at: String,
}

impl From<DriveConnection> for DriveBody {
    fn from(drive: DriveConnection) -> Self {
        Self {
            provider: drive.provider.as_str(),
            status: drive.state,
            account: drive.label,
            connected_at: drive.connected_at.to_string(),
            settings: drive.settings.into(),
            last_backup: drive.last_backup.map(|(id, at, totals)| LastBackupBody {
                id: id.as_uuid(),
                at: at.to_string(),
                total_bytes: totals.total_bytes,
                new_bytes: totals.new_bytes,
                is_partial: totals.is_partial(),
            }),
            last_sync: drive.last_sync_at.map(|at| at.to_string()),
            next_sync: drive.next_at.map(|at| at.to_string()),
            running_job: drive.busy.map(|(job, _)| job.as_uuid()),
            error: drive.fault.map(|fault| DriveFaultBody {
                code: fault.code,
                message: fault.message,
                at: fault.at.to_string(),
            }),
        }
    }
}

impl From<DriveConnection> for OneDrive {
    fn from(drive: DriveConnection) -> Self {
        Self { drive: drive.into() }
    }
}

impl From<BackupSettings> for DriveSettingsBody {
    fn from(settings: BackupSettings) -> Self {
        let Retention { daily, weekly, monthly } = settings.retention;
        Self {
            schedule: settings.schedule,
            hour: settings.hour,
            timezone: settings.timezone,
            format: settings.format,
            retention: RetentionBody { daily, weekly, monthly },
            notes: settings.notes,
            is_encrypted: settings.recipient.is_some(),
        }
    }
}
