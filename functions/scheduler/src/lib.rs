//! What is to be done by the clock, sent to those who do it.
//!
//! Every five minutes the drives that have come due are sent to the drives queue, each with a delay of its own, so that they do not begin at once.
//! A drive stays due until its worker has taken it, and is sent again until then: a lost message loses nothing, and one that comes twice is taken
//! once. What came due while nobody ran this is found by its day, for a month.

mod spread;

use std::time::Duration;

use app_domain::{DriveTask, StoreError, Timestamp};
use app_runtime::{Queue, QueueError, causes};
use app_store::{DriveConnections, DueDrive};
use serde::Serialize;

/// How many days back is looked. A day of which nothing is left costs half a read unit.
pub const DAYS: i64 = 30;
/// How long an invocation works: less than the function's `Timeout`. What is left is still due the next time.
pub const WORKS_FOR: Duration = Duration::from_secs(45);

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// How much is read at a time.
const PAGE: u32 = 500;

/// What is sent, and to whom.
#[derive(Clone)]
pub struct Scheduler {
    /// People's drives, with when they are due.
    pub connections: DriveConnections,
    /// Those who back them up.
    pub drives: Queue<DriveTask>,
    /// The time.
    pub now: fn() -> Timestamp,
}

/// What one invocation has sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// How many drives that are due.
    pub drives: u64,
    /// How many that are due since long, and have another turn.
    pub later: u64,
    /// Whether all that is due was looked at.
    pub is_all: bool,
}

/// Why not everything was sent.
#[derive(Debug, thiserror::Error)]
pub enum SchedulerError {
    /// The table fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The queue fails.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

impl Scheduler {
    /// Sends what is due, the oldest first, and logs how much that was.
    ///
    /// # Errors
    /// If the table or the queue fails. What was not sent is sent the next time.
    pub async fn run(&self) -> Result<Sent, SchedulerError> {
        let mut sent = Sent::default();
        let result = self.send(&mut sent).await;
        let Sent { drives, later, is_all } = sent;
        match &result {
            Ok(()) => tracing::info!(drives, later, isAll = is_all, "due"),
            Err(error) => tracing::error!(drives, later, causes = causes(error), "due"),
        }
        result.map(|()| sent)
    }

    async fn send(&self, sent: &mut Sent) -> Result<(), SchedulerError> {
        let now = (self.now)();
        for day in days(now) {
            let mut seen = None;
            loop {
                if (self.now)().since(now) >= WORKS_FOR {
                    return Ok(());
                }
                let page = self.connections.due(&day, now, seen.as_deref(), PAGE).await?;
                if page.unknown > 0 {
                    tracing::warn!(
                        day,
                        items = page.unknown,
                        "due drives that cannot be read are left where they are"
                    );
                }
                self.send_page(&page.items, now, sent).await?;
                seen = page.next;
                if seen.is_none() {
                    break;
                }
            }
        }
        sent.is_all = true;
        Ok(())
    }

    async fn send_page(&self, due: &[DueDrive], now: Timestamp, sent: &mut Sent) -> Result<(), QueueError> {
        let turn: Vec<&DueDrive> = due.iter().filter(|due| spread::has_turn(due, now)).collect();
        let task = |due: &DueDrive| DriveTask::Due { user_id: due.owner, provider: due.provider, at: due.at };
        let tasks: Vec<_> = turn.iter().map(|due| (task(due), spread::delay(due))).collect();
        self.drives.send_all_later(&tasks).await?;
        sent.drives += tasks.len() as u64;
        sent.later += (due.len() - tasks.len()) as u64;
        Ok(())
    }
}

/// The days that are looked at, the oldest first; today is the last.
fn days(now: Timestamp) -> Vec<String> {
    let day = |days: i64| Timestamp::from_millis(now.as_millis() - days * DAY_MS);
    (0..=DAYS).rev().filter_map(day).map(Timestamp::day).collect()
}
