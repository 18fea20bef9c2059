//! Lists of files, and what each operation costs.

use app_domain::{File, FileId, Timestamp};
use serde_json::{Value, json};

use crate::{PNG, Stage, id, now, path};

fn names(list: &Value) -> Vec<&str> {
    list["files"].as_array().unwrap().iter().map(|file| file["filename"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn files_are_listed_newest_first_page_by_page() {
    let stage = Stage::new().await;
    for name in ["1", "2", "3", "4", "5"] {
        stage.ready(name).await;
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = stage.get(&format!("/files?limit=2{cursor}")).await.json();
        seen.extend(names(&page).into_iter().map(str::to_owned));
        assert_eq!(page["usage"]["count"], 5);
        match page["pagination"]["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["5", "4", "3", "2", "1"]);
    for (query, field) in [("limit=0", "limit"), ("cursor=!", "cursor"), ("memoryId=x", "memoryId")] {
        let reply = stage.get(&format!("/files?{query}")).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec![field.to_owned()]));
    }
}

#[tokio::test]
async fn the_files_of_a_memory_are_listed_on_their_own() {
    let stage = Stage::new().await;
    let (memory, other) = (stage.memory().await, stage.memory().await);
    for (name, with) in
        [("1", Some(memory)), ("2", None), ("3", Some(memory)), ("4", Some(other)), ("5", Some(memory))]
    {
        let file = stage.ready(name).await;
        assert_eq!(stage.patch(&path(&file), &json!({"memoryId": with})).await.status, 200);
    }
    let first = stage.get(&format!("/files?memoryId={memory}&limit=2")).await.json();
    assert_eq!(names(&first), ["5", "3"]);
    let cursor = first["pagination"]["nextCursor"].as_str().unwrap();
    let rest = stage.get(&format!("/files?memoryId={memory}&limit=2&cursor={cursor}")).await.json();
    assert_eq!((names(&rest), rest["pagination"].get("nextCursor")), (vec!["1"], None));
    let nothing = stage.get(&format!("/files?memoryId={}", FileId::new(now()))).await.json();
    assert_eq!(names(&nothing), [] as [&str; 0]);
}

#[tokio::test]
async fn a_file_that_is_gone_ends_no_list() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    for name in ["1", "2", "3", "4"] {
        let file = stage.ready(name).await;
        stage.patch(&path(&file), &json!({"memoryId": memory})).await;
        if name == "3" {
            stage.linked_still(&file, memory).await;
            stage.delete(&path(&file)).await;
        }
    }
    let first = stage.get(&format!("/files?memoryId={memory}&limit=2")).await.json();
    assert_eq!(names(&first), ["4"]);
    let cursor = first["pagination"]["nextCursor"].as_str().unwrap();
    let rest = stage.get(&format!("/files?memoryId={memory}&limit=2&cursor={cursor}")).await.json();
    assert_eq!((names(&rest), rest["pagination"].get("nextCursor")), (vec!["2", "1"], None));
}

#[tokio::test]
async fn a_rejected_file_is_forgotten_after_a_day_whatever_the_table_still_has() {
    let stage = Stage::new().await;
    let begun = stage.begun("a.png", "image/png", PNG).await["file"].clone();
    let before = stage.files.get(stage.user, id(&begun)).await.unwrap().unwrap();
    let (path, now) = (path(&begun), now());
    let long_ago = |file: File, hours: u64| {
        let at = now.as_millis() - i64::try_from(hours).unwrap() * 60 * 60 * 1000;
        File { updated_at: Timestamp::from_millis(at).unwrap(), ..file }
    };
    let rejected = before.clone().rejected("no".to_owned(), now);
    let recent = long_ago(rejected.clone(), 23);
    stage.files.replace(&before, &recent).await.unwrap();
    assert_eq!(stage.get(&path).await.json()["file"]["status"], "rejected");
    assert_eq!(names(&stage.get("/files").await.json()), ["a.png"]);

    stage.files.replace(&recent, &long_ago(rejected, 24)).await.unwrap();
    for operation in ["", "/download", "/parts"] {
        assert_eq!(stage.get(&format!("{path}{operation}")).await.status, 404, "{operation}");
    }
    assert_eq!(stage.patch(&path, &json!({"filename": "b.png"})).await.status, 404);
    assert_eq!(stage.post(&format!("{path}/complete"), &json!({})).await.status, 404);
    assert_eq!(names(&stage.get("/files").await.json()), [] as [&str; 0]);
}

#[tokio::test]
async fn each_operation_costs_what_the_data_model_says() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    // The first seals the person's first name: it makes their data key.
    stage.ready("first").await;
    let costs = |calls: &[&str], reads: f64, writes: f64| {
        let cost = stage.meter.take();
        assert_eq!(cost.calls, calls, "{cost:?}");
        assert!(cost.reads <= reads && cost.writes <= writes, "{cost:?}");
    };
    stage.meter.take();

    let begun = stage.begun("a.png", "image/png", PNG).await;
    costs(&["TransactWriteItems"], 0.0, 6.0);
    let path = path(&begun["file"]);
    stage.put(&begun["upload"], PNG).await;
    stage.post(&format!("{path}/complete"), &json!({})).await;
    costs(&["GetItem", "TransactWriteItems"], 1.0, 6.0);
    stage.get(&path).await;
    costs(&["GetItem"], 1.0, 0.0);
    stage.get(&format!("{path}/download")).await;
    costs(&["GetItem"], 1.0, 0.0);
    stage.patch(&path, &json!({"filename": "b.png"})).await;
    costs(&["GetItem", "TransactWriteItems"], 1.0, 4.0);
    stage.patch(&path, &json!({"memoryId": memory})).await;
    costs(&["GetItem", "TransactWriteItems"], 1.0, 8.0);
    stage.get("/files").await;
    costs(&["Query", "GetItem"], 2.0, 0.0);
    stage.get(&format!("/files?memoryId={memory}")).await;
    costs(&["Query", "GetItem", "BatchGetItem"], 3.0, 0.0);
    stage.delete(&path).await;
    costs(&["GetItem", "TransactWriteItems", "GetItem", "TransactWriteItems"], 2.0, 16.0);
}
