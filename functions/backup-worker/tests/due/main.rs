//! Drives whose time has come, on a real table with the queue played: one job for each time, whatever ends or comes twice.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use app_backup::OpenDrive;
use app_connectors::drives::{Drive, DriveError, DriveErrorClass};
use app_domain::{
    BackupSchedule, Direction, DriveConnection, DriveJob, DriveProvider, DriveState, DriveTask, DriveWork,
    Memory, MemoryDraft, MemoryId, MemorySource, MemoryTitle, NotesScope, Origin, Sealing, Timestamp, UserId,
};
use app_runtime::Queue;
use app_store::{
    ArchiveBucket, Backups, Categories, DriveConnections, DriveJobs, FileBucket, Imports, Table,
};
use app_testing::{Death, Meter, PlayedBucket, PlayedQueue, metered_table, vault};
use app_walk::Source;
use async_trait::async_trait;
use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use backup_worker::{Worker, handle};
use uuid::Uuid;

const HOUR: Duration = Duration::from_secs(60 * 60);
const PROVIDER: DriveProvider = DriveProvider::Dropbox;

thread_local! {
    static NOW: Cell<i64> = const { Cell::new(0) };
}

fn now() -> Timestamp {
    Timestamp::from_millis(NOW.get()).unwrap()
}

