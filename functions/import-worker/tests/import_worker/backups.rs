//! From an account to a drive and back: backups are made, everything is deleted, and what a backup has comes back, here or into another account.

use std::cell::Cell;
use std::sync::{Arc, Mutex, OnceLock};

use app_backup::{NewKey, Passphrase, new_key};
use app_domain::{
    Backup, BackupFormat, Direction, DriveConnection, DriveJob, DriveJobId, DriveJobStatus, DriveProvider,
    DriveWork, ExportFilter, ExportFormat, ImportId, ImportStatus, MemoryId, OnConflict, Origin, RestoreSpec,
    Timestamp,
};
use app_runtime::Queue;
use app_store::{ArchiveBucket, Backups, DriveConnections, DriveJobs, FileBucket, Imports};
use app_testing::{Death, PlayedBucket, PlayedQueue, aws, event};
use app_walk::Source;
use aws_lambda_events::sqs::SqsEvent;
use backup_worker::DriveQueue;
use http::Response;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::archives::{memory, memory_record, message_record, own};
use crate::lives::{Life, life};
use crate::living::Person;
use crate::restoring::{DELETED, Deleted, delete_everything};
use crate::round_trip::{exported, missing, of_names, opened, run, same_records};
use crate::shelf::Shelf;
use crate::stage::{Stage, at};

const PASSPHRASE: &str = "correct horse battery";
const PROVIDER: DriveProvider = DriveProvider::Dropbox;

thread_local! {
    static SECONDS: Cell<i64> = const { Cell::new(0) };
}

/// A clock of each test.
fn clock() -> Timestamp {
    at(SECONDS.with(Cell::get))
}

fn later(seconds: i64) {
    SECONDS.with(|now| now.set(now.get() + seconds));
}

/// The worker of drives beside that of imports.
struct Drives<'a> {
    stage: &'a Stage,
    worker: backup_worker::Worker,
    bucket: PlayedBucket,
    sent: Arc<Mutex<Vec<Value>>>,
}

impl<'a> Drives<'a> {
    async fn new(stage: &'a Stage, files: &PlayedBucket, shelf: &Shelf) -> Self {
        let (bucket, sent) = (PlayedBucket::default(), Arc::new(Mutex::new(Vec::new())));
        let (table, vault) = (|| stage.table.clone(), || stage.vault.clone());
        let (for_bucket, for_files, for_imports) = (bucket.clone(), files.clone(), stage.archives.clone());
        let taken = Arc::clone(&sent);
        let queue = aws_sdk_sqs::Client::new(&aws(move |request| {
            let body: Value = serde_json::from_slice(request.body()).unwrap();
            if let Some(message) = body["MessageBody"].as_str() {
                taken.lock().unwrap().push(serde_json::from_str(message).unwrap());
            }
            Response::new(json!({"MessageId": "m"}).to_string())
        }));
        let for_mail = queue.clone();
        let worker = backup_worker::Worker {
            source: Source::new(&stage.table, stage.vault.clone()),
            drives: Arc::new(shelf.clone()),
            connections: DriveConnections::new(table(), vault()),
            jobs: DriveJobs::new(table(), vault()),
            backups: Backups::new(table(), vault()),
            bucket: ArchiveBucket::new("drives", move || for_bucket.client()),
            files_bucket: FileBucket::new("files", move || for_files.client()),
            imports: Imports::new(table(), vault()),
            imports_bucket: ArchiveBucket::new("imports", move || for_imports.client()),
            imports_queue: Queue::new(PlayedQueue::URL, stage.queue.client()),
            queue: DriveQueue::new(PlayedQueue::URL, move || queue.clone()),
            mail: Queue::new(PlayedQueue::URL, move || for_mail.clone()),
            categories: stage.categories.clone(),
            sealing: Arc::new(stage.vault.clone()),
            now: clock,
        };
        let grant = uuid::Uuid::from_u128(1);
        let name = || "shelf".to_owned();
        let drive = DriveConnection::new(stage.owner, PROVIDER, grant, name(), name(), clock());
        worker.connections.connect(&drive, &Origin::default(), clock()).await.unwrap();
        Self { stage, worker, bucket, sent }
    }

    async fn settle(&self, change: impl Fn(&mut DriveConnection) + Send + Sync) {
        self.worker.connections.change(self.stage.owner, PROVIDER, change).await.unwrap().unwrap();
    }

