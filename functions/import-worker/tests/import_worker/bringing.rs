//! What is brought in, and what is not brought in again.

use app_domain::{ImportCounts, ImportSpec, ImportStatus};
use app_store::{MemoPreferences, SavedSearches};
use app_testing::Log;
use serde_json::Value;

use crate::archives::{
    PNG, category, chat, file, memory, memory_record, message, message_record, own, records, zip,
};
use crate::stage::{Stage, at, hasty};

fn counts(imported: u64, updated: u64, skipped: u64, failed: u64) -> ImportCounts {
    ImportCounts { imported, updated, skipped, failed }
}

#[tokio::test]
async fn an_archive_of_our_own_is_there_as_it_was() {
    let stage = Stage::new().await;
    let defaults = stage.categories.all(stage.owner).await.unwrap();
    let work = defaults.iter().find(|category| category.name.as_str() == "Work").unwrap();
    let job = stage.import(&own(&records())).await;
    assert_eq!(job.status, ImportStatus::Completed, "{:#?}", stage.report(&job));
    assert_eq!(stage.kinds(&job, "skipped"), ["account", "category", "contact", "warning", "warning"]);
    assert_eq!(job.counts, counts(14, 1, 3, 0), "{:#?}", stage.report(&job));
    assert_eq!((job.progress.permille, job.progress.items_done), (1000, 18));
    // What settings and searches name is the category that is here.
    let settings =
        MemoPreferences::new(stage.table.clone(), stage.vault.clone()).get(stage.owner).await.unwrap();
    assert!(settings.kept_categories.contains(work.id) && settings.redaction);
    let searches =
        SavedSearches::new(stage.table.clone(), stage.vault.clone()).of(stage.owner).await.unwrap();
    assert_eq!(searches[0].search["categoryId"], serde_json::json!(work.id));

    let first = stage.memory(memory(1)).await;
    assert_eq!((first.category, first.version.get()), (Some(category(1)), 2));
    assert_eq!((first.created_at, first.messages.count), (at(-999), 1));
    // Filed where a category of the same name is.
    assert_eq!(stage.memory(memory(2)).await.category, Some(work.id));
    let said = stage.message(memory(1), message(3)).await.unwrap();
    assert_eq!(said.attachments.ids(), [file(1)]);
    let photo = stage.files.get(stage.owner, file(1)).await.unwrap().unwrap();
    assert_eq!((photo.name.as_str(), photo.attached.unwrap().message), ("photo 1.png", Some(message(3))));
    let object = stage.s3.object(&app_domain::File::object_key(stage.owner, file(1))).unwrap();
    assert!(object.bytes == PNG && object.content_type == "image/png" && !object.is_unseen);
    assert_eq!(stage.memories.versions(stage.owner, memory(1), None, 10).await.unwrap().unwrap().len(), 1);
}

#[tokio::test]
async fn the_same_archive_again_finds_everything_there() {
    let stage = Stage::new().await;
    for archive in [own(&records()), chat(30)] {
        stage.import(&archive).await;
        let before = stage.meter.keys().await.len();
        let again = stage.import(&archive).await;
        let report = stage.report(&again);
        let settled = ["fact", "turn", "version", "category"];
        let made = stage.kinds(&again, "imported");
        assert!(made.is_empty(), "{made:?} {settled:?} {report:#?}");
        assert_eq!((again.counts.updated, again.counts.failed), (0, 0), "{report:#?}");
        assert_eq!(again.status, ImportStatus::Completed);
        // The job itself.
        assert_eq!(stage.meter.keys().await.len(), before + 1);
    }
}

#[tokio::test]
async fn of_a_longer_archive_only_what_is_new_is_made() {
    let stage = Stage::new().await;
    let first = stage.import(&chat(30)).await;
    assert_eq!(first.counts, counts(31, 0, 0, 0), "{:#?}", stage.report(&first));
    let [chat_memory] = &stage.all_memories().await[..] else { panic!("more than a memory") };
    assert_eq!(chat_memory.messages.count, 30);
    let second = stage.import(&chat(45)).await;
    assert_eq!(stage.kinds(&second, "imported"), ["message"; 15], "{:#?}", stage.report(&second));
    assert_eq!(stage.memory(chat_memory.id).await.messages.count, 45);
}

