//! `PATCH /sync/{provider}`.

use app_domain::{
    BackupFormat, BackupSchedule, BackupSettings, DriveConnection, Invalid, NotesScope, Retention,
};
use app_http::{
    ApiError, ApiErrors, BodyErrors, CallerErrors, ErrorBody, FieldErrors, InPerson, Now, Parse, ValidJson,
};
use app_store::DriveConnections;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

use super::body::{OneDrive, RetentionBody};
use super::{PathProvider, not_connected, usable};

/// What is to be set. Whatever is not named stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PatchDriveRequest {
    /// `off`, `on-change`, `daily` or `weekly`.
    #[schema(example = "daily")]
    schedule: Option<String>,
    /// The hour of the day of daily and weekly backups.
    #[schema(maximum = 23)]
    hour: Option<u8>,
    /// The time zone of that (IANA).
    #[schema(example = "Europe/Berlin")]
    timezone: Option<String>,
    /// `archive`: ZIP archives that can be restored, with files; `json`: JSON documents that can be restored, files beside them; `txt`: texts to
    /// read, which cannot be restored.
    #[schema(example = "archive")]
    format: Option<String>,
    /// How many backups are kept.
    retention: Option<RetentionBody>,
    /// Which memories lie on the drive as Markdown that you can edit there: `off`, `favorites` or `newest` (a thousand). They are not encrypted.
    #[schema(example = "favorites")]
    notes: Option<String>,
}

/// The same, checked.
#[derive(Debug, Clone)]
pub(crate) struct DrivePatch {
    schedule: Option<BackupSchedule>,
    hour: Option<u8>,
    timezone: Option<String>,
    format: Option<BackupFormat>,
    retention: Option<Retention>,
    notes: Option<NotesScope>,
}

impl Parse for PatchDriveRequest {
    type Parsed = DrivePatch;

    fn parse(self) -> Result<DrivePatch, FieldErrors> {
        let mut errors = FieldErrors::default();
        let retention = self.retention.map(|kept| Retention::parse(kept.daily, kept.weekly, kept.monthly));
        let patch = DrivePatch {
            schedule: word(&mut errors, "schedule", self.schedule, "off, on-change, daily or weekly"),
            hour: errors.check_optional("hour", self.hour.map(BackupSettings::parse_hour)).flatten(),
            timezone: errors.check_optional("timezone", self.timezone.map(timezone)).flatten(),
            format: word(&mut errors, "format", self.format, "archive, json or txt"),
            retention: errors.check_optional("retention", retention).flatten(),
            notes: word(&mut errors, "notes", self.notes, "off, favorites or newest"),
        };
        errors.into_result().map(|()| patch)
    }
}

/// One of some words.
fn word<T: DeserializeOwned>(
    errors: &mut FieldErrors,
    name: &str,
    word: Option<String>,
    words: &str,
) -> Option<T> {
    let read = serde_json::from_value(Value::String(word?));
    if read.is_err() {
        errors.add(name, &Invalid::new(format!("must be {words}")));
    }
    read.ok()
}

/// The name of a time zone that exists.
fn timezone(name: String) -> Result<String, Invalid> {
    match jiff::tz::TimeZone::get(&name) {
        Ok(_) => Ok(name),
        Err(_) => Err(Invalid::new("must be a time zone such as Europe/Berlin")),
    }
}

impl DrivePatch {
    fn apply(&self, settings: &mut BackupSettings) {
        let patch = self.clone();
        settings.schedule = patch.schedule.unwrap_or(settings.schedule);
        settings.hour = patch.hour.unwrap_or(settings.hour);
        settings.timezone = patch.timezone.unwrap_or_else(|| settings.timezone.clone());
        settings.format = patch.format.unwrap_or(settings.format);
        settings.retention = patch.retention.unwrap_or(settings.retention);
        settings.notes = patch.notes.unwrap_or(settings.notes);
    }
}

/// Set what is backed up to a drive, and when.
///
/// Another format, or another way to encrypt, makes the next backup a whole one. Earlier backups stay as they are.
#[utoipa::path(
    patch, operation_id = "patchDrive", path = "/sync/{provider}", tag = "sync", security(("bearer" = [])),
    params(("provider" = String, Path, description = "`google-drive`, `dropbox`, `onedrive` or `s3`.")),
    request_body = PatchDriveRequest,
    responses(
        (status = 200, description = "The drive.", body = OneDrive),
        (status = 404, description = "There is no such provider.", body = ErrorBody),
        (status = 409, description = "It is not connected.", body = ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn patch(
    State(drives): State<DriveConnections>,
    caller: InPerson,
    PathProvider(provider): PathProvider,
    Now(now): Now,
    ValidJson(patch): ValidJson<PatchDriveRequest>,
) -> Result<Json<OneDrive>, ApiError> {
    usable(&drives, caller.user_id, provider).await?;
    let change = |drive: &mut DriveConnection| {
        let before = drive.settings.clone();
        patch.apply(&mut drive.settings);
        let is_when =
            |settings: &BackupSettings| (settings.schedule, settings.hour, settings.timezone.clone());
        if is_when(&before) != is_when(&drive.settings) && drive.is_usable() {
            drive.next_at = drive.settings.next_after(now, drive.user_id);
        }
    };
    let drive = drives.change(caller.user_id, provider, change).await?;
    Ok(Json(drive.ok_or_else(|| not_connected(provider))?.into()))
}
