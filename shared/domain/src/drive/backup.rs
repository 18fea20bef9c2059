//! Backups that are on a drive, and which of them are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{BackupFormat, DriveProvider};
use crate::{BackupId, Invalid, Timestamp, UserId};

/// What is in a backup, and what it took to write it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BackupTotals {
    /// How many records it holds, by kind.
    pub counts: BTreeMap<String, u64>,
    /// Files whose bytes were not there to be backed up.
    pub missing_files: u64,
    /// Things that could not be read, by kind.
    pub unreadable: BTreeMap<String, u64>,
    /// The bytes of everything that it refers to on the drive.
    pub total_bytes: u64,
    /// The bytes that had to be sent for it.
    pub new_bytes: u64,
    /// How often the provider was called for it.
    pub api_calls: u64,
}

impl BackupTotals {
    /// Whether something that should be in it is not.
    pub fn is_partial(&self) -> bool {
        self.missing_files > 0 || self.unreadable.values().any(|count| *count > 0)
    }
}

/// A backup on a drive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Backup {
    /// Its id, which tells its time.
    pub id: BackupId,
    /// Whose.
    pub user_id: UserId,
    /// On which drive.
    pub provider: DriveProvider,
    /// The account's state that it has: what was there then.
    pub at: Timestamp,
    /// When it was whole.
    pub finished_at: Timestamp,
    /// Its format.
    pub format: BackupFormat,
    /// The public key that it is encrypted to.
    pub recipient: Option<String>,
    /// The one before it.
    pub previous: Option<BackupId>,
    /// Where its manifest is in the folder.
    pub path: String,
    /// SHA-256 of the manifest as it is on the drive, in hexadecimal.
    pub sha256: String,
    /// What is in it.
    pub totals: BackupTotals,
    /// When it was last verified.
    pub verified_at: Option<Timestamp>,
}

/// How many backups are kept: the newest of each of the last days, weeks and months that have any. Besides, whatever is less than a day older than the
/// newest: who deletes everything by mistake must not lose the backup of an hour before to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Retention {
    /// Days.
    pub daily: u32,
    /// Weeks, from Monday on.
    pub weekly: u32,
    /// Months.
    pub monthly: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { daily: 7, weekly: 4, monthly: 12 }
    }
}

/// The name of the day, week or month of a date.
type SpanOf = fn(Date) -> String;

impl Retention {
    /// The most of each.
    pub const MAX: u32 = 366;
    /// How much older than the newest backup others may be that are kept besides.
    const FRESH_FOR: Duration = Duration::from_secs(24 * 60 * 60);

    /// # Errors
    /// If a number is too large.
    pub fn parse(daily: u32, weekly: u32, monthly: u32) -> Result<Self, Invalid> {
        if [daily, weekly, monthly].iter().any(|count| *count > Self::MAX) {
            return Err(Invalid::new(format!("must be at most {}", Self::MAX)));
        }
        Ok(Self { daily, weekly, monthly })
    }