#[tokio::test]
async fn what_was_changed_here_since_stays_and_what_is_newer_there_comes() {
    let stage = Stage::new().await;
    stage.import(&own(&[memory_record(1, None), memory_record(2, None)])).await;
    stage.retitle(memory(1), "Mine").await;
    let newer = |number: u64| {
        let mut record = memory_record(number, None);
        record["title"] = "Theirs".into();
        record["updatedAt"] = serde_json::json!(at(-10));
        record
    };
    let job = stage.import(&own(&[newer(1), newer(2)])).await;
    assert_eq!(job.counts, counts(0, 1, 1, 0), "{:#?}", stage.report(&job));
    let title = |memory: app_domain::Memory| memory.title.unwrap().as_str().to_owned();
    assert_eq!(title(stage.memory(memory(1)).await), "Mine");
    assert_eq!(title(stage.memory(memory(2)).await), "Theirs");
}

/// One that was deleted holds the place of its replies: it is there, and no other import's.
#[tokio::test]
async fn a_message_that_was_deleted_is_not_made_again() {
    let stage = Stage::new().await;
    let mut reply = message_record(1, 2, &[]);
    reply["parentId"] = serde_json::json!(message(1));
    let archive = own(&[memory_record(1, None), message_record(1, 1, &[]), reply]);
    stage.import(&archive).await;
    stage.messages.delete(stage.owner, memory(1), message(1), None, at(1)).await.unwrap();
    let again = stage.import(&archive).await;
    assert_eq!(again.counts, counts(0, 0, 3, 0), "{:#?}", stage.report(&again));
    stage.undo(&again).await;
    assert!(stage.message(memory(1), message(1)).await.unwrap().is_deleted());
    assert!(stage.message(memory(1), message(2)).await.is_some());
}

#[tokio::test]
async fn what_an_archive_has_twice_is_made_once() {
    let stage = Stage::new().await;
    let mut newer = memory_record(1, None);
    newer["title"] = "Newer".into();
    newer["updatedAt"] = serde_json::json!(at(-5));
    let said = crate::archives::message_record(1, 1, &[]);
    let records = [memory_record(1, None), said.clone(), memory_record(1, None), said, newer];
    let job = stage.import(&own(&records)).await;
    assert_eq!(job.counts, counts(2, 1, 2, 0), "{:#?}", stage.report(&job));
    assert_eq!(stage.memory(memory(1)).await.title.unwrap().as_str(), "Newer");
}

#[tokio::test]
async fn a_preview_writes_nothing_and_says_what_would_come() {
    let stage = Stage::new().await;
    stage.import(&own(&[memory_record(1, None)])).await;
    let before = stage.meter.keys().await.len();
    let spec = ImportSpec { preview: true, ..ImportSpec::default() };
    let job = stage.queued(&own(&records()), spec).await;
    stage.finish(&job).await;
    let job = stage.job(&job).await;
    assert_eq!(job.status, ImportStatus::Previewed);
    assert_eq!(stage.meter.keys().await.len(), before + 1, "the job alone");
    assert!(stage.s3.keys().is_empty());
    let found: Value =
        serde_json::from_slice(&stage.archives.get(&job.preview_key(job.run)).unwrap()).unwrap();
    assert_eq!((&found["counts"]["memory"], &found["counts"]["message"]), (&2.into(), &3.into()));
    let samples = found["samples"].as_array().unwrap();
    assert!(samples.iter().any(|sample| sample["text"] == "SECRET memory 2"), "{found:#}");
    assert_eq!(found["from"], serde_json::json!(at(-999)));
    assert_eq!(
        job.counts.skipped, 4,
        "what is there, a category of the same name, the account and the contact"
    );

    // Started in earnest it is another run.
    let spec = ImportSpec::default();
    let started = stage.imports.start(&app_domain::ImportJob { spec, ..job }, at(0)).await.unwrap().unwrap();
    stage.finish(&started).await;
    assert_eq!(stage.job(&started).await.status, ImportStatus::Completed);
}

