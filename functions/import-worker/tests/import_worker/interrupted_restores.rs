//! Restores that are killed, refused, or large.

use app_domain::{Backup, DriveJobStatus, DriveWork, ImportStatus};
use app_testing::{Death, PlayedBucket};
use serde_json::{Value, json};

use crate::archives::{memory, memory_record, message_record, own};
use crate::drives::{Drives, PASSPHRASE, SECONDS, dry, later, whole};
use crate::living::Person;
use crate::shelf::Shelf;
use crate::stage::{Stage, at};

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
