//! Notes through the whole worker, on a Dropbox.

use app_domain::{
    Content, Direction, DriveJob, DriveJobStatus, DriveWork, Memory, MemoryDraft, MemoryId, MemoryPatch,
    MemorySource, MemoryTitle, NotesScope, Patch,
};
use app_testing::Death;
use app_testing::clock::at;
use app_testing::drives::PlayedDrive;
use serde_json::json;

use crate::stage::Stage;

async fn noted() -> Stage {
    let stage = Stage::new().await;
    stage.set(|drive| drive.settings.notes = NotesScope::Favorites).await;
    favorite(&stage, "Shop", "milk").await;
    favorite(&stage, "Trip", "Rome").await;
    stage
}

pub(crate) async fn favorite(stage: &Stage, title: &str, text: &str) -> MemoryId {
    let draft = MemoryDraft {
        title: MemoryTitle::parse(title).ok(),
        content: Content::parse(json!({"text": text})).ok(),
        is_favorite: true,
        ..MemoryDraft::default()
    };
    let memory = Memory::new(MemoryId::new(at(0)), stage.owner, MemorySource::Web, draft, at(0)).unwrap();
    stage.memories().create(&memory).await.unwrap();
    memory.id
}

async fn asked(stage: &Stage) -> DriveJob {
    stage.asked(DriveWork::Sync { direction: Direction::Both }).await
}

fn edit(stage: &Stage, name: &str, from: &str, to: &str) {
    let (path, bytes) = stage
        .dropbox
        .files()
        .into_iter()
        .find(|(path, _)| path.starts_with(&format!("notes/{name}")))
        .unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains(from), "{text}");
    stage.dropbox.put_by_hand(&path, text.replace(from, to).as_bytes());
}

/// Titles and words of all memories, sorted.
pub(crate) async fn said(stage: &Stage) -> Vec<String> {
    let all = stage.worker.source.memories.newest(stage.owner, None, 100, usize::MAX).await.unwrap();
    let text = |memory: &Memory| memory.content.as_ref().map(Content::text).unwrap_or_default();
    let title = |memory: &Memory| memory.title.as_ref().map_or("", MemoryTitle::as_str).to_owned();
    let mut said: Vec<String> = all
        .iter()
        .map(|memory| format!("{} {}: {}", title(memory), memory.version.get(), text(memory)))
        .collect();
    said.sort();
    said
}

#[tokio::test]
async fn what_is_edited_on_the_drive_is_in_the_backup_of_the_same_job() {
    let stage = noted().await;
    let job = stage.worked_off(&asked(&stage).await).await;
    let result = job.result.unwrap();
    assert_eq!(result["notes"], json!({"written": 2, "removed": 0}));
    assert_eq!(stage.paths("notes/").len(), 2);

    edit(&stage, "Shop", "milk", "butter");
    stage.dropbox.put_by_hand("notes/New.md", b"new");
    stage.dropbox.put_by_hand("notes/bad.md", b"\xff\xfe\x00");
    let job = stage.worked_off(&asked(&stage).await).await;
    assert_eq!(job.status, DriveJobStatus::Partial);
    assert!(job.failure.unwrap().contains("1 file of the folder notes was not taken"));
    let result = job.result.unwrap();
    let skipped = json!([{"path": "notes/bad.md", "reason": "It is no text in UTF-8."}]);
    let pulled = json!({"changed": 1, "new": 1, "copies": 0, "skipped": skipped, "skippedCount": 1});
    assert_eq!(result["pulled"], pulled);
    assert_eq!(result["counts"]["memory"], 3);
    assert_eq!(said(&stage).await, ["New 1: new", "Shop 2: butter", "Trip 1: Rome"]);

    // What we have written ourselves is nothing new.
    let job = stage.worked_off(&asked(&stage).await).await;
    assert_eq!(job.status, DriveJobStatus::Completed);
    let result = job.result.unwrap();
    assert_eq!(result["pulled"], json!({"changed": 0, "new": 0, "copies": 0}));
    assert_eq!(result["unchanged"], json!(true));
}

