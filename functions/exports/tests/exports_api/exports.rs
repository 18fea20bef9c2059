//! Exports.

use std::time::Duration;

use app_domain::{
    ExportFormat, ExportId, ExportJob, ExportSpec, ExportStatus, Origin, Progress, Role, Timestamp,
};
use app_testing::{Call, caller, event};
use serde_json::{Value, json};

use crate::stage::{LIMIT, Stage, now};

#[tokio::test]
async fn an_export_is_queued_and_can_be_followed() {
    let stage = Stage::new().await;
    let request = json!({
        "format": "zip", "filter": {"tags": ["a"], "search": "Wort", "conversations": "all"},
        "options": {"versions": false, "timezone": "Europe/Berlin", "locale": "de-at"},
    });
    let reply = stage.post("/exports", &request).await;
    assert_eq!(reply.status, 202, "{reply:?}");
    let body = reply.json();
    let id = body["export"]["id"].as_str().unwrap().to_owned();
    assert_eq!(reply.headers["location"], format!("/api/exports/{id}"));
    assert_eq!(stage.jobs.take(), [json!({"kind": "export", "jobId": id, "userId": stage.user})]);
    insta::assert_json_snapshot!(body, {
        ".export.id" => "[id]", ".export.createdAt" => "[now]", ".export.updatedAt" => "[now]",
        ".export.expiresAt" => "[in a week]",
    });
    assert_eq!(stage.get(&format!("/exports/{id}")).await.json(), body);
    assert_eq!(stage.get("/exports").await.json()["exports"], json!([body["export"]]));
}

#[tokio::test]
async fn what_was_asked_for_is_said_again() {
    let stage = Stage::new().await;
    let filter = json!({
        "categoryIds": ["none", uuid()], "tags": ["a", "b"], "search": "wort", "dateFrom": "2026-01-01T00:00:00.000Z",
        "dateTo": "2026-02-01T00:00:00.000Z", "isFavorite": true, "isArchived": false, "source": "whatsapp",
        "conversationIds": [uuid()],
    });
    for (asked, said) in [
        (filter.clone(), filter),
        (
            json!({"conversations": "none", "search": " Wort "}),
            json!({"conversations": "none", "search": "wort"}),
        ),
        (json!({"conversations": "all"}), json!({"conversations": "all"})),
    ] {
        let reply = stage.post("/exports", &json!({"format": "json", "filter": asked})).await;
        assert_eq!(reply.status, 202, "{reply:?}");
        assert_eq!(reply.json()["export"]["filter"], said);
    }
}

#[tokio::test]
async fn what_breaks_a_rule_is_named() {
    let stage = Stage::new().await;
    let ids: Vec<String> = (0..101).map(|_| uuid()).collect();
    for (request, field) in [
        (json!({"format": "JSON"}), "format"),
        (json!({"format": 1}), "format"),
        (json!({}), "format"),
        (json!({"format": "zip", "destination": "drive"}), "destination"),
        (json!({"format": "zip", "filter": {"categoryIds": ["x"]}}), "filter.categoryIds"),
        (json!({"format": "zip", "filter": {"categoryIds": ids}}), "filter.categoryIds"),
        (json!({"format": "zip", "filter": {"tags": [""]}}), "filter.tags"),
        (json!({"format": "zip", "filter": {"search": " "}}), "filter.search"),
        (json!({"format": "zip", "filter": {"dateTo": "2026"}}), "filter.dateTo"),
        (json!({"format": "zip", "filter": {"source": "fax"}}), "filter.source"),
        (json!({"format": "zip", "filter": {"conversations": "few"}}), "filter.conversations"),
        (
            json!({"format": "zip", "filter": {"conversations": "all", "conversationIds": [uuid()]}}),
            "filter.conversations",
        ),
        (json!({"format": "zip", "filter": {"conversationIds": ids}}), "filter.conversations"),
        (json!({"format": "zip", "options": {"timezone": "Europe/Atlantis"}}), "options.timezone"),
        (json!({"format": "zip", "options": {"locale": "klingon!"}}), "options.locale"),
    ] {
        let reply = stage.post("/exports", &request).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec![field.to_owned()]), "{request}");
    }
    assert_eq!(stage.jobs.take(), [] as [Value; 0]);
}

fn uuid() -> String {
    ExportId::new(now()).to_string()
}

