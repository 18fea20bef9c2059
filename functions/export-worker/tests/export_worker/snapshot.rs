//! An export shows what was there when it began, while others go on writing.

use app_domain::{
    Attachment, ExportFormat, ExportJob, FileId, MediaKind, MediaSource, Memory, MemoryDraft, MemoryId,
    MemoryMedia, MemorySource, MemoryTitle,
};
use app_testing::clock::{BEGAN, at, set_clock};
use serde_json::json;

use crate::opened::{each, records};
use crate::stage::{Stage, whole};

/// A job that has begun, and whose first worker has ended.
async fn begun(stage: &Stage) -> ExportJob {
    let job = stage.asked(whole(ExportFormat::Zip)).await;
    stage.worker.exports.begin(job.user_id, job.id, 0, at(BEGAN)).await.unwrap().unwrap()
}

#[tokio::test]
async fn what_was_made_since_is_left_out_and_what_was_changed_is_what_it_was() {
    let stage = Stage::new().await;
    stage.furnish().await;
    let kept = stage.memory("Kept", json!("x"), 200).await;
    let deleted = stage.memory("Deleted", json!("x"), 201).await;
    stage.message(kept.id, "before", 300).await;
    stage.retitled(kept.id, "Kept, changed before", 400).await;
    let job = begun(&stage).await;

    let later = BEGAN + 1_000;
    stage.memory("Made since", json!("x"), later).await;
    stage.message(kept.id, "since", later).await;
    stage.file("since.txt", "text/plain", b"x".to_vec(), Some(kept.id), later).await;
    stage.conversation("Since", later).await;
    stage.retitled(kept.id, "Changed since", later).await;
    stage.retitled(kept.id, "Changed again", later + 1).await;
    stage.memories().trash(stage.owner, deleted.id, None, at(later)).await.unwrap();
    set_clock(later + 5_000, 0);
    assert!(stage.delivered(&job, 2).await);

    let (_, file) = stage.finished(&job).await;
    let found = records(ExportFormat::Zip, &file);
    let titles = each(&found, "memory", "title");
    assert_eq!(titles[0], "Kept, changed before");
    for title in ["Made since", "Changed since", "Changed again", "Deleted"] {
        assert!(!titles.contains(&title), "{titles:?}");
    }
    let is_of_it = |kind: &str| {
        let of_it =
            found.iter().filter(|record| record["kind"] == kind && record["memoryId"] == json!(kept.id));
        of_it.cloned().collect::<Vec<_>>()
    };
    assert_eq!(each(&is_of_it("version"), "version", "title"), ["Kept"]);
    assert_eq!(each(&is_of_it("message"), "message", "content"), ["before"]);
    assert!(is_of_it("file").is_empty());
    assert!(!each(&found, "conversation", "title").contains(&"Since"));
}

#[tokio::test]
async fn a_memory_whose_version_of_then_is_not_kept_is_written_as_it_is() {
    let stage = Stage::new().await;
    stage.register().await;
    let memory = stage.memory("Before", json!("x"), 200).await;
    let job = begun(&stage).await;
    for change in 0..45 {
        stage.retitled(memory.id, &format!("Since {change}"), BEGAN + 1 + change).await;
    }
    assert!(stage.delivered(&job, 2).await);
    let (_, file) = stage.finished(&job).await;
    let found = records(ExportFormat::Zip, &file);
    assert_eq!(each(&found, "memory", "title"), ["Since 44"]);
    assert!(each(&found, "version", "title").is_empty(), "all that are kept were made since");
}

#[tokio::test]
async fn what_cannot_be_read_is_named_and_left_out_and_the_rest_is_there() {
    let stage = Stage::new().await;
    stage.furnish().await;
    let readable = stage.memory("Whole", json!("x"), 151).await;
    let (memory, message) = stage.garbled(readable.id).await;
    stage.message(readable.id, "readable", 171).await;

    let (job, file) = stage.exported(whole(ExportFormat::Zip)).await;
    let found = records(ExportFormat::Zip, &file);
    let titles = each(&found, "memory", "title");
    assert!(titles.contains(&"Whole") && !titles.contains(&"Broken"), "{titles:?}");
    assert!(each(&found, "message", "content").contains(&"readable"));
    let unreadable = &job.counts.unwrap()["unreadable"];
    assert_eq!(
        *unreadable,
        json!({"count": 2, "items": [{"kind": "message", "id": message}, {"kind": "memory", "id": memory}]})
    );
}

/// Puts a file with a memory, or takes it away.
async fn moved(stage: &Stage, id: FileId, memory: Option<MemoryId>) {
    let file = stage.file_table().get(stage.owner, id).await.unwrap().unwrap();
    let attached = memory.map(|memory| Attachment { memory, message: None });
    let after = file.clone().changed(None, Some(attached), at(BEGAN + 500));
    stage.file_table().replace(&file, &after).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_moved_meanwhile_is_there_once() {
    let stage = Stage::new().await;
    stage.register().await;
    // Enough that the first worker ends between them.
    let old = stage.memory("Old", json!("x"), 10).await;
    for number in 0..150 {
        stage.memory("Between", json!("x"), 100 + number).await;
    }
    let new = stage.memory("New", json!("x"), 900).await;
    let down = stage.file("down.txt", "text/plain", b"down".to_vec(), Some(new.id), 20).await;
    let off = stage.file("off.txt", "text/plain", b"off".to_vec(), Some(new.id), 21).await;
    let on = stage.file("on.txt", "text/plain", b"on".to_vec(), None, 22).await;
    let job = begun(&stage).await;
    set_clock(BEGAN, 3_000);
    assert!(stage.delivered(&job, 2).await);
    assert_eq!(stage.queue.take_sent().len(), 1, "it goes on in another invocation");
    moved(&stage, down, Some(old.id)).await;
    moved(&stage, off, None).await;
    moved(&stage, on, Some(new.id)).await;
    set_clock(BEGAN + 1_000, 0);
    assert!(stage.delivered(&job, 1).await);
    let (_, file) = stage.finished(&job).await;
    let found = records(ExportFormat::Zip, &file);
    let mut names = each(&found, "file", "name");
    names.sort_unstable();
    assert_eq!(names, ["down.txt", "off.txt", "on.txt"]);
}

#[tokio::test]
async fn a_late_message_that_says_when_it_came_is_left_out() {
    let stage = Stage::new().await;
    stage.register().await;
    let came = |title: &str, sent: i64, received: i64| {
        let source = MediaSource {
            media_id: "1".to_owned(),
            phone_number_id: None,
            sha256: None,
            received_at: at(received),
        };
        let media = MemoryMedia::pending(MediaKind::Image, None, None, source);
        let draft = MemoryDraft { title: MemoryTitle::parse(title).ok(), ..MemoryDraft::default() };
        let made = at(sent);
        let memory =
            Memory::new(MemoryId::new(made), stage.owner, MemorySource::Whatsapp, draft, made).unwrap();
        Memory { media: Some(media), ..memory }
    };
    stage.memories().create(&came("In time", 100, 150)).await.unwrap();
    let job = begun(&stage).await;
    stage.memories().create(&came("Late", 120, BEGAN + 10)).await.unwrap();
    assert!(stage.delivered(&job, 2).await);
    let (_, file) = stage.finished(&job).await;
    assert_eq!(each(&records(ExportFormat::Zip, &file), "memory", "title"), ["In time"]);
}
