//! A batch from the queue: one message after the other, one log line each, failures reported one by one.

use std::collections::HashSet;

use app_connectors::whatsapp::Delivery;
use app_domain::{Timestamp, UserId};
use app_runtime::causes;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;

use crate::App;
use crate::receive::receive;

/// The attribute by which the queue keeps messages of one sender in order.
const GROUP: &str = "MessageGroupId";

/// Handles a batch. What fails is reported and comes again; so does everything behind it of the same group, untouched, which
/// keeps the group's order.
pub async fn handle(app: &App, event: SqsEvent, now: Timestamp) -> SqsBatchResponse {
    let mut answer = SqsBatchResponse::default();
    let mut stuck: HashSet<String> = HashSet::new();
    for message in event.records {
        let id = message.message_id.clone().unwrap_or_default();
        let group = message.attributes.get(GROUP).cloned();
        if group.as_ref().is_some_and(|group| stuck.contains(group)) {
            tracing::info!(messageId = id, outcome = "held back", "message");
            answer.add_failure(id);
        } else if !dealt_with(app, &id, &message, now).await {
            answer.add_failure(id);
            stuck.extend(group);
        }
    }
    answer
}

/// Handles one message and logs what became of it: ids and hashes alone, no phone, no name, no word of what it says.
async fn dealt_with(app: &App, id: &str, message: &SqsMessage, now: Timestamp) -> bool {
    let body = message.body.as_deref().unwrap_or_default();
    let delivery = match Delivery::from_body(body) {
        Ok(delivery) => delivery,
        // The error's own words could quote the body.
        Err(error) => {
            tracing::error!(messageId = id, outcome = "unreadable", column = error.column(), "message");
            return false;
        }
    };
    let wamid = &delivery.message_hash()[..16];
    match receive(app, &delivery, body, now).await {
        Ok(outcome) => {
            let (name, user) = (outcome.name(), outcome.user().map(hashed));
            tracing::info!(
                messageId = id,
                wamid,
                kind = delivery.kind,
                outcome = name,
                userId = user,
                "message"
            );
            true
        }
        Err(failure) => {
            tracing::error!(messageId = id, wamid, outcome = "failed", causes = causes(&failure), "message");
            false
        }
    }
}

/// As the HTTP functions log a person.
fn hashed(user: UserId) -> String {
    HEXLOWER.encode(&digest(&SHA256, user.as_uuid().as_bytes()).as_ref()[..8])
}
