//! When each of many that are due at once begins.

use std::time::Duration;

use app_domain::Timestamp;
use app_store::DueDrive;
use aws_lc_rs::digest::{SHA256, digest};

/// How often the scheduler runs.
const EVERY: Duration = Duration::from_secs(5 * 60);
/// What is due for longer has been sent several times, or nobody has run this for a while: it has a turn once an hour, not all at the same time.
const LATE: Duration = Duration::from_secs(60 * 60);

/// How long a drive waits until it begins: less than until the next run, and always the same for the same time.
pub(crate) fn delay(due: &DueDrive) -> Duration {
    Duration::from_secs(number(due) % EVERY.as_secs())
}

/// Whether it is sent at `now`.
pub(crate) fn has_turn(due: &DueDrive, now: Timestamp) -> bool {
    let turns = LATE.as_secs() / EVERY.as_secs();
    let turn = u64::try_from(now.as_seconds()).unwrap_or_default() / EVERY.as_secs();
    now.since(due.at) < LATE || turn % turns == (number(due) >> 32) % turns
}

fn number(due: &DueDrive) -> u64 {
    let hash = digest(&SHA256, format!("{}/{}/{}", due.owner, due.provider, due.at).as_bytes());
    hash.as_ref().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use app_domain::{DriveProvider, UserId};

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn due(count: u128, time: &str) -> Vec<DueDrive> {
        let owner = |n| UserId::from(uuid::Uuid::from_u128(n));
        (0..count)
            .map(|n| DueDrive { owner: owner(n), provider: DriveProvider::Dropbox, at: at(time) })
            .collect()
    }

    #[test]
    fn those_that_are_due_at_once_begin_all_over_the_next_five_minutes() {
        let mut minutes = [0; 5];
        for due in due(1000, "2026-11-22T03:00:00.000Z") {
            minutes[usize::try_from(delay(&due).as_secs() / 60).unwrap()] += 1;
        }
        assert!(minutes.iter().all(|count| (150..250).contains(count)), "{minutes:?}");
    }

    #[test]
    fn what_is_late_has_one_turn_an_hour() {
        let due = due(1200, "2026-11-20T03:00:00.000Z");
        let now = at("2026-11-22T03:01:00.000Z");
        let runs = (0..12).map(|run| now.plus(EVERY * run));
        let turns: Vec<usize> = runs.map(|now| due.iter().filter(|due| has_turn(due, now)).count()).collect();
        assert_eq!(turns.iter().sum::<usize>(), 1200);
        assert!(turns.iter().all(|count| (60..150).contains(count)), "{turns:?}");
    }

    #[test]
    fn what_has_just_come_due_is_sent_with_every_run() {
        let now = at("2026-11-22T03:55:00.000Z");
        assert!(due(100, "2026-11-22T03:00:00.000Z").iter().all(|due| has_turn(due, now)));
    }
}
