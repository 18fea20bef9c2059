//! docs/runbooks/restore.md, and the wrapped keys of docs/runbooks/region.md.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, WriteRequest};
use aws_sdk_lambda::Client as Lambda;
use e2e::{Person, Stack, eventually};
use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{index_job, patiently, set, signed_in, tool, tried};

const RESTORE: &str = "docs/runbooks/restore.py";
const PAUSE: &str = "docs/runbooks/pause.py";
const DATA_KEYS: &str = "docs/runbooks/data_keys.py";
const FILE: &[u8] = b"The cabin has a red roof and a boathouse.";

type Item = HashMap<String, AttributeValue>;

/// Somebody with memories, one of them in a category, with a message and a file; one in the trash, and a reminder.
async fn somebody(stack: &Arc<Stack>) -> Person {
    let person = Person::registered(stack).await;
    let category = person.post("/categories", &json!({"name": "Trips"})).await.body["category"]["id"].clone();
    let trip = json!({"title": "Trip", "content": {"text": "by the lake"}, "categoryId": category, "tags": ["summer"]});
    let trip = person.save(&trip).await["id"].as_str().unwrap().to_owned();
    for number in 0..5 {
        let content = json!({"text": format!("a walk in the forest, {number}")});
        person.save(&json!({"title": format!("Day {number}"), "content": content})).await;
    }
    let said = person
        .post(&format!("/memories/{trip}/messages"), &json!({"content": "the ferry leaves at seven"}))
        .await;
    assert_eq!(said.status, 201, "{}", said.body);
    let file = crate::files::ready(&person, "cabin.txt", "text/plain", FILE).await;
    let file = format!("/files/{}", file["id"].as_str().unwrap());
    assert_eq!(person.patch(&file, &json!({"memoryId": trip})).await.status, 200);
    let old = person.save(&json!({"title": "Old"})).await["id"].as_str().unwrap().to_owned();
    assert_eq!(person.delete(&format!("/memories/{old}")).await.status, 204);
    let at = (Timestamp::now() + SignedDuration::from_hours(24)).to_string();
    let reminder = person.post("/reminders", &json!({"text": "Book the ferry", "at": at})).await;
    assert_eq!(reminder.status, 201, "{}", reminder.body);
    person
}

/// Everything that a person sees of what they have.
async fn seen(person: &Person) -> Value {
    let memories = person.memories().await;
    let trip = memories.iter().find(|memory| memory["title"] == "Trip").unwrap()["id"].as_str().unwrap();
    let messages = person.get(&format!("/memories/{trip}/messages")).await.body;
    let (files, categories) = (person.get("/files").await.body, person.get("/categories").await.body);
    let (trash, reminders) = (person.get("/trash").await.body, person.get("/reminders").await.body);
    for what in [&messages, &files, &categories, &trash, &reminders] {
        assert_eq!(what["error"], Value::Null, "{what}");
    }
    json!({
        "memories": memories, "messages": messages, "files": files, "categories": categories, "trash": trash,
        "reminders": reminders,
    })
}

async fn downloaded(person: &Person) -> Vec<u8> {
    let file = person.get("/files").await.body["files"][0]["id"].as_str().unwrap().to_owned();
    let link = person.get(&format!("/files/{file}/download")).await.body["url"].as_str().unwrap().to_owned();
    reqwest::get(link).await.unwrap().bytes().await.unwrap().to_vec()
}

/// Waits until a search finds what is in the file, in a whole index.
async fn searched(person: &Person) {
    patiently("the indexes to be made again", || async {
        let reply = person.get("/memories/search?q=boathouse&mode=text").await;
        let is_found = !reply.body["results"].as_array()?.is_empty();
        (is_found && reply.body["degraded"] == false).then_some(())
    })
    .await;
}

/// The keys of all items that are wanted, by partition and place in it.
async fn keys(stack: &Stack, is_wanted: impl Fn(&str, &str) -> bool) -> Vec<Item> {
    let request = Client::new(&stack.aws()).scan().table_name(stack.output("TableName"));
    let mut pages = request.projection_expression("pk, sk").into_paginator().send();
    let mut keys = Vec::new();
    while let Some(page) = pages.next().await {
        let found = page.unwrap().items.unwrap_or_default().into_iter();
        keys.extend(found.filter(|key| is_wanted(key["pk"].as_s().unwrap(), key["sk"].as_s().unwrap())));
    }
    keys
}

