//! A batch from the queue: one chore after the other, one log line each, failures reported one by one.

use app_domain::Chore;
use app_runtime::causes;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};

use crate::Worker;
use crate::chore::{Outcome, attempt};
use crate::deadline::Deadline;

/// Handles a batch. What fails is reported and comes again; what fails every time ends among the dead letters.
pub async fn handle(worker: &Worker, event: SqsEvent) -> SqsBatchResponse {
    let deadline = Deadline::of(worker);
    let mut answer = SqsBatchResponse::default();
    for message in event.records {
        if !dealt_with(worker, &message, deadline).await {
            answer.add_failure(message.message_id.unwrap_or_default());
        }
    }
    answer
}

/// Does one chore and logs what became of it: ids and hashes alone, no tag.
async fn dealt_with(worker: &Worker, message: &SqsMessage, deadline: Deadline) -> bool {
    let id = message.message_id.as_deref().unwrap_or_default();
    let Ok(chore) = serde_json::from_str::<Chore>(message.body.as_deref().unwrap_or_default()) else {
        // Nothing of the error: its words could quote the body.
        tracing::error!(messageId = id, outcome = "unreadable", "chore");
        return false;
    };
    let (kind, user) = (chore.name(), chore.owner().map(|owner| owner.hashed()));
    match attempt(worker, chore, deadline).await {
        Ok(Outcome { ending, items }) => {
            tracing::info!(messageId = id, kind, userId = user, outcome = ending.name(), items, "chore");
            true
        }
        Err(failure) => {
            let causes = causes(&failure);
            tracing::error!(messageId = id, kind, userId = user, outcome = "failed", causes, "chore");
            false
        }
    }
}
