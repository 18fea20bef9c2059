//! Imports.

use app_domain::{
    ImportCounts, ImportJob, ImportPreview, ImportProgress, ImportSample, ImportSpec, ImportStatus, Role,
    Timestamp,
};
use app_testing::{Call, caller};
use serde_json::{Value, json};

use crate::stage::{Stage, now};

#[tokio::test]
async fn an_import_awaits_its_file_of_exactly_its_size() {
    let stage = Stage::new().await;
    let reply = stage
        .post("/imports", &json!({"fileName": "chats.zip", "sizeBytes": 4, "timezone": "Europe/Berlin"}))
        .await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let body = reply.json();
    let id = body["import"]["id"].as_str().unwrap();
    assert_eq!(reply.headers["location"], format!("/api/imports/{id}"));
    let url = body["upload"]["url"].as_str().unwrap();
    assert!(url.contains(&format!("/archives/{}/{id}/upload?", stage.user)), "{url}");
    assert!(url.contains("X-Amz-SignedHeaders=content-length%3Bhost"), "{url}");
    insta::assert_json_snapshot!(body, {
        ".import.id" => "[id]", ".import.createdAt" => "[now]", ".import.updatedAt" => "[now]",
        ".import.expiresAt" => "[in a month]", ".upload.url" => "[link]", ".upload.expiresAt" => "[in an hour]",
    });
    assert_eq!(stage.get(&format!("/imports/{id}")).await.json()["import"], body["import"]);
    assert_eq!(stage.get("/imports").await.json()["imports"], json!([body["import"]]));
    let stored = stage.imports.list(stage.user).await.unwrap().remove(0);
    assert_eq!(stored.spec.timezone.as_deref(), Some("Europe/Berlin"));
}

#[tokio::test]
async fn what_breaks_a_rule_is_named() {
    let stage = Stage::new().await;
    for (request, field) in [
        (json!({"sizeBytes": 1}), "fileName"),
        (json!({"fileName": "", "sizeBytes": 1}), "fileName"),
        (json!({"fileName": "a", "sizeBytes": 0}), "sizeBytes"),
        (json!({"fileName": "a", "sizeBytes": 500_000_001}), "sizeBytes"),
        (json!({"fileName": "a", "sizeBytes": 1, "timezone": "Nowhere"}), "timezone"),
        (json!({"fileName": "a", "sizeBytes": 1, "mapping": {"colour": "x"}}), "mapping"),
        (json!({"fileName": "a", "sizeBytes": 1, "mapping": {"title": ""}}), "mapping.title"),
    ] {
        let reply = stage.post("/imports", &request).await;
        assert_eq!(
            (reply.status.as_u16(), reply.wrong_fields()),
            (422, vec![field.to_owned()]),
            "{request} {reply:?}"
        );
    }
}

#[tokio::test]
async fn a_started_import_is_queued_once_and_can_be_started_again_when_it_has_failed() {
    let stage = Stage::new().await;
    let job = stage.sent().await;
    let path = format!("/imports/{}/start", job.id);
    let started = stage.post(&path, &json!({"preview": true, "how": {"timezone": "Asia/Tokyo"}})).await;
    assert_eq!((started.status.as_u16(), &started.json()["import"]["status"]), (202, &json!("queued")));
    assert_eq!(stage.tasks.take(), [json!({"kind": "import", "jobId": job.id, "userId": stage.user})]);
    let stored = stage.imports.get(stage.user, job.id).await.unwrap().unwrap();
    assert_eq!(
        (stored.run, stored.spec.preview, stored.spec.timezone.as_deref()),
        (1, true, Some("Asia/Tokyo"))
    );
    let again = stage.post(&path, &json!({})).await;
    assert_eq!((again.status.as_u16(), again.error_type()), (409, json!("ImportNotReady")));

    let running = stage.imports.begin(stage.user, job.id, now()).await.unwrap().unwrap();
    assert!(stage.imports.settle(&running, ImportStatus::Failed, Some("Too bad."), now()).await.unwrap());
    assert_eq!(stage.get(&format!("/imports/{}", job.id)).await.json()["import"]["error"], "Too bad.");
    let again = stage.post(&path, &json!({})).await;
    assert_eq!(again.status, 202, "{again:?}");
    let stored = stage.imports.get(stage.user, job.id).await.unwrap().unwrap();
    assert_eq!((stored.run, stored.spec.preview, stored.failure), (2, false, None));
}