fn set_clock(at: Timestamp) {
    NOW.set(at.as_millis());
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Nobody opens a drive because its time has come.
struct Shut;

#[async_trait]
impl OpenDrive for Shut {
    async fn open(&self, _: &DriveConnection) -> Result<Arc<dyn Drive>, DriveError> {
        Err(DriveError::of(DriveErrorClass::Refused))
    }
}

struct Stage {
    worker: Worker,
    table: Table,
    queue: PlayedQueue,
    meter: Meter,
    owner: UserId,
}

impl Stage {
    async fn new() -> Self {
        set_clock(at("2026-11-22T00:30:00.000Z"));
        let (table, meter) = metered_table().await;
        let (vault, queue) = (vault(&table), PlayedQueue::default());
        let sealing: Arc<dyn Sealing> = Arc::new(vault.clone());
        let bucket = || {
            let played = PlayedBucket::default();
            ArchiveBucket::new("bucket", move || played.client())
        };
        let files = PlayedBucket::default();
        let worker = Worker {
            source: Source::new(&table, vault.clone()),
            drives: Arc::new(Shut),
            connections: DriveConnections::new(table.clone(), vault.clone()),
            jobs: DriveJobs::new(table.clone(), vault.clone()),
            backups: Backups::new(table.clone(), vault.clone()),
            bucket: bucket(),
            files_bucket: FileBucket::new("files", move || files.client()),
            imports: Imports::new(table.clone(), vault.clone()),
            imports_bucket: bucket(),
            imports_queue: Queue::new(PlayedQueue::URL, PlayedQueue::default().client()),
            queue: Queue::new(PlayedQueue::URL, queue.client()),
            mail: Queue::new(PlayedQueue::URL, PlayedQueue::default().client()),
            categories: Categories::new(table.clone(), vault.clone()),
            sealing,
            now,
        };
        let owner = UserId::from(Uuid::from_u128(3600));
        Self { worker, table, queue, meter, owner }
    }

    /// A drive that is backed up by itself. Returns when it is due.
    async fn drive(&self, schedule: BackupSchedule, notes: NotesScope) -> Timestamp {
        let new = DriveConnection::new(self.owner, PROVIDER, Uuid::nil(), "a".into(), "a".into(), now());
        self.worker.connections.connect(&new, &Origin::default(), now()).await.unwrap();
        let at = now();
        self.changed(move |drive| {
            (drive.settings.schedule, drive.settings.notes) = (schedule, notes);
            drive.next_at = drive.settings.next_after(at, drive.user_id);
        })
        .await
        .next_at
        .unwrap()
    }

    async fn changed(&self, change: impl Fn(&mut DriveConnection) + Send + Sync) -> DriveConnection {
        self.worker.connections.change(self.owner, PROVIDER, change).await.unwrap().unwrap()
    }

    async fn next_at(&self) -> Option<Timestamp> {
        self.worker.connections.get(self.owner, PROVIDER).await.unwrap().unwrap().next_at
    }

    /// Says that it is due. Whether that is done with.
    async fn due(&self, at: Timestamp) -> bool {
        let task = DriveTask::Due { user_id: self.owner, provider: PROVIDER, at };
        let mut message = SqsMessage::default();
        message.message_id = Some("m".to_owned());
        message.body = Some(serde_json::to_string(&task).unwrap());
        let mut event = SqsEvent::default();
        event.records.push(message);
        handle(&self.worker, event).await.batch_item_failures.is_empty()
    }

    async fn jobs(&self) -> Vec<DriveJob> {
        self.worker.jobs.list(self.owner, None, 100).await.unwrap().0
    }

    fn sent(&self) -> Vec<DriveTask> {
        self.queue.take().into_iter().map(|task| serde_json::from_value(task).unwrap()).collect()
    }

    async fn memory(&self) {
        let draft = MemoryDraft { title: MemoryTitle::parse("A memory").ok(), ..MemoryDraft::default() };
        let memory = Memory::new(MemoryId::new(now()), self.owner, MemorySource::Web, draft, now()).unwrap();
        self.worker.source.memories.create(&memory).await.unwrap();
    }
}

fn direction(job: &DriveJob) -> Direction {
    match job.work {
        DriveWork::Sync { direction } => direction,
        _ => unreachable!("a drive that is due is synchronised"),
    }
}

#[tokio::test]
async fn a_drive_that_is_due_has_one_job_however_often_it_is_said() {
    let stage = Stage::new().await;
    let due = stage.drive(BackupSchedule::Daily, NotesScope::Off).await;
    set_clock(due.plus(HOUR));
    assert!(stage.due(due).await && stage.due(due).await);
    let jobs = stage.jobs().await;
    assert_eq!(jobs.len(), 1);
    assert!(jobs[0].is_scheduled && direction(&jobs[0]) == Direction::Push);
    // The second found the job that nobody has begun: it may be that it was never sent.
    assert_eq!(stage.sent(), [jobs[0].task(), jobs[0].task()]);
    assert_eq!(stage.next_at().await, Some(due.plus(24 * HOUR)));
    stage.worker.jobs.cancel(stage.owner, jobs[0].id, now()).await.unwrap();
    assert!(stage.due(due).await);
    assert_eq!(stage.sent(), []);
}

#[tokio::test]
async fn what_was_missed_for_days_is_one_job() {
    let stage = Stage::new().await;
    let due = stage.drive(BackupSchedule::Daily, NotesScope::Favorites).await;
    set_clock(due.plus(20 * 24 * HOUR + HOUR));
    assert!(stage.due(due).await);
    assert_eq!(stage.jobs().await.iter().map(direction).collect::<Vec<_>>(), [Direction::Both]);
    assert_eq!(stage.next_at().await, Some(due.plus(21 * 24 * HOUR)));
}

#[tokio::test]
async fn whoever_ends_at_any_call_leaves_one_job_that_is_sent() {
    for death in [Death::BeforeCalling, Death::BeforeHearing] {
        for calls in 0.. {
            let stage = Stage::new().await;
            let due = stage.drive(BackupSchedule::Daily, NotesScope::Off).await;
            set_clock(due);
            stage.meter.die_after(calls, death);
            let is_done = stage.due(due).await;
            let has_died = stage.meter.revive();
            if !is_done {
                assert!(stage.due(due).await);
            }
            let jobs = stage.jobs().await;
            assert_eq!(jobs.len(), 1, "{death:?} {calls}");
            assert!(stage.sent().contains(&jobs[0].task()), "{death:?} {calls}");
            assert_eq!(stage.next_at().await, Some(due.plus(24 * HOUR)));
            if !has_died {
                assert!(calls >= 2, "{calls}");
                break;
            }
        }
    }
    // The queue refuses: the message comes again.
    let stage = Stage::new().await;
    let due = stage.drive(BackupSchedule::Daily, NotesScope::Off).await;
    set_clock(due);
    stage.queue.refuse(true);
    assert!(!stage.due(due).await);
    stage.queue.refuse(false);
    assert!(stage.due(due).await);
    assert_eq!((stage.jobs().await.len(), stage.sent().len()), (1, 1));
}

#[tokio::test]
async fn two_that_are_told_at_once_make_one_job() {
    let stage = Stage::new().await;
    let due = stage.drive(BackupSchedule::Daily, NotesScope::Off).await;
    set_clock(due);
    let done = tokio::join!(stage.due(due), stage.due(due), stage.due(due));
    assert_eq!(done, (true, true, true));
    assert_eq!(stage.jobs().await.len(), 1);
}

#[tokio::test]
async fn a_drive_that_was_set_otherwise_or_let_go_has_none() {
    let stage = Stage::new().await;
    let due = stage.drive(BackupSchedule::Daily, NotesScope::Off).await;
    stage.changed(|drive| drive.next_at = None).await;
    set_clock(due);
    assert!(stage.due(due).await);
    stage.changed(move |drive| (drive.next_at, drive.state) = (Some(due), DriveState::NeedsConsent)).await;
    assert!(stage.due(due).await);
    assert_eq!((stage.jobs().await.len(), stage.next_at().await), (0, None));
    // Nor one that nobody has.
    let due = at("2026-11-22T09:00:00.000Z");
    let stranger = Stage { owner: UserId::from(Uuid::from_u128(7)), ..stage };
    assert!(stranger.due(due).await);
    assert_eq!(stranger.sent(), []);
}

#[tokio::test]
async fn on_change_nothing_is_done_while_nothing_has_changed_at_the_cost_of_a_few_reads() {
    // What is written is noted by the real clock.
    let stage = Stage::new().await;
    stage.memory().await;
    let real = app_runtime::now();
    set_clock(real);
    let due = stage.drive(BackupSchedule::OnChange, NotesScope::Off).await;
    set_clock(due);
    assert!(stage.due(due).await);
    assert_eq!(stage.jobs().await.len(), 1, "never backed up");

    let synced = real.plus(HOUR);
    stage.changed(move |drive| drive.last_sync_at = Some(synced)).await;
    let due = stage.next_at().await.unwrap();
    set_clock(due);
    stage.meter.take();
    assert!(stage.due(due).await);
    assert_eq!(stage.jobs().await.len(), 1, "nothing has changed");
    assert!(stage.next_at().await.unwrap() > due);
    let cost = stage.meter.take();
    assert!(cost.of("Query") <= 2 && cost.of("GetItem") <= 4, "{cost:?}");

    // Something that is newer than what the drive has.
    stage.changed(move |drive| drive.last_sync_at = Some(at("2026-11-21T00:00:00.000Z").min(real))).await;
    let due = stage.next_at().await.unwrap();
    set_clock(real);
    assert!(stage.due(due).await);
    assert_eq!(stage.jobs().await.len(), 2);
    let _ = &stage.table;
}

#[tokio::test]
async fn on_change_the_drive_is_asked_for_edited_notes_and_everything_is_looked_at_once_a_day() {
    let stage = Stage::new().await;
    stage.memory().await;
    let real = app_runtime::now();
    set_clock(real);
    let due = stage.drive(BackupSchedule::OnChange, NotesScope::Newest).await;
    let synced = real.plus(HOUR / 2);
    stage.changed(move |drive| drive.last_sync_at = Some(synced)).await;
    set_clock(due);
    assert!(stage.due(due).await);
    set_clock(real.plus(25 * HOUR));
    let due = stage.next_at().await.unwrap();
    assert!(stage.due(due).await);
    let mut jobs = stage.jobs().await;
    jobs.reverse();
    assert_eq!(jobs.iter().map(direction).collect::<Vec<_>>(), [Direction::Pull, Direction::Both]);
}

#[tokio::test]
async fn a_time_that_has_had_its_job_and_is_set_again_does_not_stay_due_for_ever() {
    let stage = Stage::new().await;
    let due = stage.drive(BackupSchedule::Daily, NotesScope::Off).await;
    set_clock(due);
    assert!(stage.due(due).await);
    let next = stage.next_at().await.unwrap();
    stage.changed(move |drive| drive.next_at = Some(due)).await;
    assert!(stage.due(due).await);
    assert_eq!((stage.next_at().await, stage.jobs().await.len()), (Some(next), 1));
}
