//! Backups that come back: into an account where everything was deleted, where something has changed since, and whoever dies meanwhile.

use app_domain::{
    ConversationId, FactId, FileId, FromBackup, ImportSpec, ImportStatus, Memory, MemoryId, MemoryTitle,
    OnConflict, ReminderId, SavedSearch, Timestamp,
};
use app_store::{Conversations, Facts, FileBucket, FileRemoval, Reminders, SavedSearches};
use app_testing::{Death, PlayedBucket};
use proptest::prelude::*;
use serde_json::Value;

use crate::archives::{memory, memory_record, message_record, own, records};
use crate::killed::{CALLED, DEATHS, end, killed};
use crate::lives::{Life, life};
use crate::living::Person;
use crate::round_trip::{exported, opened, run, same_records};
use crate::stage::{Stage, at};

/// How far somebody goes who deletes everything.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Deleted {
    /// Memories are in the trash.
    Trashed,
    /// The trash was emptied a moment ago.
    Doomed,
    /// Nothing is left.
    Purged,
}

pub(crate) const DELETED: [Deleted; 3] = [Deleted::Trashed, Deleted::Doomed, Deleted::Purged];

fn restoring(at: Timestamp, on_conflict: OnConflict) -> ImportSpec {
    ImportSpec { restore: Some(FromBackup { at, on_conflict }), ..ImportSpec::default() }
}

async fn delete_memory(stage: &Stage, removal: &FileRemoval, id: MemoryId, deleted: Deleted) {
    let owner = stage.owner;
    stage.memories.trash(owner, id, None, at(20)).await.unwrap();
    if deleted != Deleted::Trashed {
        assert!(stage.memories.doom(owner, id, at(21)).await.unwrap());
    }
    if deleted == Deleted::Purged {
        removal.delete_of(owner, id, at(22)).await.unwrap();
        assert!(stage.memories.purge(owner, id, at(22)).await.unwrap());
    }
}

/// Deletes everything that records tell of.
pub(crate) async fn delete_everything(
    stage: &Stage,
    files: &PlayedBucket,
    records: &[Value],
    deleted: Deleted,
) {
    let (owner, table, vault) = (stage.owner, || stage.table.clone(), || stage.vault.clone());
    let for_files = files.clone();
    let removal = FileRemoval::new(stage.files.clone(), FileBucket::new("files", move || for_files.client()));
    for record in records {
        let id = || record["id"].as_str().unwrap();
        match record["kind"].as_str().unwrap() {
            "memory" => delete_memory(stage, &removal, id().parse().unwrap(), deleted).await,
            "file" if record["memoryId"].is_null() => {
                let id: FileId = id().parse().unwrap();
                assert!(removal.delete(owner, id, at(23)).await.unwrap());
            }
            "category" => {
                stage.categories.delete(owner, id().parse().unwrap(), None, at(24)).await.unwrap();
            }
            "conversation" => {
                let id: ConversationId = id().parse().unwrap();
                Conversations::new(table(), vault()).delete(owner, id, at(25)).await.unwrap();
            }
            "fact" => {
                let id: FactId = id().parse().unwrap();
                // One that it superseded may have gone with another.
                let _ = Facts::new(table(), vault()).remove(owner, id).await;
            }
            "reminder" => {
                let id: ReminderId = id().parse().unwrap();
                Reminders::new(table(), vault()).delete(owner, id).await.unwrap();
            }
            _ => {}
        }
    }
    let none = |searches: &mut Vec<SavedSearch>| {
        searches.clear();
        Ok::<_, ()>(())
    };
    SavedSearches::new(table(), vault()).change(owner, none).await.unwrap();
}

