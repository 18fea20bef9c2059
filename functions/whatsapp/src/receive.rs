//! `POST /whatsapp/webhook`: Meta delivers. Nothing is acknowledged that is not in the bucket, byte for byte, and in the queue,
//! piece by piece: Meta repeats what was not answered with 200, for seven days.
//!
//! What is signed and cannot be read is acknowledged all the same, once it is kept: nothing would make it readable in seven
//! days, and meanwhile Meta would hold back what else it has. It is logged as an error, which an alarm counts.

use app_connectors::whatsapp::{Signature, Update, Webhook};
use app_domain::Timestamp;
use app_http::{ApiError, ApiErrors, ErrorBody, Now};
use app_runtime::OrderedMessage;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret, SecretString};

use crate::App;
use crate::bucket::Folder;

/// As much as Meta sends at once.
pub(crate) const MAX_BODY_BYTES: usize = 3 * 1024 * 1024;

/// Receive messages from Meta.
#[utoipa::path(
    post, operation_id = "receiveWhatsapp", path = "/whatsapp/webhook", tag = "whatsapp",
    params(("X-Hub-Signature-256" = String, Header, description = "`sha256=` and the HMAC-SHA256 of the raw body under an app secret.")),
    request_body = serde_json::Value,
    responses(
        (status = 200, description = "The body is kept, and everything in it is in the queue. A body that is no JSON is kept, too."),
        (status = 401, description = "Not signed with an app secret.", body = ErrorBody),
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
    if !is_signed(&app, &signature, &body).await? {
        return Err(not_signed());
    }
    match messages_in(&body, now) {
        Ok(messages) => {
            let kept = app.bucket.keep(Folder::Raw, body, now);
            let sent = app.queue.send_all(messages);
            let (kept, sent, _for_the_next) = futures_util::join!(kept, sent, app.app_secret.read());
            kept.and(sent.map_err(ApiError::unavailable))?;
        }
        Err(error) => {
            log_unread(&error);
            app.bucket.keep(Folder::Unread, body, now).await?;
        }
    }
    Ok(StatusCode::OK)
}

fn signature_in(headers: &HeaderMap) -> Option<Signature> {
    Signature::parse(headers.get(Signature::HEADER)?.to_str().ok()?)
}

/// Whether the body is signed with an app secret. Nobody waits for a secret that is known, unless it does not fit.
async fn is_signed(app: &App, signature: &Signature, body: &[u8]) -> Result<bool, ApiError> {
    let is_good = |secrets: &SecretString| signature.is_of_any(body, secrets.expose_secret());
    if app.app_secret.recent().as_ref().is_some_and(is_good) {
        return Ok(true);
    }
    Ok(is_good(&app.app_secret.read().await?))
}

fn not_signed() -> ApiError {
    ApiError::unauthenticated("InvalidSignature", "X-Hub-Signature-256 is not the signature of this body.")
}

fn unreadable(rejection: BytesRejection) -> ApiError {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::too_large(MAX_BODY_BYTES),
        _ => ApiError::malformed("UnreadableBody", "The body could not be read."),
    }
}

/// What a body says, as the queue takes it. The hashes keep phone numbers out of the queue's metadata, and ids within its limits.
fn messages_in(body: &[u8], now: Timestamp) -> Result<Vec<OrderedMessage>, serde_json::Error> {
    let webhook = Webhook::read(body, now)?;
    log(&webhook);
    let message = |update: &Update| {
        let body = update.to_body()?;
        Ok(OrderedMessage { body, group: update.group(), deduplication: update.deduplication() })
    };
    webhook.updates.iter().map(message).collect()
}

/// Counts what came. Codes are the account's or the platform's faults.
fn log(webhook: &Webhook) {
    let count = |is_counted: fn(&Update) -> bool| webhook.updates.iter().filter(|it| is_counted(it)).count();
    tracing::info!(
        messages = count(|update| matches!(update, Update::Message(_))),
        statuses = count(|update| matches!(update, Update::Status(_))),
        contacts = count(|update| matches!(update, Update::Contact(_))),
        accounts = count(|update| matches!(update, Update::Account(_))),
        otherFields = webhook.other_fields.join(","),
        "webhook"
    );
    if !webhook.errors.is_empty() {
        tracing::warn!(codes = ?webhook.errors, "Meta reports faults");
    }
}

/// Says where it stopped making sense, and not what was there.
fn log_unread(error: &serde_json::Error) {
    let (line, column) = (error.line(), error.column());
    tracing::error!(unread = true, category = ?error.classify(), line, column, "a signed webhook cannot be read");
}

#[cfg(test)]
#[path = "receive_tests.rs"]
mod tests;
