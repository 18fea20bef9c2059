//! Exports: asked for, written, downloaded, verified, equal to what was saved.

use std::io::Cursor;
use std::sync::Arc;

use e2e::{Person, Stack, eventually};
use serde_json::{Value, json};

crate::trials!(
    an_export_equals_what_was_saved,
    every_format_can_be_downloaded_and_verified,
    a_filter_leaves_out_the_rest,
    a_job_that_is_delivered_again_changes_nothing,
    an_export_can_be_cancelled_and_deleted,
    somebody_elses_export_does_not_exist,
    what_cannot_be_is_refused_by_name,
);

async fn finished(person: &Person, id: &str) -> Value {
    eventually("the export to finish", || async {
        let export = person.get(&format!("/exports/{id}")).await.body["export"].clone();
        (export["status"] == "completed" || export["status"] == "failed").then_some(export)
    })
    .await
}

async fn requested(person: &Person, request: &Value) -> String {
    let reply = person.post("/exports", request).await;
    assert_eq!(reply.status, 202, "{}", reply.body);
    reply.body["export"]["id"].as_str().unwrap().to_owned()
}

/// An export and its file.
pub(crate) async fn exported(person: &Person, request: &Value) -> (Value, Vec<u8>) {
    let id = requested(person, request).await;
    let export = finished(person, &id).await;
    assert_eq!(export["status"], "completed", "{export}");
    let link = person.get(&format!("/exports/{id}/download")).await;
    assert_eq!(link.status, 200, "{}", link.body);
    let download = reqwest::get(link.body["url"].as_str().unwrap()).await.unwrap();
    assert_eq!(download.status(), 200);
    let disposition = download.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(disposition.starts_with("attachment; filename=\"memories-"), "{disposition}");
    let bytes = download.bytes().await.unwrap().to_vec();
    assert_eq!(export["sizeBytes"], bytes.len());
    let sha256 = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes);
    assert_eq!(export["sha256"], data_encoding::HEXLOWER.encode(sha256.as_ref()));
    (export, bytes)
}

/// The records of an export in JSON, of one kind.
fn of_kind(file: &Value, kind: &str) -> Vec<Value> {
    let records = file["records"].as_array().unwrap().iter();
    records.filter(|record| record["kind"] == kind).cloned().collect()
}

async fn an_export_equals_what_was_saved(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    for n in 0..120 {
        let content = json!({"text": format!("grüße {n} 👋 \u{202e}"), "n": n, "list": [null, true, 0.1, {"deep": []}]});
        ada.save(&json!({"title": format!("Memory {n}"), "content": content, "tags": ["a", "b"], "metadata": {"k": n}})).await;
    }
    let (export, bytes) = exported(&ada, &json!({"format": "json"})).await;
    assert_eq!(export["progress"]["itemsDone"], 120);
    assert_eq!(export["counts"]["memory"], 120);
    let file: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!((&file["format"], &file["version"]), (&json!("memory-app-export"), &json!(2)));
    let mut there = ada.memories().await;
    there.sort_by_key(|memory| memory["id"].to_string());
    let mut written = of_kind(&file, "memory");
    written.sort_by_key(|memory| memory["id"].to_string());
    assert_eq!(written.len(), there.len());
    for (written, there) in written.iter().zip(&there) {
        for (name, value) in written.as_object().unwrap().iter().filter(|(name, _)| *name != "kind") {
            assert_eq!(value, &there[name], "{name}");
        }
    }
    assert_eq!(file["manifest"]["counts"]["memory"], 120);
}

async fn every_format_can_be_downloaded_and_verified(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let memory =
        ada.save(&json!({"title": "<script>alert(1)</script>", "content": "=1+1", "tags": ["x"]})).await;
    let id = memory["id"].as_str().unwrap();
    let said = ada.post(&format!("/memories/{id}/messages"), &json!({"content": "a \"reply\""})).await;
    assert_eq!(said.status, 201, "{}", said.body);
    crate::files::ready(&ada, "a picture.txt", "text/plain", b"the bytes of a file").await;
    for format in ["json", "jsonl", "txt", "md", "html", "csv", "zip"] {
        for files in [false, true] {
            let options = json!({"files": files, "timezone": "Europe/Berlin", "locale": "de"});
            let (export, bytes) = exported(&ada, &json!({"format": format, "options": options})).await;
            let report = app_archive::verify(&mut Cursor::new(&bytes));
            assert!(report.is_ok(), "{format} {files}: {report:?}");
            assert_eq!(export["counts"]["memory"], 1, "{format}: {export}");
            let is_zip = bytes.starts_with(b"PK\x03\x04");
            assert_eq!(is_zip, files || ["md", "html", "csv", "zip"].contains(&format), "{format} {files}");
        }
    }
}

