//! What is in a file, and what is not.

use app_domain::{Conversations, ExportFilter, ExportFormat, ExportSpec, Filed, Tags};
use app_testing::clock::at;
use serde_json::{Value, json};

use crate::opened::{each, entries, records, runs};
use crate::stage::{Stage, whole};

#[tokio::test]
async fn everything_is_there_in_its_order_and_nothing_of_anybody_else() {
    let stage = Stage::new().await;
    stage.furnish().await;
    let other = Stage { owner: app_domain::UserId::new(at(0)), ..Stage::new().await };
    other.memory("A stranger's", json!("x"), 1).await;

    let (job, file) = stage.exported(whole(ExportFormat::Zip)).await;
    let found = records(ExportFormat::Zip, &file);
    let expected = [
        ("account", 1),
        ("settings", 1),
        ("category", 9),
        ("savedSearch", 3),
        ("fact", 2),
        // The newest first.
        ("memory", 2),
        ("file", 2),
        ("memory", 1),
        ("message", 7),
        ("memory", 1),
        ("version", 3),
        ("memory", 1),
        ("file", 1),
        ("conversation", 1),
        ("turn", 2),
        ("conversation", 1),
        ("turn", 2),
        ("reminder", 1),
        ("contact", 1),
    ];
    let mut runs = runs(&found);
    runs[2].1 = 9;
    assert_eq!(runs, expected);
    assert_eq!(
        each(&found, "memory", "title"),
        ["Memory 4", "Memory 3", "Memory 2", "Changed 2", "Memory 0"]
    );
    let messages: Vec<String> = (0..7).map(|number| format!("Message {number}")).collect();
    assert_eq!(each(&found, "message", "content"), messages, "the oldest first");
    assert_eq!(each(&found, "version", "title"), ["Changed 1", "Changed 0", "Memory 1"]);

    let entries = entries(&file);
    for record in found.iter().filter(|record| record["kind"] == "file") {
        let bytes = &entries[record["path"].as_str().unwrap()];
        assert_eq!(bytes.len() as u64, record["sizeBytes"]);
    }
    let counts = job.counts.unwrap();
    assert_eq!((&counts["memory"], &counts["message"], &counts["file"]), (&json!(5), &json!(7), &json!(3)));
    assert_eq!(job.progress.items_done, 7, "five memories and two conversations");
}

#[tokio::test]
async fn an_empty_account_gets_a_whole_file_in_every_format() {
    let stage = Stage::new().await;
    for format in ExportFormat::ALL {
        let (job, file) = stage.exported(whole(format)).await;
        app_archive::verify(std::io::Cursor::new(file)).unwrap();
        assert_eq!((job.attempt, job.progress.items_done), (1, 0), "{format:?}");
    }
}

#[tokio::test]
async fn json_and_jsonl_hold_the_same_records_as_the_archive() {
    let stage = Stage::new().await;
    stage.furnish().await;
    let spec = |format| {
        let mut spec = whole(format);
        spec.options.files = false;
        spec
    };
    let mut found = Vec::new();
    for format in [ExportFormat::Json, ExportFormat::Jsonl, ExportFormat::Zip] {
        found.push(records(format, &stage.exported(spec(format)).await.1));
    }
    assert!(found[0] == found[1] && found[1] == found[2]);
}

#[tokio::test]
async fn a_filter_leaves_out_what_belongs_to_no_memory() {
    let stage = Stage::new().await;
    stage.furnish().await;
    let wanted = |filter: ExportFilter| ExportSpec { filter, ..whole(ExportFormat::Zip) };
    let filter = ExportFilter { from: Some(at(102)), to: Some(at(103)), ..ExportFilter::default() };
    let found = records(ExportFormat::Zip, &stage.exported(wanted(filter)).await.1);
    assert_eq!(each(&found, "memory", "title"), ["Memory 3", "Memory 2"]);
    for kind in ["settings", "savedSearch", "fact", "contact", "reminder", "conversation", "version"] {
        assert!(each(&found, kind, "id").is_empty(), "{kind}");
    }
    assert_eq!(each(&found, "file", "name").len(), 2, "no loose one");

    let filter = ExportFilter { to: Some(at(100)), ..ExportFilter::default() };
    let found = records(ExportFormat::Zip, &stage.exported(wanted(filter)).await.1);
    assert_eq!(each(&found, "memory", "title"), ["Memory 0"]);
    assert_eq!(each(&found, "reminder", "text"), ["Call Ada"], "it is about that memory");
    assert_eq!(each(&found, "conversation", "title").len(), 2);

    let filter = ExportFilter { tags: Tags::parse(&["absent"]).unwrap(), ..ExportFilter::default() };
    let found = records(ExportFormat::Zip, &stage.exported(wanted(filter)).await.1);
    assert!(each(&found, "memory", "title").is_empty() && each(&found, "conversation", "title").is_empty());

    let filter = ExportFilter {
        categories: vec![Filed::Nowhere],
        conversations: Some(Conversations::All),
        ..ExportFilter::default()
    };
    let found = records(ExportFormat::Zip, &stage.exported(wanted(filter)).await.1);
    assert_eq!(each(&found, "memory", "title").len(), 5);
    assert_eq!(each(&found, "conversation", "title"), ["What else?", "Where was I?"]);
}

