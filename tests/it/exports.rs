//! Exports: asked for, written, downloaded, equal to what was saved.

use std::sync::Arc;

use e2e::{Person, Stack, eventually};
use serde_json::{Value, json};

crate::trials!(
    an_export_equals_what_was_saved,
    a_job_that_is_delivered_again_changes_nothing,
    somebody_elses_export_does_not_exist,
    other_formats_are_refused,
);

async fn finished(person: &Person, id: &str) -> Value {
    eventually("the export to finish", || async {
        let export = person.get(&format!("/exports/{id}")).await.body["export"].clone();
        (export["status"] == "completed" || export["status"] == "failed").then_some(export)
    })
    .await
}

async fn requested(person: &Person) -> String {
    let reply = person.post("/exports", &json!({"format": "json"})).await;
    assert_eq!(reply.status, 202, "{}", reply.body);
    reply.body["export"]["id"].as_str().unwrap().to_owned()
}

async fn an_export_equals_what_was_saved(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    for n in 0..120 {
        let content = json!({"text": format!("grüße {n} 👋 \u{202e}"), "n": n, "list": [null, true, 0.1, {"deep": []}]});
        ada.save(&json!({"title": format!("Memory {n}"), "content": content, "tags": ["a", "b"], "metadata": {"k": n}})).await;
    }
    let export = finished(&ada, &requested(&ada).await).await;
    assert_eq!((&export["status"], &export["progress"]["itemsDone"]), (&json!("completed"), &json!(120)));

    let url = export["downloadUrl"].as_str().unwrap();
    let download = reqwest::get(url).await.unwrap();
    assert_eq!(download.status(), 200);
    let disposition = download.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(disposition.starts_with("attachment; filename=\"memories-"), "{disposition}");
    let bytes = download.bytes().await.unwrap();
    assert_eq!(export["sizeBytes"], bytes.len());
    let file: Value = serde_json::from_slice(&bytes).unwrap();
    let by_id = |memories: &[Value]| {
        let mut memories = memories.to_vec();
        memories.sort_by_key(|memory| memory["id"].to_string());
        memories
    };
    assert_eq!(by_id(file["memories"].as_array().unwrap()), by_id(&ada.memories().await));
    assert_eq!(file["counts"]["memories"], 120);
}

async fn a_job_that_is_delivered_again_changes_nothing(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    ada.save(&json!({"title": "once"})).await;
    let id = requested(&ada).await;
    let before = finished(&ada, &id).await;
    let queue = aws_sdk_sqs::Client::new(&stack.aws());
    let job = json!({"kind": "export", "jobId": id, "userId": ada.account["user"]["id"]}).to_string();
    for _ in 0..2 {
        queue.send_message().queue_url(stack.output("JobsQueueUrl")).message_body(&job).send().await.unwrap();
    }
    eventually("the queue to be empty", || async {
        use aws_sdk_sqs::types::QueueAttributeName::{
            ApproximateNumberOfMessages as Waiting, ApproximateNumberOfMessagesNotVisible as Taken,
        };
        let asked = queue.get_queue_attributes().queue_url(stack.output("JobsQueueUrl"));
        let counts = asked.attribute_names(Waiting).attribute_names(Taken).send().await.unwrap();
        counts.attributes?.values().all(|count| count == "0").then_some(())
    })
    .await;
    let after = ada.get(&format!("/exports/{id}")).await.body["export"].clone();
    for member in ["status", "sha256", "sizeBytes", "updatedAt"] {
        assert_eq!(after[member], before[member], "{member}");
    }
}

async fn somebody_elses_export_does_not_exist(stack: Arc<Stack>) {
    let (ada, eve) = (Person::registered(&stack).await, Person::registered(&stack).await);
    let id = requested(&ada).await;
    let reply = eve.get(&format!("/exports/{id}")).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (404, &json!("NotFound")));
}

async fn other_formats_are_refused(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let reply = ada.post("/exports", &json!({"format": "docx"})).await;
    assert_eq!((reply.status.as_u16(), &reply.body["error"]["details"][0]["field"]), (422, &json!("format")));
}