async fn a_filter_leaves_out_the_rest(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    ada.save(&json!({"title": "wanted", "tags": ["a", "b"], "isFavorite": true})).await;
    ada.save(&json!({"title": "without the tag", "tags": ["a"], "isFavorite": true})).await;
    ada.save(&json!({"title": "no favourite", "tags": ["a", "b"]})).await;
    let filter = json!({"tags": ["a", "b"], "isFavorite": true, "search": "WANTED"});
    let (_, bytes) = exported(&ada, &json!({"format": "json", "filter": filter})).await;
    let file: Value = serde_json::from_slice(&bytes).unwrap();
    let titles: Vec<Value> = of_kind(&file, "memory").iter().map(|memory| memory["title"].clone()).collect();
    assert_eq!(titles, ["wanted"]);
    for kind in ["settings", "savedSearch", "fact", "conversation"] {
        assert_eq!(of_kind(&file, kind), [] as [Value; 0], "{kind}");
    }
}

/// Sends a job twice more, and waits until nothing is left in its queue.
pub(crate) async fn delivered_again(stack: &Stack, queue_url: &str, job: &Value) {
    let queue = aws_sdk_sqs::Client::new(&stack.aws());
    for _ in 0..2 {
        let message = queue.send_message().queue_url(stack.output(queue_url)).message_body(job.to_string());
        message.send().await.unwrap();
    }
    eventually("the queue to be empty", || async {
        use aws_sdk_sqs::types::QueueAttributeName::{
            ApproximateNumberOfMessages as Waiting, ApproximateNumberOfMessagesNotVisible as Taken,
        };
        let asked = queue.get_queue_attributes().queue_url(stack.output(queue_url));
        let counts = asked.attribute_names(Waiting).attribute_names(Taken).send().await.unwrap();
        counts.attributes?.values().all(|count| count == "0").then_some(())
    })
    .await;
}

async fn a_job_that_is_delivered_again_changes_nothing(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    ada.save(&json!({"title": "once"})).await;
    let id = requested(&ada, &json!({"format": "zip"})).await;
    let before = finished(&ada, &id).await;
    let job = json!({"kind": "export", "jobId": id, "userId": ada.account["user"]["id"]});
    delivered_again(&stack, "JobsQueueUrl", &job).await;
    let after = ada.get(&format!("/exports/{id}")).await.body["export"].clone();
    for member in ["status", "sha256", "sizeBytes", "updatedAt"] {
        assert_eq!(after[member], before[member], "{member}");
    }
}

async fn an_export_can_be_cancelled_and_deleted(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    ada.save(&json!({"title": "once"})).await;
    let id = requested(&ada, &json!({"format": "zip"})).await;
    let cancelled = ada.post(&format!("/exports/{id}/cancel"), &json!({})).await;
    // It may have been written meanwhile.
    let status = if cancelled.status == 200 { "cancelled" } else { "completed" };
    assert!([200, 409].contains(&cancelled.status.as_u16()), "{}", cancelled.body);
    assert_eq!(ada.get(&format!("/exports/{id}")).await.body["export"]["status"], status);

    let (export, _) = exported(&ada, &json!({"format": "zip"})).await;
    let id = export["id"].as_str().unwrap();
    let again = ada.post(&format!("/exports/{id}/cancel"), &json!({})).await;
    assert_eq!((again.status.as_u16(), again.error_type()), (409, &json!("ExportFinished")));
    let listed = ada.get("/exports").await.body["exports"].clone();
    assert!(listed.as_array().unwrap().iter().any(|listed| listed["id"] == id), "{listed}");
    let url = ada.get(&format!("/exports/{id}/download")).await.body["url"].as_str().unwrap().to_owned();
    assert_eq!(ada.delete(&format!("/exports/{id}")).await.status, 204);
    assert_eq!(ada.get(&format!("/exports/{id}")).await.status, 404);
    assert_eq!(reqwest::get(url).await.unwrap().status(), 404, "its bytes are gone too");
}

async fn somebody_elses_export_does_not_exist(stack: Arc<Stack>) {
    let (ada, eve) = (Person::registered(&stack).await, Person::registered(&stack).await);
    let id = requested(&ada, &json!({"format": "json"})).await;
    for path in [format!("/exports/{id}"), format!("/exports/{id}/download")] {
        let reply = eve.get(&path).await;
        assert_eq!((reply.status.as_u16(), reply.error_type()), (404, &json!("NotFound")), "{path}");
    }
    assert_eq!(eve.post(&format!("/exports/{id}/cancel"), &json!({})).await.status, 404);
    assert_eq!(eve.delete(&format!("/exports/{id}")).await.status, 404);
    finished(&ada, &id).await;
}

async fn what_cannot_be_is_refused_by_name(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    for (request, field) in [
        (json!({"format": "docx"}), "format"),
        (json!({"format": "zip", "destination": "floppy"}), "destination"),
        (json!({"format": "zip", "options": {"timezone": "Mars/Olympus"}}), "options.timezone"),
        (json!({"format": "zip", "filter": {"dateFrom": "yesterday"}}), "filter.dateFrom"),
        (json!({"format": "zip", "filter": {"conversations": "some"}}), "filter.conversations"),
    ] {
        let reply = ada.post("/exports", &request).await;
        let details = &reply.body["error"]["details"];
        assert_eq!((reply.status.as_u16(), &details[0]["field"]), (422, &json!(field)), "{}", reply.body);
    }
}