#[tokio::test]
async fn what_is_not_asked_for_is_not_there() {
    let stage = Stage::new().await;
    stage.furnish().await;
    let mut spec = ExportSpec::of(ExportFormat::Jsonl);
    spec.options.messages = false;
    spec.options.metadata = false;
    let found = records(ExportFormat::Jsonl, &stage.exported(spec).await.1);
    assert!(each(&found, "message", "id").is_empty() && each(&found, "version", "title").is_empty());
    let memories: Vec<&Value> = found.iter().filter(|record| record["kind"] == "memory").collect();
    assert!(memories.iter().all(|memory| memory.get("metadata").is_none()), "{memories:?}");
    let files: Vec<&Value> = found.iter().filter(|record| record["kind"] == "file").collect();
    assert!(files.len() == 3 && files.iter().all(|file| file.get("path").is_none()), "{files:?}");
}

#[tokio::test]
async fn names_of_entries_are_those_that_records_say_even_when_people_are_taken_out() {
    let stage = Stage::new().await;
    stage.register().await;
    stage.file("Invoice grace@example.com.pdf", "application/pdf", vec![1; 10], None, 5).await;
    let mut spec = whole(ExportFormat::Zip);
    spec.options.redact_contacts = true;
    let (_, file) = stage.exported(spec).await;
    let found = records(ExportFormat::Zip, &file);
    let path = each(&found, "file", "path")[0].to_owned();
    assert!(entries(&file).contains_key(&path) && !path.contains("grace@"), "{path}");
    assert!(!each(&found, "file", "name")[0].contains("grace@"));
}

#[tokio::test]
async fn a_file_whose_bytes_are_gone_is_missing_and_nothing_else_is() {
    let stage = Stage::new().await;
    stage.furnish().await;
    let lost = stage.file("lost.txt", "text/plain", b"x".to_vec(), None, 9_000).await;
    stage.files.remove(&app_domain::File::object_key(stage.owner, lost));
    let (job, file) = stage.exported(whole(ExportFormat::Zip)).await;
    app_archive::verify(std::io::Cursor::new(&file)).unwrap();
    assert_eq!(job.counts.unwrap()["missingFiles"], 1);
    let names = entries(&file);
    assert_eq!(names.keys().filter(|name| name.starts_with("files/")).count(), 3);
}

#[tokio::test]
async fn a_file_that_ends_before_its_end_is_there_as_far_as_it_came_and_named() {
    let stage = Stage::new().await;
    stage.register().await;
    let cut = stage.file("cut.mp4", "video/mp4", vec![1; 9 << 20], None, 5).await;
    let whole_one = stage.file("whole.txt", "text/plain", b"whole".to_vec(), None, 6).await;
    // Deleted when the first piece was read.
    stage.files.put(&app_domain::File::object_key(stage.owner, cut), vec![1; 4 << 20]);
    let (job, file) = stage.exported(whole(ExportFormat::Zip)).await;
    let verified = app_archive::verify(std::io::Cursor::new(&file)).unwrap();
    let named = json!({"count": 1, "items": [{"kind": "file", "id": cut}]});
    assert_eq!(job.counts.unwrap()["unreadable"], named);
    assert_eq!((verified.unreadable.count, verified.missing_files), (1, 0));
    let sizes: Vec<usize> = entries(&file)
        .iter()
        .filter(|(name, _)| name.starts_with("files/"))
        .map(|(_, bytes)| bytes.len())
        .collect();
    assert_eq!(sizes, [4 << 20, 5], "{whole_one}");
}

#[tokio::test]
async fn what_cannot_be_read_is_named_in_the_manifest_of_every_format() {
    let stage = Stage::new().await;
    stage.register().await;
    let memory = stage.memory("Whole", json!("x"), 151).await;
    stage.garbled(memory.id).await;
    for format in ExportFormat::ALL {
        let (_, file) = stage.exported(whole(format)).await;
        let verified = app_archive::verify(std::io::Cursor::new(&file)).unwrap();
        match format {
            ExportFormat::Txt => assert!(String::from_utf8_lossy(&file).contains("unreadable 2")),
            _ => {
                assert_eq!((verified.unreadable.count, verified.unreadable.items.len()), (2, 2), "{format:?}")
            }
        }
    }
}

#[tokio::test]
async fn few_files_are_looked_through_once_however_many_memories_there_are() {
    let stage = Stage::new().await;
    stage.register().await;
    let mut last = None;
    for number in 0..250 {
        last = Some(stage.memory("Short", json!("x"), number).await.id);
    }
    stage.file("plan.txt", "text/plain", b"a plan".to_vec(), last, 500).await;
    stage.meter.take();
    let (_, file) = stage.exported(whole(ExportFormat::Zip)).await;
    let queries = stage.meter.take().of("Query");
    assert!(queries < 30, "{queries}");
    assert!(entries(&file).keys().any(|name| name.ends_with("/plan.txt")));
}
