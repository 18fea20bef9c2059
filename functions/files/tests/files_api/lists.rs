//! Lists of files, and what each operation costs.

use app_domain::FileId;
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
async fn files_that_are_not_ready_are_named() {
    let stage = Stage::new().await;
    let ready = id(&stage.ready("1").await);
    let uploading = id(&stage.begun("2", "image/png", PNG).await["file"]);
    let absent = FileId::new(now());
    let asked = [absent, ready, uploading, ready, absent];
    assert_eq!(stage.files.not_ready(stage.user, &asked).await.unwrap(), [absent, uploading, absent]);
    assert_eq!(stage.files.not_ready(stage.user, &[ready]).await.unwrap(), []);
    assert_eq!(stage.files.not_ready(stage.user, &[]).await.unwrap(), []);
    let somebody_else = app_domain::UserId::new(now());
    assert_eq!(stage.files.not_ready(somebody_else, &[ready]).await.unwrap(), [ready]);
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
    costs(&["GetItem", "TransactWriteItems"], 1.0, 4.0);
    stage.get(&path).await;
    costs(&["GetItem"], 1.0, 0.0);
    stage.get(&format!("{path}/download")).await;
    costs(&["GetItem"], 1.0, 0.0);
    stage.patch(&path, &json!({"filename": "b.png"})).await;
    costs(&["GetItem", "TransactWriteItems"], 1.0, 2.0);
    stage.patch(&path, &json!({"memoryId": memory})).await;
    costs(&["GetItem", "TransactWriteItems"], 1.0, 6.0);
    stage.get("/files").await;
    costs(&["Query", "GetItem"], 2.0, 0.0);
    stage.get(&format!("/files?memoryId={memory}")).await;
    costs(&["Query", "GetItem", "BatchGetItem"], 3.0, 0.0);
    stage.delete(&path).await;
    costs(&["GetItem", "TransactWriteItems", "GetItem", "TransactWriteItems"], 2.0, 14.0);
}
