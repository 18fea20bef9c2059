//! Out of one account and into an empty one: everything that can be brought in is there again, as an export of that one shows.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use app_domain::{
    ExportFormat, ExportJob, ExportLimit, ExportSpec, ExportStatus, ImportSpec, ImportStatus, Origin,
};
use app_runtime::Queue;
use app_store::{ArchiveBucket, Exports, FileBucket};
use app_testing::{Death, PlayedBucket, PlayedQueue, aws, event};
use aws_lambda_events::sqs::SqsEvent;
use export_worker::Source;
use http::Response;
use proptest::prelude::*;
use serde_json::Value;

use crate::lives::{Life, life};
use crate::living::Person;
use crate::stage::{Stage, at, now};

/// The file of an export of everything.
pub(crate) async fn exported(stage: &Stage, files: &PlayedBucket, format: ExportFormat) -> Vec<u8> {
    let (bucket, for_files) = (PlayedBucket::default(), files.clone());
    let for_exports = bucket.clone();
    let queue = aws_sdk_sqs::Client::new(&aws(|_| Response::new("{}".to_owned())));
    let worker = export_worker::Worker {
        source: Source::new(&stage.table, stage.vault.clone()),
        exports: Exports::new(stage.table.clone(), stage.vault.clone()),
        exports_bucket: ArchiveBucket::new("exports", move || for_exports.client()),
        files_bucket: FileBucket::new("files", move || for_files.client()),
        queue: Queue::new(PlayedQueue::URL, move || queue.clone()),
        now,
    };
    let mut spec = ExportSpec::of(format);
    (spec.options.versions, spec.options.files) = (true, true);
    let limit = ExportLimit { size_bytes: 1 << 40, kept_days: 7 };
    let job = ExportJob::request(stage.owner, spec, limit, at(0));
    worker.exports.create(&job, &Origin::default()).await.unwrap();
    let mut event = event("export-worker/export.json");
    event["Records"][0]["body"] = serde_json::to_string(&job.task()).unwrap().into();
    let event: SqsEvent = serde_json::from_value(event).unwrap();
    assert!(export_worker::handle(&worker, event).await.batch_item_failures.is_empty());
    let done = worker.exports.get(stage.owner, job.id).await.unwrap().unwrap();
    assert_eq!((done.status, done.failure.as_deref()), (ExportStatus::Completed, None));
    let file = bucket.get(&job.object_key()).unwrap();
    app_archive::verify(Cursor::new(&file)).unwrap();
    file
}

/// The records of an archive and the bytes of its files.
pub(crate) fn opened(file: &[u8]) -> (Vec<Value>, BTreeMap<String, Vec<u8>>) {
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let (mut records, mut files) = (Vec::new(), BTreeMap::new());
    for number in 0..archive.len() {
        let mut entry = archive.by_index(number).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        if name.starts_with("files/") {
            files.insert(name, bytes);
        } else if name.starts_with("records-") || name == "export.jsonl" {
            let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
            records.extend(lines.map(|line| serde_json::from_slice::<Value>(line).unwrap()));
        } else if name == "export.json" {
            let whole: Value = serde_json::from_slice(&bytes).unwrap();
            records.extend(whole["records"].as_array().unwrap().iter().cloned());
        }
    }
    let beside = ["header", "manifest", "account"];
    records.retain(|record| !beside.contains(&record["kind"].as_str().unwrap()));
    (records, files)
}

/// Categories by what they are called: one that everybody has is another one in another account.
pub(crate) fn of_names(records: Vec<Value>) -> Vec<String> {
    let is_category = |record: &&Value| record["kind"] == "category";
    let names: Vec<(String, String)> = records
        .iter()
        .filter(is_category)
        .map(|category| (category["id"].as_str().unwrap().to_owned(), category["name"].to_string()))
        .collect();
    let named = |record: &Value| {
        let mut record = record.clone();
        if let Some(kept) = record.get_mut("keptCategories").and_then(Value::as_array_mut) {
            let name = |id: &Value| names.iter().find(|(other, _)| id == other).map(|(_, name)| name.clone());
            let mut named: Vec<String> = kept.iter().map(|id| name(id).unwrap_or_default()).collect();
            named.sort();
            *kept = named.into_iter().map(Value::from).collect();
        }
        names.iter().fold(record.to_string(), |text, (id, name)| text.replace(id, name))
    };
    records.iter().filter(|record| record["kind"] != "category").map(named).collect()
}