#[tokio::test]
async fn what_takes_longer_than_an_invocation_is_sent_on_until_it_ends() {
    let stage = Stage::with(crate::stage::QUOTAS, hasty).await;
    let archive = chat(900);
    let job = stage.queued(&archive, ImportSpec { preview: true, ..ImportSpec::default() }).await;
    assert!(stage.finish(&job).await > 1);
    let job = stage.job(&job).await;
    assert_eq!((job.status, job.counts.imported), (ImportStatus::Previewed, 901));
    let job = stage.queued(&archive, ImportSpec::default()).await;
    let messages = stage.finish(&job).await;
    assert!(messages > 3, "{messages}");
    let job = stage.job(&job).await;
    assert_eq!((job.status, job.counts), (ImportStatus::Completed, counts(901, 0, 0, 0)));
    assert_eq!(stage.report(&job).len(), 901);
    let undone = stage.undo(&job).await;
    assert_eq!((undone.status, undone.counts.imported), (ImportStatus::Undone, 0));
    assert!(stage.all_memories().await.is_empty());
}

#[tokio::test]
async fn files_that_have_no_room_or_are_missing_fail_and_the_rest_comes() {
    let small = format!("free=1GB/{}KB,premium=1GB/1GB", 1);
    let stage = Stage::with(&small, crate::stage::now).await;
    let large = vec![7; 5000];
    let chat = "[13.03.24, 10:00:00] Ada: \u{200e}<attached: a.png>\n\
                [13.03.24, 10:01:00] Ada: \u{200e}<attached: large.bin>\n\
                [13.03.24, 10:02:00] Ada: \u{200e}<attached: gone.png>\n\
                [13.03.24, 10:03:00] Ada: words\n";
    let archive = zip(&[("_chat.txt", chat.as_bytes()), ("a.png", PNG), ("large.bin", &large)]);
    let job = stage.import(&archive).await;
    let report = stage.report(&job);
    assert_eq!(job.status, ImportStatus::Partial, "{report:#?}");
    assert_eq!(stage.kinds(&job, "failed"), ["file", "file"], "{report:#?}");
    let reasons: Vec<&str> = report.iter().filter_map(|line| line["reason"].as_str()).collect();
    assert!(reasons.iter().any(|reason| reason.contains("larger than what your plan")), "{reasons:?}");
    assert_eq!(stage.s3.keys().len(), 1);
    let [memory] = &stage.all_memories().await[..] else { panic!("more than a memory") };
    assert_eq!(memory.messages.count, 4);
}

#[tokio::test]
async fn a_large_file_goes_through_in_parts() {
    let stage = Stage::new().await;
    let mut large = PNG.to_vec();
    large.extend((0..20_000_000_u32).map(|n| (n / 251) as u8));
    let chat = "[13.03.24, 10:00:00] Ada: \u{200e}<attached: a.png>\n[13.03.24, 10:03:00] Ada: words\n";
    let job = stage.import(&zip(&[("_chat.txt", chat.as_bytes()), ("a.png", &large)])).await;
    assert_eq!(job.counts.failed, 0, "{:#?}", stage.report(&job));
    let key = stage.s3.keys().pop().unwrap();
    assert!(stage.s3.object(&key).unwrap().bytes == large && stage.s3.largest_body() <= 8 << 20);
    assert_eq!(stage.s3.unfinished_uploads(), 0);
}

#[tokio::test]
async fn nothing_that_anybody_wrote_is_logged() {
    Log::keep();
    let stage = Stage::new().await;
    let log = Log::start();
    for archive in [own(&records()), chat(5), b"SECRET".to_vec()] {
        let job = stage.import(&archive).await;
        if job.status == ImportStatus::Completed {
            stage.undo(&job).await;
        }
    }
    assert!(!stage.handle(&serde_json::json!({"kind": "import", "jobId": "SECRET"}), 1).await);
    assert!(log.text().contains("completed") && !log.text().contains("SECRET"), "{}", log.text());
}
