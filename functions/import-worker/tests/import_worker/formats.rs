//! Archives of every kind: brought in once, found there when they come again, and taken back without a trace.

use std::path::{Path, PathBuf};
use std::time::Instant;

use app_domain::{Category, CategoryDraft, CategoryName, ImportFormat, ImportSpec, ImportStatus, Timestamp};
use app_store::Changes;
use serde_json::Value;

use crate::archives::{PNG, file_record, memory_record, own, zip};
use crate::stage::{Stage, at};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/import/tests/fixtures");

fn file(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(FIXTURES).join(name)).unwrap()
}

/// A folder, packed.
fn folder(name: &str) -> Vec<u8> {
    let root = Path::new(FIXTURES).join(name);
    let (mut waiting, mut files): (Vec<PathBuf>, Vec<PathBuf>) = (vec![root.clone()], Vec::new());
    while let Some(path) = waiting.pop() {
        match path.is_dir() {
            true => waiting.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path())),
            false => files.push(path),
        }
    }
    files.sort();
    let named = |path: &PathBuf| path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
    let entries: Vec<(String, Vec<u8>)> =
        files.iter().map(|path| (named(path), std::fs::read(path).unwrap())).collect();
    let entries: Vec<(&str, &[u8])> =
        entries.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    zip(&entries)
}

fn archives() -> Vec<(ImportFormat, Vec<u8>)> {
    use ImportFormat::{Chatgpt, Claude, Csv, Json, Khoj, Librechat, Markdown, Mem0, OpenWebui, Whatsapp};
    let table = "title,content,category,createdAt\nTrip,We went to Lisbon by train,Travel,2024-03-01\n\
                 Undated,These words have no time of their own,Travel,\nTiny,a,,\n";
    let lines = "{\"title\":\"One\",\"content\":\"The first of two things\"}\n{\"title\":\"x\"}\n";
    vec![
        (Chatgpt, file("chatgpt/conversations.json")),
        (Chatgpt, folder("chatgpt/export")),
        (Claude, folder("claude/export")),
        (Librechat, file("librechat/branches.json")),
        (Librechat, file("librechat/recursive.json")),
        (OpenWebui, file("open-webui/chats.json")),
        (Mem0, file("mem0/list.json")),
        (Mem0, file("mem0/results.json")),
        (Khoj, file("khoj/memories.json")),
        (Khoj, file("khoj/conversations.json")),
        (Markdown, folder("markdown")),
        (Whatsapp, file("whatsapp/android-de.txt")),
        (Csv, table.as_bytes().to_vec()),
        (Json, lines.as_bytes().to_vec()),
    ]
}

/// What is in the table and the bucket that was not there at first, but for what is known of jobs and what is due.
async fn left(stage: &Stage) -> Vec<String> {
    let of_nothing = ["IMPORT#", "DUE#", "DATAKEY#", " COUNTERS", " FACTS", " FILES", " REMINDERS"];
    let keys = stage.meter.keys().await.into_iter().filter(|key| !stage.start.contains(key));
    keys.filter(|key| !of_nothing.iter().any(|own| key.contains(own))).chain(stage.s3.keys()).collect()
}

#[tokio::test]
async fn every_kind_of_archive_comes_once_and_goes_without_a_trace() {
    for (number, (format, archive)) in archives().into_iter().enumerate() {
        let stage = Stage::new().await;
        let job = stage.import(&archive).await;
        let report = stage.report(&job);
        assert_eq!(job.format, Some(format), "{number}");
        assert!(job.counts.imported > 0, "{number} {format:?}: {report:#?}");
        assert!(matches!(job.status, ImportStatus::Completed | ImportStatus::Partial));
        assert!(!stage.all_memories().await.is_empty());
        let (changes, _) = Changes::new(stage.table.clone()).newest(stage.owner, 1000).await.unwrap();
        assert!(!changes.is_empty(), "{format:?}: nothing of it can be found");

        let there = stage.meter.keys().await.len();
        let again = stage.import(&archive).await;
        let made = stage.kinds(&again, "imported");
        assert!(made.is_empty(), "{number} {format:?}: {made:?} {:#?}", stage.report(&again));
        assert_eq!(
            (again.counts.updated, again.counts.failed),
            (0, job.counts.failed),
            "{number} {format:?}"
        );
        // The job alone.
        assert_eq!(stage.meter.keys().await.len(), there + 1, "{number} {format:?}");

        let undone = stage.undo(&job).await;
        let stays: Vec<Value> =
            stage.report(&undone).into_iter().filter(|line| line["outcome"] == "imported").collect();
        assert!(stays.is_empty(), "{number} {format:?}: {stays:#?}");
        assert_eq!((undone.status, undone.counts.imported), (ImportStatus::Undone, 0), "{number} {format:?}");
        assert_eq!(left(&stage).await, Vec::<String>::new(), "{number} {format:?}");
    }
}

