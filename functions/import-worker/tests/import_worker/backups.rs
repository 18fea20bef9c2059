//! From an account to a drive and back: backups are made, everything is deleted, and what a backup has comes back, here or into another account.

use app_domain::{BackupFormat, DriveJobStatus, ExportFormat, ImportStatus};
use app_testing::PlayedBucket;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::drives::{Drives, PROVIDER, SECONDS, dry, encrypt, noted, whole};
use crate::lives::{Life, life};
use crate::living::Person;
use crate::restoring::{DELETED, Deleted, delete_everything};
use crate::round_trip::{exported, missing, of_names, opened, run, same_records};
use crate::shelf::Shelf;
use crate::stage::Stage;

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
