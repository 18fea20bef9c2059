//! Restores of one backup: looked at first, in part, encrypted, of what is left.

use app_domain::{Backup, DriveJobStatus, DriveWork, ImportStatus, MemoryId, RestoreSpec};
use app_testing::PlayedBucket;
use serde_json::json;

use crate::archives::{memory, memory_record, message_record, own};
use crate::drives::{Drives, PASSPHRASE, dry, encrypt, later, noted, whole};
use crate::living::Person;
use crate::shelf::Shelf;
use crate::stage::{Stage, at};

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
