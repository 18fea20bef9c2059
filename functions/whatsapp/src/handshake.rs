//! `GET /whatsapp/webhook`: Meta's check that the webhook is ours, made when it is registered.

use app_http::{ApiError, ApiErrors, ErrorBody};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use secrecy::ExposeSecret;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::App;

/// What Meta asks.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Handshake {
    /// Always `subscribe`.
    #[serde(rename = "hub.mode")]
    mode: String,
    /// The token that was entered where the webhook was registered.
    #[serde(rename = "hub.verify_token")]
    verify_token: String,
    /// What to answer with.
    #[serde(rename = "hub.challenge")]
    challenge: String,
}

/// Confirm the webhook to Meta.
#[utoipa::path(
    get, operation_id = "whatsappHandshake", path = "/whatsapp/webhook", tag = "whatsapp",
    params(Handshake),
    responses(
        (status = 200, description = "The challenge and nothing else.", body = String, content_type = "text/plain"),
        (status = 403, description = "Not Meta, or another token.", body = ErrorBody),
        ApiErrors,
    ),
)]
pub(crate) async fn handshake(
    State(app): State<App>,
    handshake: Result<Query<Handshake>, QueryRejection>,
) -> Result<String, ApiError> {
    let Query(asked) = handshake.map_err(|_| refused())?;
    let token = app.verify_token.read().await?;
    let knows_token =
        verify_slices_are_equal(asked.verify_token.as_bytes(), token.expose_secret().as_bytes()).is_ok();
    if asked.mode == "subscribe" && knows_token { Ok(asked.challenge) } else { Err(refused()) }
}

fn refused() -> ApiError {
    ApiError::forbidden(
        "InvalidVerifyToken",
        "hub.mode, hub.verify_token and hub.challenge are not as they should be.",
    )
}

#[cfg(test)]
mod tests {
    use app_testing::{Call, event};
    use axum::http::StatusCode;

    use crate::testing::Cloud;

    #[tokio::test]
    async fn answers_the_challenge_and_nothing_else() {
        let reply = Call::of_event(&event("whatsapp/handshake.json")).send(&Cloud::default().service()).await;
        assert_eq!((reply.status, reply.text.as_str()), (StatusCode::OK, "7340021956"));
        assert!(reply.headers["content-type"].to_str().unwrap().starts_with("text/plain"));
    }

    #[tokio::test]
    async fn refuses_whoever_does_not_know_the_token() {
        let service = Cloud::default().service();
        for query in [
            "",
            "?hub.mode=subscribe&hub.challenge=1",
            "?hub.mode=subscribe&hub.challenge=1&hub.verify_token=",
            "?hub.mode=subscribe&hub.challenge=1&hub.verify_token=verify-token-for-test",
            "?hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=verify-token-for-tests",
            "?hub.mode=subscribe&hub.verify_token=verify-token-for-tests",
            "?hub.mode=subscribe&hub.challenge=1&hub.verify_token=x&hub.verify_token=verify-token-for-tests",
        ] {
            let reply = Call::get(&format!("/whatsapp/webhook{query}")).send(&service).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{query}");
            assert_eq!(reply.error_type(), "InvalidVerifyToken");
        }
    }
}
