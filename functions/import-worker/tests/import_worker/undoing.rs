//! What is taken back, and what stays.

use app_domain::ImportStatus;

use crate::archives::{chat, memory, memory_record, message_record, own, records};
use crate::stage::{Stage, at};

#[tokio::test]
async fn undoing_removes_exactly_what_was_made() {
    let stage = Stage::new().await;
    stage.import(&own(&[memory_record(2, None)])).await;
    let before = stage.meter.keys().await;
    let job = stage.import(&own(&records())).await;
    let undone = stage.undo(&job).await;
    assert_eq!(
        (undone.status, undone.counts.imported),
        (ImportStatus::Undone, 0),
        "{:#?}",
        stage.report(&undone)
    );
    let after = stage.meter.keys().await;
    let new: Vec<&String> = after.iter().filter(|key| !before.contains(key)).collect();
    // The job, what is due of what was removed, and counters.
    let of_nothing = ["IMPORT#", "DUE#", " MEMO", " SEARCHES", " FACTS", " FILES", " REMINDERS"];
    assert!(new.iter().all(|key| of_nothing.iter().any(|own| key.contains(own))), "{new:#?}");
    let gone: Vec<&String> = before.iter().filter(|key| !after.contains(key)).collect();
    assert!(gone.is_empty(), "{gone:#?}");
    assert_eq!(stage.memory(memory(2)).await.messages.count, 0);
    assert!(stage.s3.keys().is_empty());
    assert!(stage.kinds(&undone, "imported").is_empty() && !stage.kinds(&undone, "removed").is_empty());

    // And it can be brought in again.
    let again = stage.import(&own(&records())).await;
    assert_eq!(again.counts.imported, job.counts.imported, "{:#?}", stage.report(&again));
}

#[tokio::test]
async fn what_was_changed_since_stays() {
    let stage = Stage::new().await;
    let records = [memory_record(1, None), message_record(1, 1, &[]), memory_record(2, None)];
    let job = stage.import(&own(&records)).await;
    stage.retitle(memory(1), "Mine").await;
    let undone = stage.undo(&job).await;
    assert_eq!((undone.status, undone.counts.imported), (ImportStatus::Undone, 1));
    assert_eq!(stage.all_memories().await.len(), 1);
    assert_eq!(stage.memory(memory(1)).await.messages.count, 0);
    let line = stage.report(&undone).into_iter().find(|line| line["outcome"] == "imported").unwrap();
    assert!(line["reason"].as_str().unwrap().contains("changed since"));
}

/// What would have gone along with something stays with it, and is told of so.
#[tokio::test]
async fn what_belongs_to_something_that_stays_stays_too() {
    let stage = Stage::new().await;
    let job = stage.import(&own(&records())).await;
    stage.retitle(memory(1), "Mine").await;
    let undone = stage.undo(&job).await;
    let report = stage.report(&undone);
    let stays: Vec<&str> = report
        .iter()
        .filter(|line| line["outcome"] == "imported")
        .filter_map(|line| line["kind"].as_str())
        .collect();
    // The category is not empty while the memory is in it.
    assert_eq!(stays, ["category", "memory", "version"], "{report:#?}");
    assert_eq!(undone.counts.imported, 3);
    assert_eq!(stage.memories.versions(stage.owner, memory(1), None, 10).await.unwrap().unwrap().len(), 2);
}

/// A run that was undone before has nothing to say of what a later one leaves.
#[tokio::test]
async fn runs_are_counted_each_for_itself() {
    let stage = Stage::new().await;
    let job = stage.import(&own(&[memory_record(1, None)])).await;
    stage.undo(&job).await;
    let again = stage.imports.start(&stage.job(&job).await, at(0)).await.unwrap().unwrap();
    stage.finish(&again).await;
    stage.retitle(memory(1), "Mine").await;
    let undone = stage.undo(&again).await;
    assert_eq!((undone.status, undone.counts.imported), (ImportStatus::Undone, 1));
}

#[tokio::test]
async fn all_runs_of_a_job_are_undone() {
    let stage = Stage::new().await;
    let job = stage.import(&chat(5)).await;
    stage.archives.put(&job.object_key(), chat(10));
    let started = stage.imports.start(&job, at(0)).await.unwrap().unwrap();
    stage.finish(&started).await;
    let undone = stage.undo(&started).await;
    assert_eq!((undone.status, undone.counts.imported), (ImportStatus::Undone, 0));
    assert!(stage.all_memories().await.is_empty());
}
