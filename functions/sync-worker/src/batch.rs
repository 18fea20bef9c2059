//! A batch from the queue: one update after the other, one log line each, failures reported one by one.

use std::collections::HashSet;

use app_connectors::whatsapp::Update;
use app_domain::{StoreError, Timestamp};
use app_runtime::causes;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};

use crate::App;
use crate::outcome::Failure;
use crate::receive::receive;

/// The attribute by which the queue keeps messages of one sender in order.
const GROUP: &str = "MessageGroupId";

/// Handles a batch. What fails is reported and comes again. While the store or a queue fails, everything behind it of the same group
/// comes again too, untouched, which keeps the group's order. A message that will never be read holds nothing back: those
/// behind it would be given up with it.
pub async fn handle(app: &App, event: SqsEvent, now: Timestamp) -> SqsBatchResponse {
    let mut answer = SqsBatchResponse::default();
    let mut stuck: HashSet<String> = HashSet::new();
    for message in event.records {
        let id = message.message_id.clone().unwrap_or_default();
        let group = message.attributes.get(GROUP).cloned();
        if group.as_ref().is_some_and(|group| stuck.contains(group)) {
            tracing::info!(messageId = id, outcome = "held back", "message");
            answer.add_failure(id);
            continue;
        }
        match dealt_with(app, &id, &message, now).await {
            Ending::Done => {}
            Ending::Hopeless => answer.add_failure(id),
            Ending::Later => {
                answer.add_failure(id);
                stuck.extend(group);
            }
        }
    }
    answer
}

/// How it went with one update.
enum Ending {
    /// It is dealt with.
    Done,
    /// It may go better another time.
    Later,
    /// It will go no better another time.
    Hopeless,
}

/// Handles one update and logs what became of it: ids and hashes alone, no phone, no name, no word of what it says.
async fn dealt_with(app: &App, id: &str, message: &SqsMessage, now: Timestamp) -> Ending {
    let body = message.body.as_deref().unwrap_or_default();
    let update = match Update::from_body(body) {
        Ok(update) => update,
        // The error's own words could quote the body.
        Err(error) => {
            tracing::error!(messageId = id, outcome = "unreadable", column = error.column(), "message");
            return Ending::Hopeless;
        }
    };
    let (kind, hash) = named(&update);
    let wamid = hash.get(..16);
    match receive(app, &update, body, now).await {
        Ok(outcome) => {
            let (name, user) = (outcome.name(), outcome.user().map(|user| user.hashed()));
            tracing::info!(messageId = id, wamid, kind, outcome = name, userId = user, "message");
            Ending::Done
        }
        Err(failure) => {
            tracing::error!(
                messageId = id,
                wamid,
                kind,
                outcome = "failed",
                causes = causes(&failure),
                "message"
            );
            match failure {
                Failure::NoMemory(_) | Failure::Store(StoreError::Corrupt(_)) => Ending::Hopeless,
                Failure::Store(_) | Failure::Queue(_) => Ending::Later,
            }
        }
    }
}

/// What it is and what stands for it, for the log.
fn named(update: &Update) -> (&str, String) {
    match update {
        Update::Message(delivery) => (&delivery.kind, delivery.message_hash()),
        Update::Status(status) => ("status", status.message_hash()),
        Update::Contact(_) => ("contact", update.deduplication()),
        Update::Account(_) => ("account", update.deduplication()),
    }
}
