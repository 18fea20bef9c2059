//! What is backed up to a drive, and when.

use std::time::Duration;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};
use serde::{Deserialize, Serialize};

use super::Retention;
use crate::{ExportFormat, Invalid, Timestamp, UserId};

/// When a drive is backed up by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BackupSchedule {
    /// Only when the person says so.
    #[default]
    Off,
    /// Within about an hour after something has changed.
    OnChange,
    /// Every day.
    Daily,
    /// Every Sunday.
    Weekly,
}

/// The format of a backup.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BackupFormat {
    /// ZIP archives of the export's format: records, small files, checksums.
    #[default]
    Archive,
    /// JSON documents of the export's format.
    Json,
    /// Texts to read. They cannot be restored.
    Txt,
}

impl BackupFormat {
    /// The export format that its packs are of.
    pub fn export_format(self) -> ExportFormat {
        match self {
            Self::Archive => ExportFormat::Zip,
            Self::Json => ExportFormat::Json,
            Self::Txt => ExportFormat::Txt,
        }
    }

    /// Whether an account can be made of it again.
    pub fn is_restorable(self) -> bool {
        self != Self::Txt
    }
}

/// Which memories lie in the folder `notes` as Markdown that can be edited there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotesScope {
    /// None.
    #[default]
    Off,
    /// Favourites.
    Favorites,
    /// The newest, as many as there may be.
    Newest,
}

impl NotesScope {
    /// The most notes.
    pub const MAX: usize = 1000;
}

/// What is backed up to a drive, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BackupSettings {
    /// When.
    pub schedule: BackupSchedule,
    /// At which hour of the day, for daily and weekly ones: 0 to 23.
    pub hour: u8,
    /// In which time zone (IANA).
    pub timezone: String,
    /// In which format.
    pub format: BackupFormat,
    /// Which backups are kept.
    pub retention: Retention,
    /// Which memories can be edited on the drive.
    pub notes: NotesScope,
    /// The public key that backups are encrypted to (age's `age1…`); `None` if they are not.
    pub recipient: Option<String>,
}

impl Default for BackupSettings {
    fn default() -> Self {
        Self {
            schedule: BackupSchedule::default(),
            hour: 3,
            timezone: "UTC".to_owned(),
            format: BackupFormat::default(),
            retention: Retention::default(),
            notes: NotesScope::default(),
            recipient: None,
        }
    }
}

impl BackupSettings {
    /// How often it is looked whether something has changed.
    pub const LOOKS_EVERY: Duration = Duration::from_secs(60 * 60);

    /// An hour of the day.
    ///
    /// # Errors
    /// If there is no such hour.
    pub fn parse_hour(hour: u8) -> Result<u8, Invalid> {
        if hour < 24 { Ok(hour) } else { Err(Invalid::new("must be 0 to 23")) }
    }

    /// When the drive of a person is backed up next after `now`. Spread over the hour by who it is, so that not everybody comes at once.
    pub fn next_after(&self, now: Timestamp, owner: UserId) -> Option<Timestamp> {
        let seconds = i64::try_from(owner.as_uuid().as_u128() % 3600).unwrap_or(0);
        if self.schedule == BackupSchedule::Off {
            return None;
        }
        if self.schedule == BackupSchedule::OnChange {
            return Some(now.plus(Self::LOOKS_EVERY));
        }
        let zone = TimeZone::get(&self.timezone).unwrap_or(TimeZone::UTC);
        let here = jiff::Timestamp::from_millisecond(now.as_millis()).ok()?.to_zoned(zone);
        let at = |day: &Zoned| -> Option<Zoned> {
            let at =
                day.with().hour(self.hour.min(23).cast_signed()).minute(0).second(0).subsec_nanosecond(0);
            at.build().ok()?.checked_add(seconds.seconds()).ok()
        };
        let is_day = |day: &Zoned| self.schedule == BackupSchedule::Daily || day.weekday() == Weekday::Sunday;
        // Eight days have every weekday, and one more for when its hour is over today.
        (0..=8_i64).find_map(|days| {
            let day = here.checked_add(days.days()).ok().filter(&is_day)?;
            let at = at(&day).filter(|at| *at > here)?;
            Timestamp::from_millis(at.timestamp().as_millisecond())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn owner() -> UserId {
        // 90 more than a multiple of 3600.
        UserId::from(uuid::Uuid::from_u128(3600 * 7 + 90))
    }

    fn next(settings: &BackupSettings, now: &str) -> String {
        settings.next_after(at(now), owner()).unwrap().to_string()
    }

    #[test]
    fn daily_comes_at_the_hour_of_the_person_whatever_the_clocks_do() {
        let settings = BackupSettings {
            schedule: BackupSchedule::Daily,
            timezone: "Europe/Berlin".to_owned(),
            ..BackupSettings::default()
        };
        assert_eq!(next(&settings, "2026-11-22T01:00:00.000Z"), "2026-11-22T02:01:30.000Z");
        assert_eq!(next(&settings, "2026-11-22T02:01:30.000Z"), "2026-11-23T02:01:30.000Z");
        assert_eq!(next(&settings, "2026-07-22T02:00:00.000Z"), "2026-07-23T01:01:30.000Z");
        // The night in which there is no hour from two to three.
        let early = BackupSettings { hour: 2, ..settings };
        assert_eq!(next(&early, "2026-03-28T12:00:00.000Z"), "2026-03-29T01:01:30.000Z");
    }

    #[test]
    fn weekly_comes_on_sundays() {
        let settings = BackupSettings { schedule: BackupSchedule::Weekly, ..BackupSettings::default() };
        assert_eq!(next(&settings, "2026-11-22T02:00:00.000Z"), "2026-11-22T03:01:30.000Z");
        assert_eq!(next(&settings, "2026-11-22T04:00:00.000Z"), "2026-11-29T03:01:30.000Z");
        assert_eq!(next(&settings, "2026-11-25T04:00:00.000Z"), "2026-11-29T03:01:30.000Z");
    }

    #[test]
    fn off_never_comes_and_changes_are_looked_for_every_hour() {
        assert_eq!(BackupSettings::default().next_after(at("2026-11-22T02:00:00.000Z"), owner()), None);
        let settings = BackupSettings { schedule: BackupSchedule::OnChange, ..BackupSettings::default() };
        assert_eq!(next(&settings, "2026-11-22T02:00:00.000Z"), "2026-11-22T03:00:00.000Z");
    }

    #[test]
    fn what_was_missed_is_made_up_for_once() {
        let settings = BackupSettings { schedule: BackupSchedule::Daily, ..BackupSettings::default() };
        // Three days after it was due, the next is the coming one.
        assert_eq!(next(&settings, "2026-11-25T12:00:00.000Z"), "2026-11-26T03:01:30.000Z");
    }
}
