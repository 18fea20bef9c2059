//! Files as they come in, when their bytes are there.

use app_domain::{File, FileQuota, FileStatus, FileUsage, MemoryId};
use app_store::{FileRestored, Unmade};

use crate::stage::{QUOTA, Stage, at, file, id};

#[tokio::test]
async fn a_file_comes_in_as_it_was_counted_once() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    let given = file(Some(memory), Some(id(4)), 1);
    assert_eq!(stage.files.restore(&given, QUOTA).await.unwrap(), FileRestored::Made);
    assert_eq!(stage.files.restore(&given, QUOTA).await.unwrap(), FileRestored::Same);
    assert_eq!(stage.files.get(stage.owner, given.id).await.unwrap(), Some(given.clone()));
    assert_eq!(stage.files.usage(stage.owner).await.unwrap(), FileUsage { bytes: 5, count: 1 });
    assert_eq!(stage.files.ids_of(stage.owner, memory, None, 9).await.unwrap(), [given.id]);
}

#[tokio::test]
async fn a_file_comes_without_a_memory_that_is_not_there() {
    let stage = Stage::new().await;
    let given = file(Some(MemoryId::new(at(0))), Some(id(4)), 1);
    assert_eq!(stage.files.restore(&given, QUOTA).await.unwrap(), FileRestored::Made);
    let there = stage.files.get(stage.owner, given.id).await.unwrap();
    assert_eq!(there, Some(File { attached: None, ..given }));
}

#[tokio::test]
async fn no_more_comes_in_than_may_be_stored() {
    let stage = Stage::new().await;
    let room = FileQuota { total_bytes: 12, file_bytes: 12 };
    for number in 1..=2 {
        assert_eq!(stage.files.restore(&file(None, None, number), room).await.unwrap(), FileRestored::Made);
    }
    let usage = FileUsage { bytes: 10, count: 2 };
    assert_eq!(
        stage.files.restore(&file(None, None, 3), room).await.unwrap(),
        FileRestored::OverQuota(usage)
    );
    assert_eq!(stage.files.restore(&file(None, None, 2), room).await.unwrap(), FileRestored::Same);
    let huge = File { size_bytes: u64::MAX, ..file(None, None, 3) };
    assert_eq!(stage.files.restore(&huge, room).await.unwrap(), FileRestored::OverQuota(usage));
}

#[tokio::test]
async fn a_file_of_which_bytes_are_still_to_go_waits() {
    let stage = Stage::new().await;
    let given = file(None, None, 1);
    stage.files.restore(&given, QUOTA).await.unwrap();
    assert_eq!(
        stage.files.unmake(stage.owner, given.id, given.version.next(), at(1)).await.unwrap(),
        Unmade::Changed
    );
    assert_eq!(stage.files.unmake(stage.owner, given.id, given.version, at(1)).await.unwrap(), Unmade::Gone);
    let again = stage.files.restore(&given, QUOTA).await.unwrap();
    assert!(matches!(again, FileRestored::Refused(_)), "{again:?}");
    assert_eq!(stage.files.usage(stage.owner).await.unwrap(), FileUsage::default());
}

#[tokio::test]
async fn only_whole_files_come_in() {
    let stage = Stage::new().await;
    for status in [FileStatus::Uploading, FileStatus::Rejected] {
        let given = File { status, ..file(None, None, 1) };
        assert!(matches!(stage.files.restore(&given, QUOTA).await.unwrap(), FileRestored::Refused(_)));
    }
}