#[tokio::test]
async fn three_exports_at_once_are_enough() {
    let stage = Stage::new().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let reply = stage.post("/exports", &json!({"format": "txt"})).await;
        ids.push(reply.json()["export"]["id"].as_str().unwrap().to_owned());
    }
    let reply = stage.post("/exports", &json!({"format": "txt"})).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (409, json!("TooManyExports")));
    assert_eq!(stage.post(&format!("/exports/{}/cancel", ids[0]), &json!({})).await.status, 200);
    assert_eq!(stage.post("/exports", &json!({"format": "txt"})).await.status, 202);
}

#[tokio::test]
async fn a_job_that_cannot_be_sent_is_failed_and_the_client_told_to_try_again() {
    let stage = Stage::new().await;
    stage.jobs.refuse(true);
    let reply = stage.post("/exports", &json!({"format": "json"})).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (503, json!("Unavailable")));
    assert!(reply.headers.contains_key("retry-after"));
    assert!(!reply.text.contains("queue"), "{}", reply.text);
    assert_eq!(stage.exports.list(stage.user).await.unwrap()[0].status, ExportStatus::Failed);
}

#[tokio::test]
async fn a_completed_export_can_be_downloaded_for_a_quarter_of_an_hour() {
    let stage = Stage::new().await;
    let job = stage.completed().await;
    let link = stage.get(&format!("/exports/{}/download", job.id)).await;
    assert_eq!(link.status, 200, "{link:?}");
    let url = link.json()["url"].as_str().unwrap().to_owned();
    let path = format!("/archives/7d/{}/{}/export.zip?", stage.user, job.id);
    assert!(url.contains(&path), "{url}");
    let name = format!(
        "response-content-disposition=attachment%3B%20filename%3D%22memories-{}.zip%22",
        job.created_at.day()
    );
    for part in ["X-Amz-Expires=900", "X-Amz-Signature=", "response-content-type=application%2Fzip", &name] {
        assert!(url.contains(part), "{part} in {url}");
    }
    let expires_at: Timestamp = link.json()["expiresAt"].as_str().unwrap().parse().unwrap();
    assert!((890..=900).contains(&expires_at.since(now()).as_secs()), "{expires_at}");

    let body = stage.get(&format!("/exports/{}", job.id)).await.json();
    assert!(body["export"]["downloadUrl"].as_str().unwrap().contains(&path));
    insta::assert_json_snapshot!(body, {
        ".export.id" => "[id]", ".export.createdAt" => "[time]", ".export.startedAt" => "[time]", ".export.updatedAt" => "[time]",
        ".export.expiresAt" => "[time]", ".export.downloadUrl" => "[link]", ".export.downloadExpiresAt" => "[time]",
    });
}

#[tokio::test]
async fn an_export_that_is_not_completed_cannot_be_downloaded() {
    let stage = Stage::new().await;
    let job = stage.begun().await;
    let reply = stage.get(&format!("/exports/{}/download", job.id)).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (409, json!("ExportNotCompleted")));
}

#[tokio::test]
async fn a_running_export_says_how_far_it_has_come() {
    let stage = Stage::new().await;
    let job = stage.begun().await;
    let progress = Progress { items_done: 1, items_total: 3, bytes_done: 77 };
    assert!(stage.exports.advance(&job, progress, now()).await.unwrap());
    let body = stage.get(&format!("/exports/{}", job.id)).await.json();
    assert_eq!(body["export"]["status"], "running");
    let progress = &body["export"]["progress"];
    assert_eq!((&progress["percent"], &progress["bytesDone"]), (&json!(33), &json!(77)));
    assert!(progress["etaSeconds"].is_u64());
    assert_eq!(body["export"].get("downloadUrl"), None);
}

#[tokio::test]
async fn a_failed_export_says_why() {
    let stage = Stage::new().await;
    let job = stage.begun().await;
    stage.exports.fail(&job, "Too bad.", now()).await.unwrap();
    let body = stage.get(&format!("/exports/{}", job.id)).await.json();
    assert_eq!((&body["export"]["status"], &body["export"]["error"]), (&json!("failed"), &json!("Too bad.")));
}

#[tokio::test]
async fn an_export_that_is_left_lying_does_not_run_forever() {
    let stage = Stage::new().await;
    let long_ago = Timestamp::from_millis(now().as_millis() - 24 * 60 * 60 * 1000).unwrap();
    let job = stage.asked_at(long_ago).await;
    let body = stage.get(&format!("/exports/{}", job.id)).await.json();
    assert_eq!(body["export"]["status"], "failed");
    assert!(body["export"]["error"].is_string());
}