/// The categories of one account that another lacks.
pub(crate) fn missing(those: &[Value], these: &[Value]) -> Vec<Value> {
    let of = |records: &[Value]| -> Vec<Value> {
        records.iter().filter(|record| record["kind"] == "category").cloned().collect()
    };
    let these = of(these);
    // What everybody has is there already, and stays as it is.
    let is_there = |one: &Value| {
        these.iter().any(|other| {
            other == one
                || (one["isDefault"] == true && other["isDefault"] == true && other["name"] == one["name"])
        })
    };
    of(those).into_iter().filter(|one| !is_there(one)).collect()
}

/// Lets workers die ever later, until one comes to the end.
async fn with_deaths(stage: &Stage, archive: &[u8], first: usize) -> app_domain::ImportJob {
    let job = stage.queued(archive, ImportSpec::default()).await;
    for turn in 0..40_usize {
        let calls = first + turn * 7;
        let death = if turn % 2 == 0 { Death::BeforeHearing } else { Death::BeforeCalling };
        match turn % 3 {
            0 => stage.meter.die_after(calls, death),
            1 => stage.archives.die_after(calls / 2, death),
            _ => stage.s3.die_after(1 + calls / 20, death),
        }
        stage.deliver(&job, 1).await;
        stage.meter.revive();
        stage.archives.revive();
        stage.s3.revive();
    }
    stage.finish(&job).await;
    stage.job(&job).await
}

async fn goes_round(life: Life, format: ExportFormat, deaths: Option<usize>) {
    let (there, files) = (Stage::new().await, PlayedBucket::default());
    Person::new(&there, &files).live(&life).await;
    let archive = exported(&there, &files, format).await;
    let (old, old_files) = opened(&archive);

    let here = Stage::new().await;
    let job = match deaths {
        Some(first) => with_deaths(&here, &archive, first).await,
        None => here.import(&archive).await,
    };
    assert_eq!(job.status, ImportStatus::Completed, "{:#?}", here.report(&job));
    let files = PlayedBucket::default();
    for key in here.s3.keys() {
        files.put(&key, here.s3.object(&key).unwrap().bytes);
    }
    let (new, new_files) = opened(&exported(&here, &files, format).await);
    assert_eq!(missing(&old, &new), Vec::<Value>::new());
    let mut extra = missing(&new, &old);
    extra.retain(|category| category["isDefault"] != true);
    assert_eq!(extra, Vec::<Value>::new());
    same_records(&of_names(old), &of_names(new));
    assert!(old_files == new_files, "the files differ");

    let again = here.import(&archive).await;
    assert_eq!(
        (again.counts.imported, again.counts.updated, again.counts.failed),
        (0, 0, 0),
        "{:#?}",
        here.report(&again)
    );
    let undone = here.undo(&job).await;
    assert_eq!(
        (undone.status, undone.counts.imported),
        (ImportStatus::Undone, 0),
        "{:#?}",
        here.report(&undone)
    );
    let of_nothing = [
        "IMPORT#",
        "EXPORT#",
        "DUE#",
        "DATAKEY#",
        "AUDIT#",
        " COUNTERS",
        " FACTS",
        " FILES",
        " REMINDERS",
        " SEARCHES",
        " MEMO",
    ];
    let left = here.meter.keys().await.into_iter().filter(|key| !here.start.contains(key));
    let left: Vec<String> = left.filter(|key| !of_nothing.iter().any(|own| key.contains(own))).collect();
    assert!(left.is_empty(), "{left:#?}");
    assert!(here.s3.keys().is_empty());
}

/// The first record that differs, and no others.
pub(crate) fn same_records(old: &[String], new: &[String]) {
    for (one, other) in old.iter().zip(new) {
        assert_eq!(one, other);
    }
    assert_eq!(old.len(), new.len(), "{:?}", old.get(new.len()).or_else(|| new.get(old.len())));
}

pub(crate) fn run(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work);
}

fn format() -> impl Strategy<Value = ExportFormat> {
    prop_oneof![2 => Just(ExportFormat::Zip), 1 => Just(ExportFormat::Json), 1 => Just(ExportFormat::Jsonl)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_goes_out_of_one_account_comes_into_another_as_it_was(life in life(), format in format()) {
        run(goes_round(life, format, None));
    }

}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, max_shrink_iters: 30, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_does_so_whenever_workers_die(life in life(), first in 1..40_usize) {
        run(goes_round(life, ExportFormat::Zip, Some(first)));
    }
}