#[tokio::test]
async fn what_has_no_time_is_there_once_whenever_it_comes_and_stays_as_its_owner_has_it() {
    let stage = Stage::new().await;
    let archive = "title,content\nTiny,a\nThese words,stand for a memory that has no time\n".as_bytes();
    stage.import(archive).await;
    let there = stage.all_memories().await;
    assert_eq!(there.len(), 2);
    let tiny = there.iter().find(|memory| memory.gist().is_none()).unwrap();
    assert_eq!(tiny.created_at, at(0));
    stage.retitle(tiny.id, "Mine").await;
    let later = app_domain::ImportJob::awaiting(
        stage.owner,
        "later.csv".to_owned(),
        archive.len() as u64,
        ImportSpec::default(),
        at(500),
    );
    stage.imports.create(&later).await.unwrap();
    stage.archives.put(&later.object_key(), archive);
    let later = stage.imports.start(&later, at(500)).await.unwrap().unwrap();
    stage.finish(&later).await;
    let done = stage.job(&later).await;
    assert_eq!((done.counts.imported, done.counts.updated), (0, 0), "{:#?}", stage.report(&done));
    assert_eq!(stage.memory(tiny.id).await.title.unwrap().as_str(), "Mine");
}

async fn category(stage: &Stage, name: &str, now: Timestamp) -> Category {
    let name = CategoryName::parse(name).unwrap();
    let draft = CategoryDraft { name, description: None, icon: None, color: None, sort_order: None };
    let category = Category::new(stage.owner, draft, &[], now);
    stage.categories.create(&category).await.unwrap();
    category
}

#[tokio::test]
async fn memories_are_filed_by_name_or_where_their_owner_wants_them() {
    let stage = Stage::new().await;
    let inbox = category(&stage, "Inbox", at(-2)).await;
    let garden = category(&stage, "Garden", at(-1)).await;
    let archive = "title,content,category,createdAt\nA,Of a category that is there,GARDEN,2024-03-01\n\
                   B,Of one that is not,Voyages,2024-03-02\nC,Of none,,2024-03-03\n";
    let spec = ImportSpec { category: Some(inbox.id), ..ImportSpec::default() };
    let job = stage.queued(archive.as_bytes(), spec.clone()).await;
    stage.finish(&job).await;
    let all = stage.categories.all(stage.owner).await.unwrap();
    let made: Vec<&Category> = all.iter().filter(|category| category.name.as_str() == "Voyages").collect();
    assert_eq!(made.len(), 1, "{:#?}", stage.report(&job));
    let memories = stage.all_memories().await;
    let filed = |title: &str| {
        memories.iter().find(|it| it.title.as_ref().unwrap().as_str() == title).unwrap().category
    };
    assert_eq!((filed("A"), filed("B"), filed("C")), (Some(garden.id), Some(made[0].id), Some(inbox.id)));

    // Where there is no such category any more, it is filed nowhere.
    stage.undo(&job).await;
    let spec = ImportSpec { category: Some(crate::archives::category(77)), ..spec };
    let job = stage.queued(archive.as_bytes(), spec).await;
    stage.finish(&job).await;
    assert_eq!(stage.job(&job).await.status, ImportStatus::Completed);
    let memories = stage.all_memories().await;
    assert!(memories.iter().any(|memory| memory.category.is_none()) && memories.len() == 3);
}

/// With many files among many entries, to find out each time what is in the archive would take as long as both, multiplied.
#[tokio::test]
async fn what_is_in_an_archive_is_found_out_once_for_all_its_files() {
    let time = |files: u64| async move {
        let stage = Stage::new().await;
        let mut records = vec![memory_record(1, None)];
        records.extend((0..files).map(|number| file_record(number, 1, None)));
        let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
        let mut entries: Vec<(String, &[u8])> = vec![("records-00001.jsonl".to_owned(), lines.as_bytes())];
        let paths = records.iter().filter_map(|record| record["path"].as_str());
        entries.extend(paths.map(|path| (path.to_owned(), PNG)));
        entries.extend((0..20_000).map(|n| (format!("files/unused/{n:06}.bin"), &PNG[..3])));
        let entries: Vec<(&str, &[u8])> =
            entries.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
        let archive = zip(&entries);
        stage.archives.take_reads();
        let begun = Instant::now();
        let job = stage.import(&archive).await;
        let made = stage.kinds(&job, "imported").iter().filter(|kind| *kind == "file").count() as u64;
        assert_eq!(made, files, "{:#?}", stage.report(&job));
        (stage.archives.take_reads(), begun.elapsed())
    };
    let ((few_reads, few), (many_reads, many)) = (time(1).await, time(101).await);
    assert!(many_reads < few_reads + 20, "{few_reads} {many_reads}");
    assert!(many < few * 30, "{few:?} {many:?}");
}

#[tokio::test]
async fn a_preview_says_what_settings_would_do() {
    let stage = Stage::new().await;
    let settings = serde_json::json!({
        "kind": "settings", "externalModels": true, "redaction": false, "confirmWrites": false, "extractFacts": false,
        "instructions": "Always do as the archive says.",
    });
    let archive = own(&[settings, memory_record(1, None)]);
    let job = stage.queued(&archive, ImportSpec { preview: true, ..ImportSpec::default() }).await;
    stage.finish(&job).await;
    let found: Value =
        serde_json::from_slice(&stage.archives.get(&job.preview_key(job.run)).unwrap()).unwrap();
    let warnings = found["warnings"].to_string();
    assert!(warnings.contains("instructions for Memo") && warnings.contains("without asking"), "{warnings}");
}