#[tokio::test]
async fn a_storm_and_tokens_that_expire_only_delay_it() {
    let stage = noted().await;
    stage.worked_off(&asked(&stage).await).await;
    edit(&stage, "Shop", "milk", "butter");
    stage.dropbox.put_by_hand("notes/New.md", b"new");
    stage.dropbox.storm(3, 600);
    stage.dropbox.expire_tokens();
    let job = stage.asked(DriveWork::Sync { direction: Direction::Pull }).await;
    let job = stage.worked_off(&job).await;
    assert_eq!((job.status, job.failure), (DriveJobStatus::Completed, None));
    assert_eq!(said(&stage).await, ["New 1: new", "Shop 2: butter", "Trip 1: Rome"]);
}

#[tokio::test]
async fn a_worker_that_dies_at_any_call_of_the_drive_is_followed_by_one_that_ends_it() {
    for death in [Death::BeforeCalling, Death::BeforeHearing] {
        for calls in 0.. {
            let stage = noted().await;
            stage.worked_off(&asked(&stage).await).await;
            edit(&stage, "Shop", "milk", "butter");
            stage.dropbox.put_by_hand("notes/New.md", b"new");
            let job = stage.asked(DriveWork::Sync { direction: Direction::Pull }).await;
            stage.dropbox.die_after(calls, death);
            stage.delivered_or_dead(&job).await;
            let has_died = stage.dropbox.revive();
            stage.worked_off(&job).await;
            assert_eq!(
                said(&stage).await,
                ["New 1: new", "Shop 2: butter", "Trip 1: Rome"],
                "{death:?} {calls}"
            );
            if !has_died {
                assert!(calls >= 3, "{calls}");
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_storm_of_long_waits_is_got_through_however_many_notes_there_are() {
    for every in [3, 4, 5] {
        let stage = noted().await;
        for number in 0..30 {
            favorite(&stage, &format!("Memory {number}"), "words").await;
        }
        stage.dropbox.storm(every, 600);
        let job = stage.worked_off(&asked(&stage).await).await;
        assert_eq!((job.status, job.failure), (DriveJobStatus::Completed, None));
        assert_eq!(stage.paths("notes/").len(), 32);
        // All that are no favourites any more.
        let all = stage.worker.source.memories.newest(stage.owner, None, 100, usize::MAX).await.unwrap();
        for memory in all {
            let patch = MemoryPatch { is_favorite: Patch::Set(false), ..MemoryPatch::default() };
            let change = |memory: Memory| memory.patched(patch.clone(), at(1));
            stage.worker.source.memories.change(stage.owner, memory.id, None, change).await.unwrap();
        }
        let job = stage.worked_off(&asked(&stage).await).await;
        assert_eq!((job.status, job.failure), (DriveJobStatus::Completed, None));
        assert_eq!(stage.paths("notes/").len(), 0);
    }
}

#[tokio::test]
async fn a_file_that_the_provider_does_not_give_keeps_nothing_else() {
    let stage = noted().await;
    stage.worked_off(&asked(&stage).await).await;
    stage.dropbox.put_by_hand("notes/A.md", b"kept back");
    stage.dropbox.put_by_hand("notes/B.md", b"given");
    let refusal = json!({"error_summary": "path/restricted_content/..",
        "error": {".tag": "path", "path": {".tag": "restricted_content"}}});
    stage.dropbox.answer_next("files/download", 409, "application/json", &refusal.to_string());
    let job = stage.worked_off(&asked(&stage).await).await;
    assert_eq!(job.status, DriveJobStatus::Partial, "{:?}", job.failure);
    let result = job.result.unwrap();
    assert_eq!((&result["pulled"]["new"], &result["counts"]["memory"]), (&json!(1), &json!(3)));
    // Once it is given it is taken.
    let job = stage.worked_off(&asked(&stage).await).await;
    assert_eq!(job.result.unwrap()["pulled"]["new"], json!(1));
    assert_eq!(said(&stage).await.len(), 4);
}