#[tokio::test]
async fn an_import_needs_its_whole_file() {
    let stage = Stage::new().await;
    let job = stage.sent().await;
    let path = format!("/imports/{}/start", job.id);
    for bytes in [None, Some("more than was said")] {
        stage.uploaded.remove(&job.object_key());
        bytes.into_iter().for_each(|bytes| stage.uploaded.put(&job.object_key(), bytes));
        let reply = stage.post(&path, &json!({})).await;
        assert_eq!(
            (reply.status.as_u16(), reply.error_type()),
            (409, json!("ImportNotUploaded")),
            "{bytes:?}"
        );
    }
    assert_eq!(stage.tasks.take(), [] as [Value; 0]);
}

#[tokio::test]
async fn an_import_that_cannot_be_queued_has_failed() {
    let stage = Stage::new().await;
    let job = stage.sent().await;
    stage.tasks.refuse(true);
    let reply = stage.post(&format!("/imports/{}/start", job.id), &json!({})).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (503, json!("Unavailable")));
    let stored = stage.imports.get(stage.user, job.id).await.unwrap().unwrap();
    assert_eq!(stored.status, ImportStatus::Failed);
}

#[tokio::test]
async fn a_look_through_an_import_says_what_would_happen() {
    let stage = Stage::new().await;
    let job = stage.sent().await;
    stage.post(&format!("/imports/{}/start", job.id), &json!({"preview": true})).await;
    let running = stage.imports.begin(stage.user, job.id, now()).await.unwrap().unwrap();
    let preview = ImportPreview {
        counts: [("memory".to_owned(), 2)].into(),
        samples: vec![ImportSample {
            kind: "memory".to_owned(),
            text: "A title".to_owned(),
            created_at: Some(job.created_at),
        }],
        warnings: vec!["Dates can be read in two ways.".to_owned()],
        from: Some(job.created_at),
        to: None,
    };
    stage.uploaded.put(&running.preview_key(running.run), serde_json::to_vec(&preview).unwrap());
    assert!(stage.imports.settle(&running, ImportStatus::Previewed, None, now()).await.unwrap());
    let body = stage.get(&format!("/imports/{}", job.id)).await.json();
    insta::assert_json_snapshot!(body["import"]["preview"], {".samples[].createdAt" => "[time]", ".from" => "[time]"});
}

#[tokio::test]
async fn an_import_can_be_cancelled_and_what_it_did_undone() {
    let stage = Stage::new().await;
    let job = stage.sent().await;
    let path = format!("/imports/{}", job.id);
    let not_yet = stage.post(&format!("{path}/undo"), &json!({})).await;
    assert_eq!((not_yet.status.as_u16(), not_yet.error_type()), (409, json!("ImportNotUndoable")));
    let not_yet = stage.post(&format!("{path}/cancel"), &json!({})).await;
    assert_eq!((not_yet.status.as_u16(), not_yet.error_type()), (409, json!("ImportNotUnderWay")));
    stage.post(&format!("{path}/start"), &json!({})).await;
    let running = stage.imports.begin(stage.user, job.id, now()).await.unwrap().unwrap();
    let not_yet = stage.delete(&path).await;
    assert_eq!((not_yet.status.as_u16(), not_yet.error_type()), (409, json!("ImportUnderWay")));
    let cancelled = stage.post(&format!("{path}/cancel"), &json!({})).await;
    assert_eq!(
        (cancelled.status.as_u16(), &cancelled.json()["import"]["status"]),
        (200, &json!("cancelled"))
    );
    let (progress, counts) = (ImportProgress::default(), ImportCounts::default());
    assert!(
        !stage.imports.advance(&running, None, progress, counts, now()).await.unwrap(),
        "its worker stops"
    );

    stage.tasks.take();
    let undone = stage.post(&format!("{path}/undo"), &json!({})).await;
    assert_eq!((undone.status.as_u16(), &undone.json()["import"]["status"]), (202, &json!("undoing")));
    assert_eq!(stage.tasks.take(), [json!({"kind": "undo", "jobId": job.id, "userId": stage.user})]);
    let undoing = stage.imports.begin(stage.user, job.id, now()).await.unwrap().unwrap();
    assert_eq!(undoing.status, ImportStatus::Undoing);
    assert!(stage.imports.settle(&undoing, ImportStatus::Undone, None, now()).await.unwrap());
    assert_eq!(stage.delete(&path).await.status, 204);
    assert_eq!((stage.get(&path).await.status.as_u16(), stage.uploaded.keys().len()), (404, 0));
}