/// The keys of what is due of a person's reminders and trash, among everybody's.
async fn due(stack: &Stack, person: &Person) -> Vec<Item> {
    let is_due = |pk: &str, sk: &str| pk.starts_with("REMIND#") || sk.starts_with("TRASH#");
    keys(stack, |pk, sk| is_due(pk, sk) && sk.contains(person.id())).await
}

async fn remove(stack: &Stack, keys: Vec<Item>) {
    let (client, table) = (Client::new(&stack.aws()), stack.output("TableName"));
    stream::iter(keys.chunks(25))
        .for_each_concurrent(4, |keys| {
            let delete = |key: &Item| DeleteRequest::builder().set_key(Some(key.clone())).build().unwrap();
            let deletes =
                keys.iter().map(|key| WriteRequest::builder().delete_request(delete(key)).build()).collect();
            let request = client.batch_write_item().request_items(table, deletes);
            async { assert!(request.send().await.unwrap().unprocessed_items.unwrap_or_default().is_empty()) }
        })
        .await;
}

/// Has the cloud make a table of what the stack's is now, and gives its name.
async fn copied(stack: &Stack) -> String {
    let copy = format!("memory-app-restored-{}", Uuid::new_v4().simple());
    let request = Client::new(&stack.aws())
        .restore_table_to_point_in_time()
        .source_table_name(stack.output("TableName"));
    request.target_table_name(&copy).use_latest_restorable_time(true).send().await.unwrap();
    copy
}

async fn forgotten(stack: &Stack, copy: &str) {
    Client::new(&stack.aws()).delete_table().table_name(copy).send().await.unwrap();
}

/// Pauses the stack, which people notice and `/health` does not, restores, looks that nothing is left to do, and goes on.
async fn restored(stack: &Stack, anybody: &Person, arguments: &[&str]) {
    let applied = [arguments, &["--apply"]].concat();
    // One function that is stopped is not enough.
    let stop = Lambda::new(&stack.aws()).put_function_concurrency().reserved_concurrent_executions(0);
    stop.function_name(stack.output("MemoriesFunctionName")).send().await.unwrap();
    let (is_done, said) = tried(stack, RESTORE, &applied);
    assert!(!is_done && said.contains("not paused"), "{said}");
    assert!(said.contains(stack.output("AuthFunctionName")), "{said}");
    tool(stack, PAUSE, &["pause"]);
    let status = anybody.get("/memories").await.status.as_u16();
    assert!(status == 429 || status >= 500, "{status}");
    assert_eq!(anybody.get("/health").await.status, 200);
    let said = tool(stack, RESTORE, arguments);
    assert!(
        !said.contains("to write: 0") && said.ends_with("Nothing was done: --apply does it.\n"),
        "{said}"
    );
    tool(stack, RESTORE, &applied);
    let again = tool(stack, RESTORE, arguments);
    assert!(again.contains("to write: 0\nto remove: 0\n"), "{again}");
    index_job(stack, "rebuildAll").await;
    tool(stack, PAUSE, &["resume"]);
}

pub(super) async fn one_person_gets_their_memories_back(stack: Arc<Stack>) {
    let (ada, bea) = (somebody(&stack).await, somebody(&stack).await);
    let before = seen(&ada).await;
    let noted = due(&stack, &ada).await;
    assert_eq!(noted.len(), 2, "{noted:?}");
    let export = std::env::temp_dir().join(format!("export-{}.json.gz", Uuid::new_v4()));
    let path = export.to_str().unwrap();
    tool(&stack, RESTORE, &["--save", path]);
    // What a wrong program might: the memories themselves, everything that lies below them, and what is due.
    let (own, below) = (format!("U#{}", ada.id()), format!("U#{}#", ada.id()));
    let lost = keys(&stack, |pk, sk| pk.starts_with(&below) || (pk == own && sk.starts_with("M#"))).await;
    assert!(lost.len() > 6, "{lost:?}");
    remove(&stack, [lost, noted.clone()].concat()).await;
    bea.save(&json!({"title": "since then"})).await;

    restored(&stack, &ada, &["--from-export", path, "--person", ada.id()]).await;
    std::fs::remove_file(export).unwrap();
    // The account stays as it is: nobody signs in again.
    assert_eq!(seen(&ada).await, before);
    let again = due(&stack, &ada).await;
    assert!(again.len() == noted.len() && noted.iter().all(|key| again.contains(key)), "{again:?}");
    searched(&ada).await;
    assert_eq!(bea.memories().await.len(), 7, "what others have written since stays");
}

