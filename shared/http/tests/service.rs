//! What surrounds every handler: envelope, limits, headers, panics, callers.

use app_domain::Role;
use app_http::{ApiError, Caller, DeleteMemories, FieldErrors, Parse, ValidJson, service};
use app_testing::{Call, authenticator, caller};
use axum::Router;
use axum::routing::{get, post};
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Echo {
    text: String,
}

impl Parse for Echo {
    type Parsed = String;

    fn parse(self) -> Result<String, FieldErrors> {
        Ok(self.text)
    }
}

async fn panics() -> &'static str {
    panic!("a bug")
}

fn app() -> Router {
    let router = Router::new()
        .route("/echo", post(async |ValidJson(text): ValidJson<Echo>| text))
        .route("/panic", get(panics))
        .route("/down", get(async || ApiError::unavailable("10.0.0.1 refused")))
        .route("/delete", get(async |_: Caller<DeleteMemories>| "deleted"))
        .with_state::<()>(authenticator());
    service(router, "https://app.example.com")
}

#[tokio::test]
async fn every_failure_has_the_envelope_and_the_request_id() {
    let reply = Call::get("/nowhere").send(&app()).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    let body = reply.json();
    assert_eq!(body["success"], false);
    assert_eq!(body["error"]["code"], 404);
    assert_eq!(body["error"]["requestId"], reply.headers["x-request-id"].to_str().unwrap());
    assert_eq!(reply.headers["content-type"], "application/json");
}

#[tokio::test]
async fn a_method_that_is_not_answered_is_405() {
    let reply = Call::new(Method::DELETE, "/echo").send(&app()).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (405, json!("MethodNotAllowed")));
}

#[tokio::test]
async fn a_panic_is_a_500_without_details() {
    let reply = Call::get("/panic").send(&app()).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (500, json!("InternalError")));
    assert!(!reply.text.contains("a bug"));
}

#[tokio::test]
async fn a_dependency_that_is_down_is_a_503_that_says_when_to_retry() {
    let reply = Call::get("/down").send(&app()).await;
    assert_eq!((reply.status.as_u16(), reply.headers["retry-after"].to_str().unwrap()), (503, "1"));
    assert!(!reply.text.contains("10.0.0.1"));
}

#[tokio::test]
async fn bodies_are_checked_before_they_are_read() {
    let app = app();
    let plain = Call::new(Method::POST, "/echo").body("{\"text\":\"a\"}").send(&app).await;
    assert_eq!((plain.status.as_u16(), plain.error_type()), (415, json!("UnsupportedMediaType")));
    let huge = Call::post("/echo", &json!({"text": "a".repeat(300 * 1024)})).send(&app).await;
    assert_eq!((huge.status.as_u16(), huge.error_type()), (413, json!("PayloadTooLarge")));
    let good = Call::post("/echo", &json!({"text": "ä"})).send(&app).await;
    assert_eq!((good.status.as_u16(), good.text.as_str()), (200, "ä"));
}

#[tokio::test]
async fn a_stranger_is_asked_for_a_token() {
    let reply = Call::get("/delete").send(&app()).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (401, json!("Unauthenticated")));
    assert_eq!(reply.headers["www-authenticate"], "Bearer");
    let basic = Call::get("/delete").header("authorization", "Basic YTpi").send(&app()).await;
    assert_eq!(basic.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_caller_without_the_permission_is_refused() {
    let (_, user) = caller(Role::User);
    let reply = Call::get("/delete").as_caller(&user).send(&app()).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (403, json!("PermissionDenied")));
    let (_, premium) = caller(Role::Premium);
    assert_eq!(Call::get("/delete").as_caller(&premium).send(&app()).await.text, "deleted");
}

#[tokio::test]
async fn answers_carry_the_security_headers_and_the_origin() {
    let reply = Call::post("/echo", &json!({"text": "a"}))
        .header("origin", "https://app.example.com")
        .send(&app())
        .await;
    for name in
        ["strict-transport-security", "x-content-type-options", "content-security-policy", "cache-control"]
    {
        assert!(reply.headers.contains_key(name), "{name}");
    }
    assert_eq!(reply.headers["access-control-allow-origin"], "https://app.example.com");
}

/// Whoever streams has no gateway in front of it that would answer this.
#[tokio::test]
async fn a_browser_is_told_what_it_may_send() {
    let ask = |origin: &str| {
        Call::new(Method::OPTIONS, "/echo")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type,last-event-id,x-api-key")
    };
    let told = ask("https://app.example.com").send(&app()).await;
    let list = |name: &str| {
        let mut values: Vec<&str> = told.headers[name].to_str().unwrap().split(',').collect();
        values.sort_unstable();
        values.join(" ")
    };
    assert_eq!(told.status, StatusCode::OK);
    assert_eq!(told.headers["access-control-allow-origin"], "https://app.example.com");
    assert_eq!(list("access-control-allow-headers"), "authorization content-type last-event-id x-api-key");
    assert_eq!(list("access-control-allow-methods"), "DELETE GET PATCH POST PUT");
    assert_eq!(told.headers["access-control-max-age"], "600");
    let stranger = ask("https://evil.example.com").send(&app()).await;
    assert_eq!(stranger.headers["access-control-allow-origin"], "https://app.example.com");
}