#[tokio::test]
async fn a_report_can_be_downloaded_when_there_is_one() {
    let stage = Stage::new().await;
    let job = stage.sent().await;
    let path = format!("/imports/{}/report", job.id);
    let not_yet = stage.get(&path).await;
    assert_eq!((not_yet.status.as_u16(), not_yet.error_type()), (409, json!("ImportNotEnded")));
    stage.uploaded.put(&job.report_key(0), "{}");
    let link = stage.get(&path).await.json()["url"].as_str().unwrap().to_owned();
    assert!(link.contains("/report-0.jsonl?") && link.contains("import-report-"), "{link}");
}

#[tokio::test]
async fn an_import_that_is_left_lying_has_failed_and_can_be_started_again() {
    let stage = Stage::new().await;
    let long_ago = Timestamp::from_millis(now().as_millis() - 24 * 60 * 60 * 1000).unwrap();
    let job = ImportJob::awaiting(stage.user, "a".to_owned(), 4, ImportSpec::default(), long_ago);
    stage.imports.create(&job).await.unwrap();
    stage.uploaded.put(&job.object_key(), "file");
    let queued = stage.imports.start(&job, long_ago).await.unwrap().unwrap();
    let body = stage.get(&format!("/imports/{}", job.id)).await.json();
    assert_eq!(body["import"]["status"], "failed");
    assert_eq!(stage.post(&format!("/imports/{}/start", job.id), &json!({})).await.status, 202);
    assert_eq!(stage.imports.get(stage.user, job.id).await.unwrap().unwrap().run, queued.run + 1);
}

#[tokio::test]
async fn three_imports_at_once_are_enough() {
    let stage = Stage::new().await;
    for _ in 0..3 {
        let job = stage.sent().await;
        stage.post(&format!("/imports/{}/start", job.id), &json!({})).await;
    }
    let reply = stage.post("/imports", &json!({"fileName": "a", "sizeBytes": 1})).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (409, json!("TooManyImports")));
}

#[tokio::test]
async fn the_imports_of_others_are_not_found_and_strangers_are_refused() {
    let stage = Stage::new().await;
    let theirs = ImportJob::awaiting(caller(Role::User).0, "a".to_owned(), 4, ImportSpec::default(), now());
    stage.imports.create(&theirs).await.unwrap();
    let path = format!("/imports/{}", theirs.id);
    let calls = || {
        vec![
            Call::get(&path),
            Call::get(&format!("{path}/report")),
            Call::post(&format!("{path}/start"), &json!({})),
            Call::post(&format!("{path}/cancel"), &json!({})),
            Call::post(&format!("{path}/undo"), &json!({})),
            Call::new("DELETE".parse().unwrap(), &path),
        ]
    };
    for call in calls() {
        assert_eq!(stage.call(call).await.status, 404);
    }
    let open = [Call::get("/imports"), Call::post("/imports", &json!({"fileName": "a", "sizeBytes": 1}))];
    for call in calls().into_iter().chain(open) {
        assert_eq!(stage.stranger(call).await.status, 401);
    }
}