    /// Which of some backups are not kept any more. Days, weeks and months are those of a time zone (IANA).
    pub fn superfluous(&self, backups: &[(BackupId, Timestamp)], timezone: &str) -> Vec<BackupId> {
        let zone = TimeZone::get(timezone).unwrap_or(TimeZone::UTC);
        let mut newest_first = backups.to_vec();
        newest_first.sort_by_key(|(id, at)| (std::cmp::Reverse(*at), std::cmp::Reverse(*id)));
        let newest = newest_first.first().map(|(_, at)| *at);
        let is_fresh = |at: Timestamp| newest.is_some_and(|newest| newest.since(at) < Self::FRESH_FOR);
        let mut kept: BTreeSet<BackupId> =
            newest_first.iter().filter(|(_, at)| is_fresh(*at)).map(|(id, _)| *id).collect();
        let date = |at: Timestamp| {
            let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
            at.to_zoned(zone.clone()).date()
        };
        let rules: [(u32, SpanOf); 3] = [
            (self.daily, |date| date.to_string()),
            (self.weekly, |date| {
                let week = date.iso_week_date();
                format!("{}-{}", week.year(), week.week())
            }),
            (self.monthly, |date| format!("{}-{}", date.year(), date.month())),
        ];
        for (count, span) in rules {
            let mut seen = BTreeSet::new();
            for (id, at) in &newest_first {
                if seen.len() < count as usize && seen.insert(span(date(*at))) {
                    kept.insert(*id);
                }
            }
        }
        newest_first.into_iter().map(|(id, _)| id).filter(|id| !kept.contains(id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn backups(count: u64, every: Duration) -> Vec<(BackupId, Timestamp)> {
        let start: Timestamp = "2025-01-01T03:00:00.000Z".parse().unwrap();
        (0..count)
            .map(|n| start.plus(every * u32::try_from(n).unwrap()))
            .map(|at| (BackupId::new(at), at))
            .collect()
    }

    fn kept(retention: Retention, backups: &[(BackupId, Timestamp)], zone: &str) -> Vec<String> {
        let gone = retention.superfluous(backups, zone);
        let kept = backups.iter().filter(|(id, _)| !gone.contains(id));
        kept.map(|(_, at)| at.to_string()[..10].to_owned()).collect()
    }

    #[test]
    fn the_newest_of_seven_days_four_weeks_and_twelve_months_are_kept() {
        let kept = kept(Retention::default(), &backups(500, DAY), "UTC");
        assert_eq!(
            kept,
            [
                "2025-06-30",
                "2025-07-31",
                "2025-08-31",
                "2025-09-30",
                "2025-10-31",
                "2025-11-30",
                "2025-12-31",
                "2026-01-31",
                "2026-02-28",
                "2026-03-31",
                "2026-04-26",
                "2026-04-30",
                "2026-05-03",
                "2026-05-09",
                "2026-05-10",
                "2026-05-11",
                "2026-05-12",
                "2026-05-13",
                "2026-05-14",
                "2026-05-15",
            ]
        );
    }

    #[test]
    fn of_many_in_a_day_the_newest_is_kept_and_all_of_the_last_day() {
        let backups = backups(16, Duration::from_secs(6 * 60 * 60));
        let gone = Retention { daily: 3, weekly: 0, monthly: 0 }.superfluous(&backups, "UTC");
        let kept: Vec<String> = backups
            .iter()
            .filter(|(id, _)| !gone.contains(id))
            .map(|(_, at)| at.to_string()[..13].to_owned())
            .collect();
        let expected = [
            "2025-01-02T21",
            "2025-01-03T21",
            "2025-01-04T03",
            "2025-01-04T09",
            "2025-01-04T15",
            "2025-01-04T21",
        ];
        assert_eq!(kept, expected);
    }

    #[test]
    fn the_newest_of_all_is_kept_whatever_is_wanted() {
        let nothing = Retention { daily: 0, weekly: 0, monthly: 0 };
        assert_eq!(kept(nothing, &backups(5, DAY), "UTC"), ["2025-01-05"]);
        assert_eq!(kept(nothing, &[], "UTC"), Vec::<String>::new());
    }

    #[test]
    fn what_is_kept_once_stays_until_its_time() {
        // Removing after every backup keeps the same as removing once at the end.
        let all = backups(200, DAY);
        let mut there: Vec<(BackupId, Timestamp)> = Vec::new();
        for backup in &all {
            there.push(*backup);
            let gone = Retention::default().superfluous(&there, "Asia/Tokyo");
            there.retain(|(id, _)| !gone.contains(id));
        }
        let days: Vec<String> = there.iter().map(|(_, at)| at.to_string()[..10].to_owned()).collect();
        assert_eq!(days, kept(Retention::default(), &all, "Asia/Tokyo"));
    }
}
