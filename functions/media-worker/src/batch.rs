//! A batch from the queue: one job after the other, one log line each, failures reported one by one. What fails comes again when the
//! queue shows it again.

use app_domain::MediaJob;
use app_runtime::causes;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};

use crate::{MAX_RECEIVES, Worker};

/// Handles a batch. What fails is reported and comes again; what fails every time ends among the dead letters.
pub async fn handle(worker: &Worker, event: SqsEvent) -> SqsBatchResponse {
    let mut answer = SqsBatchResponse::default();
    for message in event.records {
        if !dealt_with(worker, &message).await {
            answer.add_failure(message.message_id.unwrap_or_default());
        }
    }
    answer
}

/// Does one job and logs what became of it: ids and hashes alone.
async fn dealt_with(worker: &Worker, message: &SqsMessage) -> bool {
    let id = message.message_id.as_deref().unwrap_or_default();
    let Ok(job) = serde_json::from_str::<MediaJob>(message.body.as_deref().unwrap_or_default()) else {
        // Nothing of the error: its words could quote the body.
        tracing::error!(messageId = id, outcome = "unreadable", "media");
        return false;
    };
    let (memory, user, receives) = (job.memory, job.owner.hashed(), receives(message));
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

fn receives(message: &SqsMessage) -> u32 {
    let count = message.attributes.get("ApproximateReceiveCount");
    count.and_then(|count| count.parse().ok()).unwrap_or(1)
}