pub(super) async fn a_copy_of_a_moment_puts_back_what_was_harmed(stack: Arc<Stack>) {
    let (ada, bea) = (somebody(&stack).await, somebody(&stack).await);
    let before = seen(&ada).await;
    let key = bea.new_api_key(&["read:memories"]).await;
    let program = bea.with_api_key(key["key"].as_str().unwrap());
    assert_eq!(program.get("/memories").await.status, 200);
    let copy = copied(&stack).await;

    // All of one person, the wrapped keys of what is sealed among it; of another, what they did well since then.
    let own = format!("U#{}", ada.id());
    remove(&stack, keys(&stack, |pk, _| pk.starts_with(&own)).await).await;
    bea.save(&json!({"title": "since then"})).await;
    assert_eq!(
        bea.delete(&format!("/auth/api-keys/{}", key["apiKey"]["id"].as_str().unwrap())).await.status,
        204
    );

    restored(&stack, &bea, &["--from-table", &copy]).await;
    forgotten(&stack, &copy).await;
    eventually("sessions to be over", || async { (bea.get("/auth/me").await.status == 401).then_some(()) })
        .await;
    let (ada, bea) = (signed_in(&ada).await, signed_in(&bea).await);
    assert_eq!(seen(&ada).await, before);
    assert_eq!(downloaded(&ada).await, FILE);
    searched(&ada).await;
    assert_eq!(bea.memories().await.len(), 6, "what was written since the moment is gone");
    // Functions remember for ten seconds who a key belongs to.
    eventually("what was revoked to stay revoked", || async {
        (program.get("/memories").await.status == 401).then_some(())
    })
    .await;
}

pub(super) async fn wrapped_keys_are_wrapped_again(stack: Arc<Stack>) {
    let ada = somebody(&stack).await;
    let before = seen(&ada).await;
    let copy = copied(&stack).await;
    let said = tool(&stack, DATA_KEYS, &["check", "--table", &copy]);
    assert!(!said.starts_with("0 keys open") && said.ends_with(" 0 do not\n"), "{said}");
    let own = stack.output("TableName");
    let described = Client::new(&stack.aws()).describe_table().table_name(own).send().await.unwrap();
    for table in [own, described.table().unwrap().table_arn().unwrap()] {
        let (is_done, said) = tried(&stack, DATA_KEYS, &["move", "--table", table, "--to-key", "x"]);
        assert!(!is_done && said.contains("not the stack's own"), "{said}");
    }
    // The stack that would take it over has a key of its own; here it is the same, and every key is wrapped anew.
    let field_key = set(&stack, "MemoriesFunctionName", "FIELD_KEY_ID", None).await.unwrap();
    set(&stack, "MemoriesFunctionName", "FIELD_KEY_ID", Some(&field_key)).await;
    let said = tool(&stack, DATA_KEYS, &["move", "--table", &copy, "--to-key", &field_key]);
    assert!(!said.starts_with("0 keys moved") && said.ends_with(" 0 do not open\n"), "{said}");
    let again = tool(&stack, DATA_KEYS, &["move", "--table", &copy, "--to-key", &field_key]);
    assert!(again.starts_with("0 keys moved"), "{again}");

    restored(&stack, &ada, &["--from-table", &copy]).await;
    forgotten(&stack, &copy).await;
    let ada = signed_in(&ada).await;
    assert_eq!(seen(&ada).await, before);
}

pub(super) async fn an_emptied_table_is_filled_from_an_export(stack: Arc<Stack>) {
    let ada = somebody(&stack).await;
    let before = seen(&ada).await;
    let key = ada.new_api_key(&["read:memories"]).await;
    let program = ada.with_api_key(key["key"].as_str().unwrap());
    let export = std::env::temp_dir().join(format!("export-{}.json.gz", Uuid::new_v4()));
    let path = export.to_str().unwrap();
    tool(&stack, RESTORE, &["--save", path]);
    let everything = keys(&stack, |_, _| true).await;
    remove(&stack, everything).await;
    let credentials = json!({"email": ada.email, "password": ada.password});
    assert_eq!(ada.post("/auth/login", &credentials).await.status, 401, "nobody is known any more");

    restored(&stack, &ada, &["--from-export", path]).await;
    std::fs::remove_file(export).unwrap();
    let again = signed_in(&ada).await;
    assert_eq!(seen(&again).await, before);
    assert_eq!(downloaded(&again).await, FILE);
    searched(&again).await;
    assert_eq!(program.get("/memories").await.status, 200, "API keys come back into an empty table");
}
