//! `POST /whatsapp/webhook`: Meta delivers. Nothing is acknowledged that is not in the queue: Meta repeats what was not
//! answered with 200, for seven days.

use app_connectors::whatsapp::{Signature, Webhook};
use app_http::{ApiError, ApiErrors, ErrorBody, Now};
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use secrecy::ExposeSecret;

use crate::App;

/// As much as Meta sends at once.
pub(crate) const MAX_BODY_BYTES: usize = 3 * 1024 * 1024;

/// Receive messages from Meta.
#[utoipa::path(
    post, operation_id = "receiveWhatsapp", path = "/whatsapp/webhook", tag = "whatsapp",
    params(("X-Hub-Signature-256" = String, Header, description = "`sha256=` and the HMAC-SHA256 of the raw body under the app secret.")),
    request_body = serde_json::Value,
    responses(
        (status = 200, description = "Every message is in the queue."),
        (status = 401, description = "Not signed with the app secret.", body = ErrorBody),
        (status = 413, description = "Larger than 3 MB.", body = ErrorBody),
        ApiErrors,
    ),
)]
pub(crate) async fn receive(
    State(app): State<App>,
    Now(now): Now,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, ApiError> {
    let body = body.map_err(unreadable)?;
    let signature = signature_in(&headers).ok_or_else(not_signed)?;
    let secret = app.app_secret.read().await?;
    if !signature.is_of(&body, secret.expose_secret().as_bytes()) {
        return Err(not_signed());
    }
    let webhook = Webhook::read(&body, now).map_err(|_| not_a_webhook())?;
    log(&webhook);
    app.queue.send(&webhook.deliveries).await?;
    Ok(StatusCode::OK)
}

fn signature_in(headers: &HeaderMap) -> Option<Signature> {
    Signature::parse(headers.get(Signature::HEADER)?.to_str().ok()?)
}

fn not_signed() -> ApiError {
    ApiError::unauthenticated("InvalidSignature", "X-Hub-Signature-256 is not the signature of this body.")
}

fn not_a_webhook() -> ApiError {
    ApiError::malformed("MalformedWebhook", "The body is signed but is no webhook call in JSON.")
}

fn unreadable(rejection: BytesRejection) -> ApiError {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::too_large(MAX_BODY_BYTES),
        _ => ApiError::malformed("UnreadableBody", "The body could not be read."),
    }
}

/// Says what came, above all what goes no further: only messages do.
fn log(webhook: &Webhook) {
    tracing::info!(
        messages = webhook.deliveries.len(),
        statuses = webhook.statuses,
        errors = webhook.errors,
        otherFields = webhook.other_fields.join(","),
        "webhook"
    );
}

#[cfg(test)]
mod tests {
    use app_connectors::whatsapp::sign;
    use app_testing::{Call, Reply, event};
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{APP_SECRET, Sqs, service_with};

    async fn post(sqs: &Sqs, body: &str, signature: Option<&str>) -> Reply {
        let call = Call::new(axum::http::Method::POST, "/whatsapp/webhook").body(body.to_owned());
        let call = match signature {
            Some(signature) => call.header(Signature::HEADER, signature),
            None => call,
        };
        call.send(&service_with(sqs)).await
    }

    async fn deliver(sqs: &Sqs, body: &str) -> Reply {
        post(sqs, body, Some(&sign(APP_SECRET.as_bytes(), body.as_bytes()))).await
    }

