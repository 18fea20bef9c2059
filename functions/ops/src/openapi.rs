//! `GET /openapi.json`.

use std::sync::LazyLock;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::kept::{fingerprint, has_it};

/// The description as it was generated from the code that is deployed; a test keeps the two alike.
const DESCRIPTION: &str = include_str!("../../../docs/openapi.json");

/// Changes when the description does.
static ETAG: LazyLock<String> = LazyLock::new(|| format!("\"{}\"", fingerprint(DESCRIPTION)));

/// Read this description of the API (OpenAPI 3.1).
#[utoipa::path(
    get, operation_id = "readOpenapi", path = "/openapi.json", tag = "ops",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` of the description you have.")),
    responses(
        (
            status = 200, description = "The description.", body = serde_json::Map<String, serde_json::Value>, content_type = "application/json",
            headers(("ETag" = String, description = "Changes when the description does.")),
        ),
        (status = 304, description = "You have it."),
    ),
)]
pub(crate) async fn openapi(headers: HeaderMap) -> Response {
    let caching = [(header::ETAG, ETAG.as_str()), (header::CACHE_CONTROL, "public, max-age=300")];
    if has_it(&headers, &ETAG) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, [(header::CONTENT_TYPE, "application/json")], DESCRIPTION).into_response()
}

#[cfg(test)]
mod tests {
    use app_testing::{Call, Reply, event};

    use super::*;
    use crate::{App, Check, Checks, Health, router};

    async fn asked(if_none_match: Option<&str>) -> Reply {
        let checks = Checks::all(&Check::new(async || Ok(())));
        let router = router(App::of(Health::new(checks)), "*");
        let event = event("ops/openapi.json");
        let call = Call::new(
            event["httpMethod"].as_str().unwrap().parse().unwrap(),
            event["path"].as_str().unwrap(),
        );
        let call = if_none_match.into_iter().fold(call, |call, tag| call.header("if-none-match", tag));
        call.send(&router).await
    }

    #[tokio::test]
    async fn the_description_is_served_as_json_that_may_be_kept_for_a_while() {
        let reply = asked(None).await;
        assert_eq!((reply.status.as_u16(), reply.text.as_str()), (200, DESCRIPTION));
        assert_eq!(reply.headers["content-type"], "application/json");
        assert_eq!(
            reply.headers.get_all("cache-control").iter().collect::<Vec<_>>(),
            ["public, max-age=300"]
        );
        assert!(reply.json()["openapi"].as_str().unwrap().starts_with("3."));
    }

    #[tokio::test]
    async fn who_has_it_is_not_sent_it_again() {
        let tag = asked(None).await.headers["etag"].to_str().unwrap().to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let reply = asked(Some(&known)).await;
            assert_eq!((reply.status.as_u16(), reply.text.as_str()), (304, ""), "{known}");
            assert_eq!(reply.headers["etag"], tag.as_str());
        }
        assert_eq!(asked(Some("\"other\"")).await.status, 200);
    }
}
