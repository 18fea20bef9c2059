//! A batch from the queue: one chore after the other, one log line each, failures reported one by one.

use app_domain::Chore;
use app_runtime::{QueueMessage, causes, one_by_one};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};

use crate::Worker;
use crate::chore::{Outcome, attempt};
use crate::deadline::Deadline;

/// Handles a batch. What fails is reported and comes again; what fails every time ends among the dead letters.
pub async fn handle(worker: &Worker, event: SqsEvent) -> SqsBatchResponse {
    let deadline = Deadline::of(worker);
    one_by_one(event, "chore", |message| dealt_with(worker, message, deadline)).await
}

/// Does one chore and logs what became of it: ids and hashes alone, no tag.
async fn dealt_with(worker: &Worker, message: QueueMessage<Chore>, deadline: Deadline) -> bool {
    let QueueMessage { id, body: chore, .. } = message;
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