    fn messages(ids: impl Iterator<Item = usize>) -> String {
        let message = |n| json!({"id": format!("wamid.{n}"), "from": "4915550002222", "type": "text", "text": {"body": "x"}});
        let value = json!({"messages": ids.map(message).collect::<Vec<Value>>()});
        json!({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).to_string()
    }

    #[tokio::test]
    async fn a_signed_message_goes_to_the_queue() {
        let sqs = Sqs::default();
        let reply = Call::of_event(&event("whatsapp/text.json")).send(&service_with(&sqs)).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        let [sent] = &sqs.sent()[..] else { panic!("one message") };
        let body: Value = serde_json::from_str(sent.body()).unwrap();
        assert_eq!(body["wamid"], "wamid.TEST0001");
        assert_eq!(body["from"], "4915550002222");
        assert_eq!(body["contactName"], "Jörg 🚀");
        assert_eq!(body["phoneNumberId"], "700800900100200");
        assert_eq!(body["message"]["text"]["body"], "Über https://a.example/x");
        assert!(!format!("{} {}", sent.group(), sent.deduplication()).contains("4915550002222"));
    }

    #[tokio::test]
    async fn every_message_of_several_entries_goes_to_the_queue() {
        let sqs = Sqs::default();
        let reply = Call::of_event(&event("whatsapp/several.json")).send(&service_with(&sqs)).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        assert_eq!(sqs.wamids(), ["wamid.S1", "wamid.S2", "wamid.S3"]);
    }

    #[tokio::test]
    async fn statuses_are_acknowledged_and_go_nowhere() {
        let sqs = Sqs::default();
        let reply = Call::of_event(&event("whatsapp/status.json")).send(&service_with(&sqs)).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        assert!(sqs.sent().is_empty());
    }

    #[tokio::test]
    async fn nothing_unsigned_is_read() {
        let sqs = Sqs::default();
        let body = messages(0..1);
        let good = sign(APP_SECRET.as_bytes(), body.as_bytes());
        let wrong = sign(b"another secret", body.as_bytes());
        let malformed = good.replace("sha256=", "");
        for signature in [None, Some(""), Some(malformed.as_str()), Some(wrong.as_str())] {
            let reply = post(&sqs, &body, signature).await;
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{signature:?}");
            assert_eq!(reply.error_type(), "InvalidSignature");
        }
        assert_eq!(post(&sqs, &format!("{body} "), Some(&good)).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(post(&sqs, "not JSON", None).await.status, StatusCode::UNAUTHORIZED);
        assert!(sqs.sent().is_empty());
    }

    #[tokio::test]
    async fn signed_nonsense_is_malformed() {
        let reply = deliver(&Sqs::default(), "not JSON").await;
        assert_eq!((reply.status, reply.error_type()), (StatusCode::BAD_REQUEST, json!("MalformedWebhook")));
    }

    #[tokio::test]
    async fn a_body_may_have_three_megabytes_and_no_more() {
        let padded = |bytes: usize| {
            let body = messages(0..1);
            let padding = " ".repeat(bytes - body.len());
            body + &padding
        };
        assert_eq!(deliver(&Sqs::default(), &padded(MAX_BODY_BYTES)).await.status, StatusCode::OK);
        let reply = deliver(&Sqs::default(), &padded(MAX_BODY_BYTES + 1)).await;
        assert_eq!(
            (reply.status, reply.error_type()),
            (StatusCode::PAYLOAD_TOO_LARGE, json!("PayloadTooLarge"))
        );
    }

    #[tokio::test]
    async fn a_message_the_queue_refuses_once_is_offered_again() {
        let sqs = Sqs::refusing("wamid.3", 1);
        assert_eq!(deliver(&sqs, &messages(0..25)).await.status, StatusCode::OK);
        assert_eq!(sqs.sent().len(), 25);
    }

    #[tokio::test]
    async fn a_message_the_queue_keeps_refusing_is_not_acknowledged() {
        let sqs = Sqs::refusing("wamid.3", usize::MAX);
        let reply = deliver(&sqs, &messages(0..25)).await;
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
        // The others are safe meanwhile; when Meta delivers again, the queue knows them.
        assert_eq!(sqs.sent().len(), 24);
    }

    #[tokio::test]
    async fn nothing_is_acknowledged_while_the_queue_is_down() {
        let reply = deliver(&Sqs::down(), &messages(0..1)).await;
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    }
}