async fn comes_back(life: Life, deleted: Deleted, on_conflict: OnConflict) {
    let (stage, files) = (Stage::new().await, PlayedBucket::default());
    Person::new(&stage, &files).live(&life).await;
    let archive = exported(&stage, &files, app_domain::ExportFormat::Zip).await;
    let (old, old_files) = opened(&archive);
    delete_everything(&stage, &files, &old, deleted).await;
    assert!(stage.all_memories().await.is_empty());

    let job = stage.queued(&archive, restoring(at(0), on_conflict)).await;
    stage.finish(&job).await;
    let job = stage.job(&job).await;
    assert_eq!(job.status, ImportStatus::Completed, "{:#?}", stage.report(&job));
    for key in stage.s3.keys() {
        files.put(&key, stage.s3.object(&key).unwrap().bytes);
    }
    let (new, new_files) = opened(&exported(&stage, &files, app_domain::ExportFormat::Zip).await);
    let lines = |records: Vec<Value>| {
        let mut lines: Vec<String> = records.iter().map(Value::to_string).collect();
        // Facts are in the order in which they were noted.
        lines.sort();
        lines
    };
    same_records(&lines(old), &lines(new));
    assert!(old_files == new_files, "the files differ");

    let again = stage.queued(&archive, restoring(at(0), on_conflict)).await;
    stage.finish(&again).await;
    let again = stage.job(&again).await;
    let counts = (again.counts.imported, again.counts.updated, again.counts.failed);
    assert_eq!(counts, (0, 0, 0), "{:#?}", stage.report(&again));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_was_deleted_comes_back_as_it_was(
        life in life(),
        deleted in 0..3_usize,
        on_conflict in prop_oneof![
            Just(OnConflict::KeepHere),
            Just(OnConflict::Replace),
            Just(OnConflict::KeepBoth),
        ],
    ) {
        run(comes_back(life, DELETED[deleted], on_conflict));
    }
}

/// Two memories of a backup; one has changed before it was made, which it does not show, and one after it.
async fn changed() -> (Stage, Vec<u8>) {
    let stage = Stage::new().await;
    let archive = own(&[memory_record(1, None), message_record(1, 1, &[]), memory_record(2, None)]);
    stage.import(&archive).await;
    // At 10 seconds.
    stage.retitle(memory(1), "Mine").await;
    (stage, archive)
}

async fn restored(stage: &Stage, archive: &[u8], spec: ImportSpec) -> app_domain::ImportJob {
    let job = stage.queued(archive, spec).await;
    stage.finish(&job).await;
    stage.job(&job).await
}

fn titles(memories: &[Memory]) -> Vec<&str> {
    let mut titles: Vec<&str> =
        memories.iter().filter_map(|memory| memory.title.as_ref()).map(MemoryTitle::as_str).collect();
    titles.sort_unstable();
    titles
}

#[tokio::test]
async fn what_is_newer_here_stays() {
    let (stage, archive) = changed().await;
    let job = restored(&stage, &archive, restoring(at(5), OnConflict::KeepHere)).await;
    assert_eq!((job.counts.updated, job.counts.skipped), (0, 3), "{:#?}", stage.report(&job));
    assert_eq!(titles(&stage.all_memories().await), ["Mine", "SECRET memory 2"]);
    // A backup that was made after the change, and does not have it.
    let job = restored(&stage, &archive, restoring(at(10), OnConflict::KeepHere)).await;
    assert_eq!((job.counts.updated, job.counts.skipped), (1, 2), "{:#?}", stage.report(&job));
    assert_eq!(titles(&stage.all_memories().await), ["SECRET memory 1", "SECRET memory 2"]);
}

#[tokio::test]
async fn what_is_replaced_keeps_what_it_was_as_a_version() {
    let (stage, archive) = changed().await;
    let job = restored(&stage, &archive, restoring(at(5), OnConflict::Replace)).await;
    assert_eq!((job.counts.updated, job.counts.skipped), (1, 2), "{:#?}", stage.report(&job));
    assert_eq!(titles(&stage.all_memories().await), ["SECRET memory 1", "SECRET memory 2"]);
    let versions = stage.memories.versions(stage.owner, memory(1), None, 10).await.unwrap().unwrap();
    assert_eq!(titles(&versions), ["Mine", "SECRET memory 1"]);
    assert_eq!(stage.memory(memory(1)).await.messages.count, 1);
}

