//! `GET /ready`.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// That the function runs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Readiness {
    /// Always `ready`.
    #[schema(example = "ready")]
    status: &'static str,
}

/// See whether the API answers. It asks nothing else, so it is cheap.
#[utoipa::path(
    get, operation_id = "readReady", path = "/ready", tag = "ops",
    responses((status = 200, description = "It does.", body = Readiness)),
)]
pub(crate) async fn ready() -> Json<Readiness> {
    Json(Readiness { status: "ready" })
}

#[cfg(test)]
mod tests {
    use app_testing::{Call, event};
    use serde_json::json;

    use crate::{App, Check, Checks, Health, router};

    #[tokio::test]
    async fn it_is_ready_whatever_else_is_not() {
        let checks = Checks::all(&Check::new(async || Err("down".into())));
        let router = router(App::of(Health::new(checks)), "*");
        let event = event("ops/ready.json");
        let call = Call::new(
            event["httpMethod"].as_str().unwrap().parse().unwrap(),
            event["path"].as_str().unwrap(),
        );
        let reply = call.send(&router).await;
        assert_eq!((reply.status.as_u16(), reply.json()), (200, json!({"status": "ready"})));
    }
}
