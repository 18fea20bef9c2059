//! `GET /exports/{id}`.

use app_domain::{ExportId, ExportStatus};
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ItemErrors, Now, PathId, ReadMemories};
use app_store::Exports;
use axum::Json;
use axum::extract::State;

use crate::Downloads;
use crate::body::{ExportBody, OneExport};

/// See how far an export has come, and get its file.
#[utoipa::path(
    get, operation_id = "readExport", path = "/exports/{id}", tag = "exports", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "The export.", body = OneExport), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn read(
    State(exports): State<Exports>,
    State(downloads): State<Downloads>,
    caller: Caller<ReadMemories>,
    PathId(id): PathId<ExportId>,
    Now(now): Now,
) -> Result<Json<OneExport>, ApiError> {
    let job = exports.get(caller.user_id, id).await?;
    // The table removes what is past its time within days, not at once.
    let job =
        job.filter(|job| now < job.expires_at()).ok_or_else(|| ApiError::not_found("export"))?.as_of(now);
    let link = match job.status {
        ExportStatus::Completed => Some(downloads.link(&job, now).await.map_err(ApiError::unavailable)?),
        _ => None,
    };
    Ok(Json(OneExport { export: ExportBody::new(job, link) }))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use app_domain::{ExportJob, Progress, Role, Timestamp};
    use app_testing::{Call, caller, event};
    use serde_json::json;

    use crate::testing::{Stage, now};

    fn read(id: impl std::fmt::Display) -> Call {
        Call::get(&format!("/exports/{id}"))
    }

    #[tokio::test]
    async fn a_completed_export_can_be_downloaded_for_a_quarter_of_an_hour() {
        let stage = Stage::new().await;
        let (user, token) = caller(Role::User);
        let job = stage.completed(user).await;
        let reply = read(job.id).as_caller(&token).send(&stage.router).await;

        assert_eq!(reply.status, 200, "{reply:?}");
        let body = reply.json();
        let url = body["export"]["downloadUrl"].as_str().unwrap();
        let path = format!("https://files.s3.us-east-1.amazonaws.com/{user}/{}/1.json?", job.id);
        assert!(url.starts_with(&path), "{url}");
        let day = &job.created_at.to_string()[..10];
        let name =
            format!("response-content-disposition=attachment%3B%20filename%3D%22memories-{day}.json%22");
        for part in
            ["X-Amz-Expires=900", "X-Amz-Signature=", "response-content-type=application%2Fjson", &name]
        {
            assert!(url.contains(part), "{part} in {url}");
        }
        let expires_at: Timestamp = body["export"]["downloadExpiresAt"].as_str().unwrap().parse().unwrap();
        assert!((890..=900).contains(&expires_at.since(now()).as_secs()), "{expires_at}");
        insta::assert_json_snapshot!(body, {
            ".export.id" => "[id]", ".export.createdAt" => "[time]", ".export.updatedAt" => "[time]",
            ".export.expiresAt" => "[time]", ".export.downloadUrl" => "[link]", ".export.downloadExpiresAt" => "[time]",
        }, @r#"
        {
          "export": {
            "createdAt": "[time]",
            "downloadExpiresAt": "[time]",
            "downloadUrl": "[link]",
            "expiresAt": "[time]",
            "format": "json",
            "id": "[id]",
            "progress": {
              "itemsDone": 3,
              "itemsTotal": 3,
              "percent": 100
            },
            "sha256": "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c",
            "sizeBytes": 512,
            "status": "completed",
            "updatedAt": "[time]"
          }
        }
        "#);
    }

    #[tokio::test]
    async fn a_running_export_says_how_far_it_has_come() {
        let stage = Stage::new().await;
        let (user, token) = caller(Role::User);
        let job = stage.begun(ExportJob::request(user, now())).await;
        let progress = Progress { items_done: 1, items_total: 3 };
        assert!(stage.exports.advance(&job, progress, now()).await.unwrap());
        let body = read(job.id).as_caller(&token).send(&stage.router).await.json();

        assert_eq!(body["export"]["status"], "running");
        assert_eq!(body["export"]["progress"], json!({"itemsDone": 1, "itemsTotal": 3, "percent": 33}));
        assert_eq!(body["export"].get("downloadUrl"), None);
    }

    #[tokio::test]
    async fn a_failed_export_says_why() {
        let stage = Stage::new().await;
        let (user, token) = caller(Role::User);
        let job = stage.begun(ExportJob::request(user, now())).await;
        stage.exports.fail(&job, "Too bad.", now()).await.unwrap();
        let body = read(job.id).as_caller(&token).send(&stage.router).await.json();
        assert_eq!(
            (&body["export"]["status"], &body["export"]["error"]),
            (&json!("failed"), &json!("Too bad."))
        );
    }

    #[tokio::test]
    async fn an_export_that_is_left_lying_does_not_run_forever() {
        let stage = Stage::new().await;
        let (user, token) = caller(Role::User);
        let long_ago = Timestamp::from_millis(now().as_millis() - 24 * 60 * 60 * 1000).unwrap();
        let job = stage.begun(ExportJob::request(user, long_ago)).await;
        let body = read(job.id).as_caller(&token).send(&stage.router).await.json();
        assert_eq!(body["export"]["status"], "failed");
        assert!(body["export"]["error"].is_string());
    }

    #[tokio::test]
    async fn the_exports_of_others_and_those_past_their_time_are_not_found() {
        let stage = Stage::new().await;
        let (user, token) = caller(Role::User);
        let theirs = stage.completed(caller(Role::User).0).await.id.to_string();
        let kept_for = ExportJob::KEPT_FOR + Duration::from_secs(1);
        let before = now().as_millis() - i64::try_from(kept_for.as_millis()).unwrap();
        let old = ExportJob::request(user, Timestamp::from_millis(before).unwrap());
        stage.exports.create(&old, &app_domain::Origin::default()).await.unwrap();
        for id in [theirs, old.id.to_string(), "nonsense".to_owned()] {
            let reply = read(&id).as_caller(&token).send(&stage.router).await;
            assert_eq!((reply.status.as_u16(), reply.error_type()), (404, json!("NotFound")), "{id}");
        }
    }

    #[tokio::test]
    async fn a_stranger_is_refused() {
        let stage = Stage::new().await;
        let job = stage.completed(caller(Role::User).0).await;
        assert_eq!(read(job.id).send(&stage.router).await.status, 401);
    }

    #[tokio::test]
    async fn the_real_event_reads_one_export() {
        let stage = Stage::new().await;
        let (_, token) = caller(Role::User);
        let event = event("exports/read.json");
        assert_eq!(event["path"], format!("/exports/{}", event["pathParameters"]["id"].as_str().unwrap()));
        let call = Call::new(
            event["httpMethod"].as_str().unwrap().parse().unwrap(),
            event["path"].as_str().unwrap(),
        );
        assert_eq!(
            call.as_caller(&token).send(&stage.router).await.json()["error"]["message"],
            "There is no such export."
        );
    }
}
