//! A batch from the queue: one thing to say after the other, one log line each, failures reported one by one.

use std::collections::HashMap;
use std::time::Duration;

use app_domain::{Outgoing, Timestamp};
use app_runtime::{causes, receives};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};

use crate::say::{Job, given_up, say};
use crate::{App, Clock};

/// The attribute by which the queue keeps what is said in one chat in order.
const GROUP: &str = "MessageGroupId";
/// How often it comes before the queue gives it up, as `template.yaml` says.
const MAX_RECEIVES: u32 = 20;

/// Handles a batch. What fails is reported, and comes again when it is worth it; so does everything behind it in its chat, untouched. What
/// cannot be read holds nothing back.
pub async fn handle(app: &App, event: SqsEvent, now: Timestamp) -> SqsBatchResponse {
    let mut answer = SqsBatchResponse::default();
    let mut stuck: HashMap<String, Duration> = HashMap::new();
    let clock = Clock::starting(now);
    for message in event.records {
        let id = message.message_id.clone().unwrap_or_default();
        let group = message.attributes.get(GROUP).cloned();
        let before = group.as_ref().and_then(|group| stuck.get(group)).copied();
        let ending = match before {
            Some(wait) => {
                tracing::info!(messageId = id, outcome = "held back", "outgoing");
                Ending::Later(wait)
            }
            None => dealt_with(app, &id, &message, clock).await,
        };
        let wait = match ending {
            Ending::Done => continue,
            Ending::Later(wait) => {
                stuck.extend(group.map(|group| (group, wait)));
                wait
            }
            // The sooner it is given up, the sooner what is behind it is said.
            Ending::Hopeless => Duration::ZERO,
        };
        app.holds.hold(message.receipt_handle.as_deref().unwrap_or_default(), wait).await;
        answer.add_failure(id);
    }
    answer
}

/// How it went with one message.
enum Ending {
    /// It is dealt with.
    Done,
    /// It is worth another try after this time.
    Later(Duration),
    /// It will go no better another time.
    Hopeless,
}

/// Handles one message and logs what became of it: ids, keys and hashes alone, no phone, no word of what is said.
async fn dealt_with(app: &App, id: &str, message: &SqsMessage, clock: Clock) -> Ending {
    let Ok(outgoing) = serde_json::from_str::<Outgoing>(message.body.as_deref().unwrap_or_default()) else {
        // Nothing of the error: its words could quote the body.
        tracing::error!(messageId = id, outcome = "unreadable", "outgoing");
        return Ending::Hopeless;
    };
    let receives = receives(message);
    let (key, task) = (outgoing.key.to_string(), outgoing.task.name());
    let user = outgoing.owner.map(|owner| owner.hashed());
    let job = Job { outgoing: &outgoing, is_again: receives > 1, clock };
    // On the heap: all that Memo does is in it.
    match Box::pin(say(app, &job)).await {
        Ok(outcome) => {
            let (outcome, code) = (outcome.name(), outcome.code());
            tracing::info!(messageId = id, key, task, outcome, code, userId = user, "outgoing");
            Ending::Done
        }
        Err(failure) => {
            let (outcome, causes) = (failure.name(), causes(&failure));
            if failure.is_alarming() {
                tracing::error!(
                    messageId = id,
                    key,
                    task,
                    outcome,
                    causes,
                    receives,
                    userId = user,
                    "outgoing"
                );
            } else {
                tracing::info!(
                    messageId = id,
                    key,
                    task,
                    outcome,
                    causes,
                    receives,
                    userId = user,
                    "outgoing"
                );
            }
            if receives >= MAX_RECEIVES {
                given_up(app, &job).await;
            }
            Ending::Later(failure.wait(receives))
        }
    }
}
