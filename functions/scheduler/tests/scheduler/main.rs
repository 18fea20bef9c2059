//! The scheduler on a real table, with the queue played.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::Duration;

use app_domain::{BackupSchedule, DriveConnection, DriveProvider, DriveTask, Origin, Timestamp, UserId};
use app_runtime::Queue;
use app_store::{DriveConnections, DueDrive};
use app_testing::{PlayedQueue, table, vault};
use scheduler::{Scheduler, Sent, WORKS_FOR};
use uuid::Uuid;

thread_local! {
    static NOW: Cell<i64> = const { Cell::new(0) };
    /// How far each look at the clock moves it.
    static STEP: Cell<i64> = const { Cell::new(0) };
}

fn now() -> Timestamp {
    NOW.set(NOW.get() + STEP.get());
    Timestamp::from_millis(NOW.get()).unwrap()
}

fn set_clock(text: &str) -> Timestamp {
    let at: Timestamp = text.parse().unwrap();
    NOW.set(at.as_millis());
    STEP.set(0);
    at
}

struct Stage {
    scheduler: Scheduler,
    queue: PlayedQueue,
}

impl Stage {
    async fn new() -> Self {
        let (table, queue) = (table().await, PlayedQueue::default());
        let connections = DriveConnections::new(table.clone(), vault(&table));
        let drives = Queue::new(PlayedQueue::URL, queue.client());
        Self { scheduler: Scheduler { connections, drives, now }, queue }
    }

    /// Somebody's drive that is backed up every day.
    async fn drive(&self, person: u128) -> DueDrive {
        let (owner, provider) = (UserId::from(Uuid::from_u128(person)), DriveProvider::Dropbox);
        let new = DriveConnection::new(owner, provider, Uuid::nil(), "a".into(), "a".into(), now());
        self.scheduler.connections.connect(&new, &Origin::default(), now()).await.unwrap();
        let at = now();
        let change = |drive: &mut DriveConnection| {
            drive.settings.schedule = BackupSchedule::Daily;
            drive.next_at = drive.settings.next_after(at, owner);
        };
        let drive = self.scheduler.connections.change(owner, provider, change).await.unwrap().unwrap();
        DueDrive { owner, provider, at: drive.next_at.unwrap() }
    }

    async fn sent(&self) -> Vec<DriveTask> {
        self.scheduler.run().await.unwrap();
        self.taken()
    }

    fn taken(&self) -> Vec<DriveTask> {
        self.queue.take().into_iter().map(|task| serde_json::from_value(task).unwrap()).collect()
    }
}

fn task(due: DueDrive) -> DriveTask {
    DriveTask::Due { user_id: due.owner, provider: due.provider, at: due.at }
}

#[tokio::test]
async fn a_drive_is_sent_once_it_is_due_and_until_it_is_taken() {
    set_clock("2026-11-22T00:30:00.000Z");
    let stage = Stage::new().await;
    let due = stage.drive(7).await;
    set_clock("2026-11-22T02:59:59.000Z");
    assert_eq!(stage.sent().await, []);
    set_clock("2026-11-22T03:05:00.000Z");
    assert_eq!(stage.sent().await, [task(due)]);
    set_clock("2026-11-22T03:10:00.000Z");
    assert_eq!(stage.sent().await, [task(due)]);
    let next = "2026-11-23T03:00:07.000Z".parse().ok();
    assert!(stage.scheduler.connections.take_due(due, next, None).await.unwrap());
    assert_eq!(stage.sent().await, []);
}

#[tokio::test]
async fn drives_that_are_due_at_once_begin_at_different_times_within_five_minutes() {
    set_clock("2026-11-22T00:30:00.000Z");
    let stage = Stage::new().await;
    for person in 0..60 {
        stage.drive(person * 3600).await;
    }
    set_clock("2026-11-22T03:05:00.000Z");
    assert_eq!(stage.sent().await.len(), 60);
    let delays = stage.queue.take_delays();
    assert!(delays.iter().all(|delay| *delay < 300));
    assert!(delays.into_iter().collect::<BTreeSet<_>>().len() > 30);
}

#[tokio::test]
async fn what_came_due_while_nothing_ran_is_made_up_for_within_an_hour() {
    set_clock("2026-11-01T00:30:00.000Z");
    let stage = Stage::new().await;
    let mut due = Vec::new();
    for person in 0..20 {
        due.push(stage.drive(person).await);
    }
    let back = set_clock("2026-11-20T12:00:00.000Z");
    let mut sent = Vec::new();
    for run in 0..12 {
        NOW.set(back.plus(Duration::from_secs(300) * run).as_millis());
        sent.extend(stage.sent().await);
    }
    // Each has one time at which it is due, however many days it missed.
    assert_eq!(sent.len(), 20);
    assert!(due.into_iter().all(|due| sent.contains(&task(due))));
}

#[tokio::test]
async fn what_the_queue_refuses_is_sent_the_next_time() {
    set_clock("2026-11-22T00:30:00.000Z");
    let stage = Stage::new().await;
    let due = stage.drive(7).await;
    set_clock("2026-11-22T03:05:00.000Z");
    stage.queue.refuse(true);
    assert!(stage.scheduler.run().await.is_err());
    stage.queue.refuse(false);
    assert_eq!(stage.sent().await, [task(due)]);
}

#[tokio::test]
async fn one_that_has_no_time_left_ends_and_loses_nothing() {
    set_clock("2026-11-22T00:30:00.000Z");
    let stage = Stage::new().await;
    let due = stage.drive(7).await;
    set_clock("2026-11-22T03:05:00.000Z");
    STEP.set(i64::try_from(WORKS_FOR.as_millis()).unwrap());
    assert_eq!(stage.scheduler.run().await.unwrap(), Sent::default());
    set_clock("2026-11-22T03:10:00.000Z");
    assert_eq!(stage.sent().await, [task(due)]);
}