#[tokio::test]
async fn a_cancelled_export_is_not_gone_on_with() {
    let stage = Stage::new().await;
    let job = stage.begun().await;
    let cancelled = stage.post(&format!("/exports/{}/cancel", job.id), &json!({})).await;
    assert_eq!(
        (cancelled.status.as_u16(), &cancelled.json()["export"]["status"]),
        (200, &json!("cancelled"))
    );
    assert!(!stage.exports.advance(&job, Progress::default(), now()).await.unwrap());
    assert!(stage.exports.begin(job.user_id, job.id, 3, now()).await.unwrap().is_none());
    let again = stage.post(&format!("/exports/{}/cancel", job.id), &json!({})).await;
    assert_eq!((again.status.as_u16(), again.error_type()), (409, json!("ExportFinished")));
}

#[tokio::test]
async fn a_deleted_export_takes_its_file_along_and_stops_its_worker() {
    let stage = Stage::new().await;
    let (done, running) = (stage.completed().await, stage.begun().await);
    for job in [&done, &running] {
        assert_eq!(stage.delete(&format!("/exports/{}", job.id)).await.status, 204);
        assert_eq!(stage.get(&format!("/exports/{}", job.id)).await.status, 404);
    }
    assert_eq!(stage.exported.keys(), [] as [String; 0]);
    assert!(!stage.exports.advance(&running, Progress::default(), now()).await.unwrap());
}

#[tokio::test]
async fn an_export_whose_file_cannot_be_removed_is_still_there_to_be_deleted() {
    let stage = Stage::new().await;
    let job = stage.completed().await;
    stage.exported.set_down(true);
    assert_eq!(stage.delete(&format!("/exports/{}", job.id)).await.status, 503);
    stage.exported.set_down(false);
    assert_eq!(stage.delete(&format!("/exports/{}", job.id)).await.status, 204);
}

#[tokio::test]
async fn the_exports_of_others_and_those_past_their_time_are_not_found() {
    let stage = Stage::new().await;
    let spec = ExportSpec::of(ExportFormat::Json);
    let theirs = ExportJob::request(caller(Role::User).0, spec, LIMIT, now());
    stage.exports.create(&theirs, &Origin::default()).await.unwrap();
    let before =
        now().as_millis() - i64::try_from(Duration::from_secs(7 * 24 * 60 * 60 + 1).as_millis()).unwrap();
    let old = stage.asked_at(Timestamp::from_millis(before).unwrap()).await;
    for id in [theirs.id.to_string(), old.id.to_string(), "nonsense".to_owned()] {
        let path = format!("/exports/{id}");
        for reply in [
            stage.get(&path).await,
            stage.get(&format!("{path}/download")).await,
            stage.post(&format!("{path}/cancel"), &json!({})).await,
            stage.delete(&path).await,
        ] {
            assert_eq!((reply.status.as_u16(), reply.error_type()), (404, json!("NotFound")), "{id}");
        }
    }
    assert_eq!(stage.get("/exports").await.json(), json!({"exports": []}));
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let stage = Stage::new().await;
    let id = stage.completed().await.id;
    for call in [
        Call::post("/exports", &json!({"format": "json"})),
        Call::get("/exports"),
        Call::get(&format!("/exports/{id}")),
        Call::get(&format!("/exports/{id}/download")),
        Call::post(&format!("/exports/{id}/cancel"), &json!({})),
        Call::new("DELETE".parse().unwrap(), &format!("/exports/{id}")),
    ] {
        assert_eq!(stage.stranger(call).await.status, 401);
    }
}

#[tokio::test]
async fn the_real_events_ask_for_an_export_and_read_one() {
    let stage = Stage::new().await;
    let call = |event: &Value| {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Call::new(text(&event["httpMethod"]).parse().unwrap(), &text(&event["path"]))
    };
    let asked = event("exports/request.json");
    let content_type = asked["headers"]["Content-Type"].as_str().unwrap();
    let asked =
        call(&asked).header("content-type", content_type).body(asked["body"].as_str().unwrap().to_owned());
    let reply = stage.call(asked).await;
    assert_eq!(reply.status, 202, "{reply:?}");
    let read = stage.call(call(&event("exports/read.json"))).await;
    assert_eq!(read.json()["error"]["message"], "There is no such export.");
}