    async fn create(&self, work: DriveWork, passphrase: Option<&str>) -> DriveJob {
        let job = DriveJob::request(self.stage.owner, PROVIDER, work, clock());
        let job = DriveJob { passphrase: passphrase.map(str::to_owned), ..job };
        assert!(self.worker.jobs.create(&job).await.unwrap());
        job
    }

    async fn deliver(&self, task: &Value) -> bool {
        let mut event = event("import-worker/import.json");
        event["Records"][0]["body"] = task.to_string().into();
        event["Records"][0]["attributes"]["ApproximateReceiveCount"] = "1".into();
        let event: SqsEvent = serde_json::from_value(event).unwrap();
        Box::pin(backup_worker::handle(&self.worker, event)).await.batch_item_failures.is_empty()
    }

    /// Delivers a job's message, and what comes of it, until it is over.
    async fn finish(&self, job: &DriveJob) -> DriveJob {
        let mut waiting = vec![json!(job.task())];
        for _ in 0..60 {
            for task in waiting {
                assert!(Box::pin(self.deliver(&task)).await);
            }
            let there = self.job(job.id).await;
            if there.status.is_over() {
                return there;
            }
            later(600);
            waiting = std::mem::take(&mut *self.sent.lock().unwrap());
        }
        panic!("it does not end: {:?}", self.job(job.id).await);
    }

    async fn job(&self, id: DriveJobId) -> DriveJob {
        self.worker.jobs.get(self.stage.owner, id).await.unwrap().unwrap()
    }

    /// Makes a backup.
    async fn back_up(&self) -> (Backup, DriveJob) {
        later(60);
        let job = self.create(DriveWork::Sync { direction: Direction::Push }, None).await;
        let done = Box::pin(self.finish(&job)).await;
        assert_eq!((done.status, done.failure.as_deref()), (DriveJobStatus::Completed, None));
        let (backups, _) = self.worker.backups.list(self.stage.owner, PROVIDER, None, 1).await.unwrap();
        (backups[0].clone(), done)
    }

    /// Restores a backup, and lets the import end that it is handed over as.
    async fn restore(&self, spec: RestoreSpec) -> (DriveJob, Option<app_domain::ImportJob>) {
        later(60);
        let job = self.create(DriveWork::Restore(spec), Some(PASSPHRASE)).await;
        let done = Box::pin(self.finish(&job)).await;
        (done.clone(), self.imported(&done).await)
    }

    async fn imported(&self, done: &DriveJob) -> Option<app_domain::ImportJob> {
        let result = done.result.clone().unwrap_or_default();
        let id: ImportId = result["importId"].as_str()?.parse().unwrap();
        loop {
            let tasks = self.stage.queue.take();
            if tasks.is_empty() {
                return self.stage.imports.get(self.stage.owner, id).await.unwrap();
            }
            for task in tasks {
                assert!(Box::pin(self.stage.handle(&task, 1)).await);
            }
        }
    }
}

fn whole(backup: &Backup) -> RestoreSpec {
    RestoreSpec {
        backup: backup.id,
        path: backup.path.clone(),
        dry_run: false,
        filter: ExportFilter::default(),
        memories: Vec::new(),
        on_conflict: OnConflict::KeepHere,
    }
}

fn dry(backup: &Backup) -> RestoreSpec {
    RestoreSpec { dry_run: true, ..whole(backup) }
}

async fn encrypt(drives: &Drives<'_>) {
    // To make one takes a while, as it should.
    static KEY: OnceLock<NewKey> = OnceLock::new();
    let key = KEY.get_or_init(|| new_key(&Passphrase::parse(PASSPHRASE).unwrap()).unwrap());
    drives
        .settle(|drive| {
            drive.settings.recipient = Some(key.recipient.clone());
            drive.key_file = Some(key.key_file.clone());
        })
        .await;
}

fn sorted(records: Vec<Value>) -> Vec<String> {
    let mut lines: Vec<String> = records.iter().map(Value::to_string).collect();
    lines.sort();
    lines
}

/// The records and files of an account, whether its files were put there by hand or by the worker.
async fn account(
    stage: &Stage,
    files: &PlayedBucket,
) -> (Vec<Value>, std::collections::BTreeMap<String, Vec<u8>>) {
    for key in stage.s3.keys() {
        files.put(&key, stage.s3.object(&key).unwrap().bytes);
    }
    opened(&exported(stage, files, ExportFormat::Zip).await)
}

