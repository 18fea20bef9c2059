//! A batch from the queue: one mail after the other, one log line each, failures reported one by one.

use app_domain::{MailJob, Timestamp};
use app_runtime::causes;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};

use crate::App;
use crate::deliver::{Failure, deliver};
use crate::letter::name_of;

/// Handles a batch. What fails is reported and comes again; what fails every time ends among the dead letters.
pub async fn handle(app: &App, event: SqsEvent, now: Timestamp) -> SqsBatchResponse {
    let mut answer = SqsBatchResponse::default();
    for message in event.records {
        if !dealt_with(app, &message, now).await {
            answer.add_failure(message.message_id.unwrap_or_default());
        }
    }
    answer
}

/// Handles one message and logs what became of it: ids and hashes alone, no address, no name, no token.
async fn dealt_with(app: &App, message: &SqsMessage, now: Timestamp) -> bool {
    let id = message.message_id.as_deref().unwrap_or_default();
    let Ok(job) = serde_json::from_str::<MailJob>(message.body.as_deref().unwrap_or_default()) else {
        // Nothing of the error: its words could quote the body.
        tracing::error!(messageId = id, outcome = "unreadable", "mail");
        return false;
    };
    let (mail, kind) = (job.id.to_string(), name_of(&job.kind));
    match deliver(app, &job, now).await {
        Ok(done) => {
            let (outcome, user) = (done.outcome.name(), done.user.map(|user| user.hashed()));
            tracing::info!(messageId = id, mailId = mail, kind, outcome, userId = user, "mail");
            true
        }
        Err(Failure::Busy) => {
            tracing::info!(messageId = id, mailId = mail, kind, outcome = "busy", "mail");
            false
        }
        Err(failure) => {
            let (outcome, causes) = (failure.name(), causes(&failure));
            tracing::error!(messageId = id, mailId = mail, kind, outcome, causes, "mail");
            false
        }
    }
}
