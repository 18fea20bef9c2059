//! `POST /exports`.

use app_domain::{ExportJob, Invalid, Job, Timestamp};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, FieldErrors, Now, Parse, ReadMemories, ValidJson,
};
use app_runtime::Queue;
use app_store::Exports;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::body::{ExportBody, OneExport};

/// What to export.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportRequest {
    /// The format of the file: `json`.
    #[schema(example = "json")]
    format: String,
}

/// There is one format, so nothing is left to choose after parsing.
impl Parse for ExportRequest {
    type Parsed = ();

    fn parse(self) -> Result<(), FieldErrors> {
        match self.format.as_str() {
            "json" => Ok(()),
            _ => Err(FieldErrors::one("format", &Invalid::new("must be json"))),
        }
    }
}

/// Ask for a file with all memories.
///
/// It is written in the background: follow the `Location` to see how far it has come.
#[utoipa::path(
    post, operation_id = "requestExport", path = "/exports", tag = "exports", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    request_body = ExportRequest,
    responses(
        (
            status = 202, description = "The export is queued.", body = OneExport,
            headers(("Location" = String, description = "Where the export can be followed.")),
        ),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn request(
    State(exports): State<Exports>,
    State(queue): State<Queue<Job>>,
    caller: Caller<ReadMemories>,
    Now(now): Now,
    _checked: ValidJson<ExportRequest>,
) -> Result<impl IntoResponse, ApiError> {
    let job = ExportJob::request(caller.user_id, now);
    // Written before it is sent, so that the worker always finds it.
    exports.create(&job, &caller.origin).await?;
    if let Err(error) = queue.send(&job.task()).await {
        give_up(&exports, &job, now).await;
        return Err(ApiError::unavailable(error));
    }
    let location = [(header::LOCATION, format!("/api/exports/{}", job.id))];
    Ok((StatusCode::ACCEPTED, location, Json(OneExport { export: ExportBody::new(job, None) })))
}

/// Marks a job that could not be sent, so that nobody waits for it. Best effort: its owner has been told anyway.
async fn give_up(exports: &Exports, job: &ExportJob, now: Timestamp) {
    if let Err(error) = exports.fail(job, "The export could not be queued. Ask for a new one.", now).await {
        tracing::warn!(export.id = %job.id, error = %error, "could not mark export {} as failed", job.id);
    }
}

#[cfg(test)]
mod tests {
    use app_domain::{ExportId, ExportStatus, Role};
    use app_testing::{Call, caller, event};
    use serde_json::{Value, json};

    use crate::testing::Stage;

    #[tokio::test]
    async fn an_export_is_queued_and_can_be_followed() {
        let stage = Stage::new().await;
        let (user, token) = caller(Role::User);
        let reply =
            Call::post("/exports", &json!({"format": "json"})).as_caller(&token).send(&stage.router).await;

        assert_eq!(reply.status, 202, "{reply:?}");
        let body = reply.json();
        let id = body["export"]["id"].as_str().unwrap().to_owned();
        assert_eq!(reply.headers["location"], format!("/api/exports/{id}"));
        assert_eq!(stage.sent(), [json!({"kind": "export", "jobId": id, "userId": user})]);
        insta::assert_json_snapshot!(body, {
            ".export.id" => "[id]", ".export.createdAt" => "[now]", ".export.updatedAt" => "[now]",
            ".export.expiresAt" => "[in a week]",
        }, @r#"
        {
          "export": {
            "createdAt": "[now]",
            "expiresAt": "[in a week]",
            "format": "json",
            "id": "[id]",
            "progress": {
              "itemsDone": 0,
              "itemsTotal": 0,
              "percent": 0
            },
            "status": "queued",
            "updatedAt": "[now]"
          }
        }
        "#);
    }

    #[tokio::test]
    async fn other_formats_are_refused_by_name() {
        let stage = Stage::new().await;
        let (_, token) = caller(Role::User);
        for body in [json!({"format": "csv"}), json!({"format": "JSON"}), json!({"format": 1}), json!({})] {
            let reply = Call::post("/exports", &body).as_caller(&token).send(&stage.router).await;
            assert_eq!(
                (reply.status.as_u16(), reply.wrong_fields()),
                (422, vec!["format".to_owned()]),
                "{body}"
            );
        }
        assert_eq!(stage.sent(), [] as [Value; 0]);
    }

    #[tokio::test]
    async fn a_stranger_is_refused() {
        let stage = Stage::new().await;
        let reply = Call::post("/exports", &json!({"format": "json"})).send(&stage.router).await;
        assert_eq!(reply.status, 401);
    }

    #[tokio::test]
    async fn a_job_that_cannot_be_sent_is_failed_and_the_client_told_to_try_again() {
        let stage = Stage::with_broken_queue().await;
        let (user, token) = caller(Role::User);
        let reply =
            Call::post("/exports", &json!({"format": "json"})).as_caller(&token).send(&stage.router).await;

        assert_eq!((reply.status.as_u16(), reply.error_type()), (503, json!("Unavailable")));
        assert!(reply.headers.contains_key("retry-after"));
        assert!(!reply.text.contains("queue"), "{}", reply.text);
        let id: ExportId = stage.sent()[0]["jobId"].as_str().unwrap().parse().unwrap();
        let job = stage.exports.get(user, id).await.unwrap().unwrap();
        assert_eq!(job.status, ExportStatus::Failed);
    }

    #[tokio::test]
    async fn the_real_event_asks_for_an_export() {
        let stage = Stage::new().await;
        let (_, token) = caller(Role::User);
        let event = event("exports/request.json");
        let call = Call::new(
            event["httpMethod"].as_str().unwrap().parse().unwrap(),
            event["path"].as_str().unwrap(),
        );
        let call = call.header("content-type", event["headers"]["Content-Type"].as_str().unwrap());
        let reply =
            call.body(event["body"].as_str().unwrap().to_owned()).as_caller(&token).send(&stage.router).await;
        assert_eq!(reply.status, 202, "{reply:?}");
    }
}