/// Connect, back up, change, back up again, delete everything, restore.
async fn comes_back(life: Life, deleted: Deleted, format: BackupFormat, is_sealed: bool) {
    SECONDS.with(|now| now.set(0));
    let (stage, files, shelf) = (Stage::new().await, PlayedBucket::default(), Shelf::default());
    Person::new(&stage, &files).live(&life).await;
    let drives = Drives::new(&stage, &files, &shelf).await;
    drives.settle(|drive| drive.settings.format = format).await;
    if is_sealed {
        encrypt(&drives).await;
    }
    drives.back_up().await;
    let new = app_domain::Memory { owner: stage.owner, ..noted("A new one", -1) };
    stage.memories.create(&new).await.unwrap();
    let (backup, _) = drives.back_up().await;
    let (old, old_files) = account(&stage, &files).await;
    delete_everything(&stage, &files, &old, deleted).await;
    assert!(stage.all_memories().await.is_empty());

    let (done, import) = drives.restore(whole(&backup)).await;
    assert_eq!((done.status, done.failure.as_deref()), (DriveJobStatus::Completed, None));
    let import = import.unwrap();
    assert_eq!(import.status, ImportStatus::Completed, "{:#?}", stage.report(&import));
    let (new, new_files) = account(&stage, &files).await;
    same_records(&sorted(old), &sorted(new));
    assert!(old_files == new_files, "the files differ");
    let (done, _) = drives.restore(dry(&backup)).await;
    let result = done.result.unwrap();
    for change in ["added", "changed", "conflicts", "deleted"] {
        assert_eq!(result[change]["counts"], json!({}), "{change}: {result:#}");
    }
}

fn noted(title: &str, seconds: i64) -> app_domain::Memory {
    let draft = app_domain::MemoryDraft {
        title: app_domain::MemoryTitle::parse(title).ok(),
        ..app_domain::MemoryDraft::default()
    };
    let owner = app_domain::UserId::new(at(0));
    let (id, source) = (MemoryId::new(at(seconds)), app_domain::MemorySource::Web);
    app_domain::Memory::new(id, owner, source, draft, at(seconds)).unwrap()
}