#[tokio::test]
async fn both_are_kept_once_and_undoing_takes_the_copy_away() {
    let (stage, archive) = changed().await;
    let both = || restoring(at(5), OnConflict::KeepBoth);
    let job = restored(&stage, &archive, both()).await;
    assert_eq!((job.counts.imported, job.counts.skipped), (1, 2), "{:#?}", stage.report(&job));
    let copy = format!("SECRET memory 1 (backup of {})", at(5).day());
    let kept = ["Mine", "SECRET memory 2", copy.as_str()];
    let mut kept = kept.to_vec();
    kept.sort_unstable();
    assert_eq!(titles(&stage.all_memories().await), kept);
    let again = restored(&stage, &archive, both()).await;
    assert_eq!((again.counts.imported, again.counts.updated), (0, 0), "{:#?}", stage.report(&again));
    assert_eq!(titles(&stage.all_memories().await), kept);
    stage.undo(&again).await;
    assert_eq!(titles(&stage.all_memories().await), kept, "they are another import's");
    stage.undo(&job).await;
    assert_eq!(titles(&stage.all_memories().await), ["Mine", "SECRET memory 2"]);
    assert_eq!(stage.memory(memory(1)).await.messages.count, 1);
}

#[tokio::test]
async fn a_preview_of_a_backup_changes_nothing() {
    let (stage, archive) = changed().await;
    let before = stage.meter.keys().await;
    let spec = ImportSpec { preview: true, ..restoring(at(5), OnConflict::KeepBoth) };
    let job = restored(&stage, &archive, spec).await;
    assert_eq!((job.status, job.counts.imported), (ImportStatus::Previewed, 1));
    let after = stage.meter.keys().await.into_iter().filter(|key| !key.contains("IMPORT#"));
    assert_eq!(
        after.collect::<Vec<_>>(),
        before.into_iter().filter(|key| !key.contains("IMPORT#")).collect::<Vec<_>>()
    );
}

/// Somebody with one memory that was changed after the backup, one in the trash, and one that is being removed for good with its file.
async fn prepared() -> (Stage, Vec<u8>) {
    let stage = Stage::new().await;
    let mut records = records();
    records.push(memory_record(3, None));
    records.push(message_record(3, 4, &[]));
    let archive = own(&records);
    stage.import(&archive).await;
    stage.retitle(memory(3), "Mine").await;
    stage.memories.trash(stage.owner, memory(2), None, at(20)).await.unwrap();
    stage.memories.trash(stage.owner, memory(1), None, at(20)).await.unwrap();
    assert!(stage.memories.doom(stage.owner, memory(1), at(21)).await.unwrap());
    (stage, archive)
}

#[tokio::test]
async fn a_restore_that_is_killed_anywhere_comes_to_the_same_end() {
    let spec = || restoring(at(5), OnConflict::KeepBoth);
    let (stage, archive) = prepared().await;
    let job = stage.queued(&archive, spec()).await;
    stage.finish(&job).await;
    let whole = end(&stage, &job).await;
    assert_eq!((whole.0, whole.1.failed), (ImportStatus::Completed, 0), "{:#?}", stage.report(&job));
    assert_eq!(stage.all_memories().await.len(), 4);
    let mut deaths = 0;
    for called in CALLED {
        for death in DEATHS {
            for calls in usize::from(death == Death::BeforeHearing).. {
                let (stage, archive) = prepared().await;
                let job = stage.queued(&archive, spec()).await;
                let Some((status, _, everything)) = killed(&stage, &job, called, calls, death).await else {
                    break;
                };
                assert_eq!(status, ImportStatus::Completed, "{called:?} {death:?} {calls}");
                let told = |all: &[String]| -> Vec<String> {
                    // The archive was brought in by another import before, of its own id. Settings and turns are not looked for
                    // beforehand: of a batch that is begun anew they are said to have come.
                    let beside = [" IMPORT#", "\"kind\":\"settings\"", "\"kind\":\"turn\""];
                    all.iter().filter(|line| !beside.iter().any(|own| line.contains(own))).cloned().collect()
                };
                assert_eq!(told(&everything), told(&whole.2), "{called:?} {death:?} {calls}");
                deaths += 1;
            }
        }
    }
    assert!(deaths > 40, "{deaths}");
}
