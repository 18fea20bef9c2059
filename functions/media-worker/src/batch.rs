//! A batch from the queue: one job after the other, one log line each, failures reported one by one. What fails comes again when the
//! queue shows it again.

use app_domain::MediaJob;
use app_runtime::{QueueMessage, causes, one_by_one};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};

use crate::{MAX_RECEIVES, Worker};

/// Handles a batch. What fails is reported and comes again; what fails every time ends among the dead letters.
pub async fn handle(worker: &Worker, event: SqsEvent) -> SqsBatchResponse {
    one_by_one(event, "media", |message| dealt_with(worker, message)).await
}

/// Does one job and logs what became of it: ids and hashes alone.
async fn dealt_with(worker: &Worker, message: QueueMessage<MediaJob>) -> bool {
    let QueueMessage { id, body: job, receives, .. } = message;
    let (memory, user) = (job.memory, job.owner.hashed());
    match worker.attempt(&job, receives >= MAX_RECEIVES).await {
        Ok(outcome) => {
            let outcome = outcome.name();
            tracing::info!(messageId = id, memory.id = %memory, userId = user, receives, outcome, "media");
            true
        }
        Err(failure) => {
            let causes = causes(&failure);
            tracing::error!(messageId = id, memory.id = %memory, userId = user, receives, outcome = "failed", causes, "media");
            false
        }
    }
}