/// Into another account, whose drive is the same.
async fn comes_into_another_account(life: Life) {
    let (stage, files, shelf) = (Stage::new().await, PlayedBucket::default(), Shelf::default());
    Person::new(&stage, &files).live(&life).await;
    let drives = Drives::new(&stage, &files, &shelf).await;
    encrypt(&drives).await;
    let (backup, _) = drives.back_up().await;
    let (old, old_files) = account(&stage, &files).await;

    let (here, here_files) = (Stage::new().await, PlayedBucket::default());
    let drives = Drives::new(&here, &here_files, &shelf).await;
    let (done, import) = drives.restore(whole(&backup)).await;
    assert_eq!((done.status, done.failure.as_deref()), (DriveJobStatus::Completed, None));
    let import = import.unwrap();
    assert_eq!(import.status, ImportStatus::Completed, "{:#?}", here.report(&import));
    // Nothing is left that opens it.
    let connection = drives.worker.connections.get(here.owner, PROVIDER).await.unwrap().unwrap();
    assert_eq!((done.passphrase, connection.key_file), (None, None));
    let left = drives.bucket.keys();
    assert!(left.iter().all(|key| !key.starts_with("work/")), "{left:?}");
    let (new, new_files) = account(&here, &here_files).await;
    assert_eq!(missing(&old, &new), Vec::<Value>::new());
    same_records(&of_names(old), &of_names(new));
    assert!(old_files == new_files, "the files differ");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_deleted_comes_back_from_a_drive_as_it_was(
        life in life(),
        deleted in 0..3_usize,
        is_json in any::<bool>(),
        is_sealed in any::<bool>(),
    ) {
        let format = if is_json { BackupFormat::Json } else { BackupFormat::Archive };
        run(comes_back(life, DELETED[deleted], format, is_sealed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, max_shrink_iters: 10, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_on_a_drive_comes_into_another_account_as_it_was(life in life()) {
        run(comes_into_another_account(life));
    }
}

/// Somebody with two memories of which one is filed, and a message, backed up.
async fn backed_up(shelf: &Shelf, files: &PlayedBucket) -> (Stage, Backup) {
    let stage = Stage::new().await;
    let records = [memory_record(1, None), message_record(1, 1, &[]), memory_record(2, None)];
    stage.import(&own(&records)).await;
    let backup = {
        let drives = Drives::new(&stage, files, shelf).await;
        drives.back_up().await.0
    };
    (stage, backup)
}

#[tokio::test]
async fn a_dry_run_tells_what_would_happen_and_changes_nothing() {
    let (shelf, files) = (Shelf::default(), PlayedBucket::default());
    let (stage, backup) = backed_up(&shelf, &files).await;
    // At 10 seconds, before the backup: what it does not show, as if a clock had been late; at 70, after it.
    stage.memories.trash(stage.owner, memory(2), None, at(70)).await.unwrap();
    later(20);
    let title = app_domain::MemoryTitle::parse("Mine").ok();
    let change = |before: app_domain::Memory| {
        Ok::<_, ()>(app_domain::Memory {
            title: title.clone(),
            updated_at: at(70),
            version: before.version.next(),
            ..before
        })
    };
    stage.memories.change(stage.owner, memory(1), None, change).await.unwrap();
    let new = app_domain::Memory { owner: stage.owner, ..noted("New", 75) };
    stage.memories.create(&new).await.unwrap();
    let drives = Drives::new(&stage, &files, &shelf).await;
    let before = stage.meter.keys().await;

    let (done, import) = drives.restore(dry(&backup)).await;
    assert!(import.is_none());
    let result = done.result.unwrap();
    let counts = |change: &str| result[change]["counts"].clone();
    assert_eq!(counts("added"), json!({"memory": 1}), "{result:#}");
    assert_eq!(counts("conflicts"), json!({"memory": 1}), "{result:#}");
    assert_eq!(counts("deleted"), json!({"memory": 1, "version": 1}), "{result:#}");
    assert_eq!(counts("changed"), json!({}), "{result:#}");
    assert_eq!(result["added"]["samples"][0]["title"], "SECRET memory 2");
    assert_eq!(result["deleted"]["samples"][0]["title"], "New");
    let list = drives.bucket.get(result["diffKey"].as_str().unwrap()).unwrap();
    let list = String::from_utf8(list).unwrap();
    assert_eq!(list.lines().count(), 4, "{list}");
    assert!(!list.contains("SECRET") && list.contains(&memory(2).to_string()), "{list}");
    let is_own = |key: &String| !key.contains("DRIVE");
    let after = stage.meter.keys().await;
    assert!(after.iter().filter(|key| is_own(key)).eq(before.iter().filter(|key| is_own(key))));
}

#[tokio::test]
async fn one_memory_comes_back_alone() {
    let (shelf, files) = (Shelf::default(), PlayedBucket::default());
    let (stage, backup) = backed_up(&shelf, &files).await;
    for number in [1, 2] {
        stage.memories.trash(stage.owner, memory(number), None, at(70)).await.unwrap();
    }
    let drives = Drives::new(&stage, &files, &shelf).await;
    let spec = RestoreSpec { memories: vec![memory(1)], ..whole(&backup) };
    let (done, import) = drives.restore(spec).await;
    assert_eq!(done.result.unwrap()["counts"], json!({"memory": 1, "message": 1}));
    assert_eq!(import.unwrap().status, ImportStatus::Completed);
    let there: Vec<MemoryId> = stage.all_memories().await.iter().map(|memory| memory.id).collect();
    assert_eq!(there, [memory(1)]);
    // Nothing of what is wanted is in it: nothing is imported.
    let spec = RestoreSpec { memories: vec![memory(9)], ..whole(&backup) };
    let (done, import) = drives.restore(spec).await;
    assert_eq!((done.status, import), (DriveJobStatus::Completed, None));
}

#[tokio::test]
async fn what_cannot_be_opened_says_why() {
    let (shelf, files) = (Shelf::default(), PlayedBucket::default());
    let stage = Stage::new().await;
    stage.import(&own(&[memory_record(1, None)])).await;
    let drives = Drives::new(&stage, &files, &shelf).await;
    encrypt(&drives).await;
    let (backup, _) = drives.back_up().await;
    let fails = |passphrase: Option<&'static str>, path: String| {
        let (drives, backup) = (&drives, &backup);
        async move {
            later(60);
            let spec = RestoreSpec { path, ..whole(backup) };
            let job = drives.create(DriveWork::Restore(spec), passphrase).await;
            let done = drives.finish(&job).await;
            assert_eq!(done.status, DriveJobStatus::Failed);
            done.failure.unwrap()
        }
    };
    let path = || backup.path.clone();
    assert!(fails(None, path()).await.contains("is encrypted"));
    assert!(fails(Some("another passphrase"), path()).await.contains("does not open"));
    assert!(fails(Some(PASSPHRASE), "README.txt".to_owned()).await.contains("no such backup"));
    shelf.edit_by_hand(&backup.path, |bytes| bytes[300] ^= 1);
    assert!(fails(Some(PASSPHRASE), path()).await.contains("was changed"));
    shelf.remove_by_hand(&backup.path);
    assert!(fails(Some(PASSPHRASE), path()).await.contains("no such backup"));
}

#[tokio::test]
async fn a_key_that_is_lost_on_the_drive_is_known_here() {
    let (shelf, files) = (Shelf::default(), PlayedBucket::default());
    let stage = Stage::new().await;
    stage.import(&own(&[memory_record(1, None)])).await;
    let drives = Drives::new(&stage, &files, &shelf).await;
    encrypt(&drives).await;
    let (backup, _) = drives.back_up().await;
    shelf.remove_by_hand(&format!("keys/{}.age", stage.owner));
    let (done, _) = drives.restore(whole(&backup)).await;
    assert_eq!((done.status, done.failure.as_deref()), (DriveJobStatus::Completed, None));
}

#[tokio::test]
async fn what_is_left_of_a_backup_comes_back_when_a_part_of_it_is_gone() {
    let (shelf, files) = (Shelf::default(), PlayedBucket::default());
    let (stage, backup) = backed_up(&shelf, &files).await;
    let drives = Drives::new(&stage, &files, &shelf).await;
    let pack = shelf.paths().into_iter().find(|path| path.starts_with("packs/")).unwrap();
    shelf.edit_by_hand(&pack, |bytes| bytes[30] ^= 1);
    for spec in [whole(&backup), dry(&backup)] {
        let (done, _) = drives.restore(spec).await;
        assert_eq!(done.status, DriveJobStatus::Partial);
        let unread = done.result.unwrap()["unread"].to_string();
        assert!(unread.contains(&pack), "{unread}");
    }
}

#[tokio::test]
async fn a_large_file_that_was_changed_on_the_drive_does_not_come_back_as_something_else() {
    let edits: [fn(&Shelf, &str); 2] = [
        |shelf, path| shelf.edit_by_hand(path, |bytes| bytes[2_000_000] ^= 1),
        |shelf, path| shelf.edit_by_hand(path, |bytes| bytes[10_000_000] ^= 1),
    ];
    // What is encrypted is found out in the middle, the rest at the end.
    for (edit, is_sealed) in edits.into_iter().zip([false, true]) {
        let (shelf, files) = (Shelf::default(), PlayedBucket::default());
        let (stage, here) = (Stage::new().await, Stage::new().await);
        Person::new(&stage, &files).file(18_000_002, None).await;
        let drives = Drives::new(&stage, &files, &shelf).await;
        if is_sealed {
            encrypt(&drives).await;
        }
        let (backup, _) = drives.back_up().await;
        let path = shelf.paths().into_iter().find(|path| path.starts_with("files/")).unwrap();
        edit(&shelf, &path);
        let drives = Drives::new(&here, &PlayedBucket::default(), &shelf).await;
        let (done, import) = drives.restore(whole(&backup)).await;
        assert_eq!(done.status, DriveJobStatus::Partial);
        assert!(done.result.unwrap()["unread"].to_string().contains(&path));
        let import = import.unwrap();
        assert_eq!(here.files.usage(here.owner).await.unwrap().count, 0, "{:#?}", here.report(&import));
        assert_eq!(import.counts.failed, 1);
    }
}

/// Somebody with memories and a large file, everything in the trash.
async fn gone(shelf: &Shelf, files: &PlayedBucket) -> (Stage, Backup) {
    SECONDS.with(|now| now.set(0));
    let (stage, size) = (Stage::new().await, 2_500_000);
    stage.import(&own(&[memory_record(1, None), message_record(1, 1, &[]), memory_record(2, None)])).await;
    let backup = {
        let person = Person::new(&stage, files);
        person.file(size, Some(memory(1))).await;
        Drives::new(&stage, files, shelf).await.back_up().await.0
    };
    for number in [1, 2] {
        stage.memories.trash(stage.owner, memory(number), None, at(70)).await.unwrap();
    }
    (stage, backup)
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "the figures are to be seen")]
async fn a_restore_that_is_killed_or_left_alone_anywhere_is_handed_over_once() {
    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Called {
        Table,
        Drives,
        Imports,
        Provider,
    }
    let mut deaths = 0;
    for called in [Called::Table, Called::Drives, Called::Imports, Called::Provider] {
        for death in [Death::BeforeCalling, Death::BeforeHearing] {
            for calls in usize::from(death == Death::BeforeHearing).. {
                let (shelf, files) = (Shelf::default(), PlayedBucket::default());
                let (stage, backup) = gone(&shelf, &files).await;
                let drives = Drives::new(&stage, &files, &shelf).await;
                later(60);
                let job = drives.create(DriveWork::Restore(whole(&backup)), Some(PASSPHRASE)).await;
                match called {
                    Called::Table => stage.meter.die_after(calls, death),
                    Called::Drives => drives.bucket.die_after(calls, death),
                    Called::Imports => stage.archives.die_after(calls, death),
                    Called::Provider => shelf.fail_after(Some(calls as u64)),
                }
                drives.deliver(&json!(job.task())).await;
                let has_died = match called {
                    Called::Table => stage.meter.revive(),
                    Called::Drives => drives.bucket.revive(),
                    Called::Imports => stage.archives.revive(),
                    Called::Provider => drives.job(job.id).await.status == DriveJobStatus::Waiting,
                };
                shelf.fail_after(None);
                let done = drives.finish(&job).await;
                let at_hand = format!("{called:?} {death:?} {calls}");
                assert_eq!(
                    (done.status, done.failure.as_deref()),
                    (DriveJobStatus::Completed, None),
                    "{at_hand}"
                );
                let import = drives.imported(&done).await.unwrap();
                assert_eq!(import.status, ImportStatus::Completed, "{at_hand}");
                assert_eq!(stage.all_memories().await.len(), 2, "{at_hand}");
                let imports = stage.imports.list(stage.owner).await.unwrap();
                assert_eq!(imports.len(), 2, "{at_hand}");
                assert!(drives.bucket.keys().iter().all(|key| !key.starts_with("work/")), "{at_hand}");
                if !has_died {
                    break;
                }
                deaths += 1;
            }
            if called == Called::Provider {
                break;
            }
        }
    }
    println!("{deaths} deaths");
    assert!(deaths > 40, "{deaths}");
}

#[tokio::test]
async fn a_storm_of_refusals_loses_nothing_and_ends() {
    let (shelf, files) = (Shelf::default(), PlayedBucket::default());
    let (stage, _) = gone(&shelf, &files).await;
    let person = Person::new(&stage, &files);
    for size in 0..6 {
        person.file(1_100_000 + size, None).await;
    }
    let drives = Drives::new(&stage, &files, &shelf).await;
    let (backup, _) = drives.back_up().await;
    let loose = stage.files.usage(stage.owner).await.unwrap();
    shelf.fail_every(6);
    for spec in [dry(&backup), whole(&backup)] {
        let (done, _) = drives.restore(spec).await;
        assert_eq!((done.status, done.failure.as_deref()), (DriveJobStatus::Completed, None));
    }
    assert_eq!(stage.files.usage(stage.owner).await.unwrap(), loose);
}

/// What it takes, in figures.
#[tokio::test]
#[expect(clippy::print_stdout, reason = "the figures are to be seen")]
async fn hundreds_of_memories_go_and_come_back_in_few_calls() {
    let (shelf, files, stage) = (Shelf::default(), PlayedBucket::default(), Stage::new().await);
    let records: Vec<Value> = (1..=400).map(|number| memory_record(number, None)).collect();
    stage.import(&own(&records)).await;
    let drives = Drives::new(&stage, &files, &shelf).await;
    let (backup, _) = drives.back_up().await;
    let pushed = shelf.take_traffic();
    for number in 1..=400 {
        stage.memories.trash(stage.owner, memory(number), None, at(70)).await.unwrap();
    }
    drives.restore(dry(&backup)).await;
    let compared = shelf.take_traffic();
    let (_, import) = drives.restore(whole(&backup)).await;
    let restored = shelf.take_traffic();
    println!("calls, bytes in, bytes out: backup {pushed:?}, dry run {compared:?}, restore {restored:?}");
    assert_eq!(import.unwrap().counts.updated, 400);
    // A manifest, and one pack or two: each is found, and read.
    assert!(restored.0 <= 8 && compared.0 <= 8, "{restored:?} {compared:?}");
}
