//! A batch from the queue: one mail after the other, one log line each, failures reported one by one.

use app_domain::{MailJob, Timestamp};
use app_runtime::{QueueMessage, causes, one_by_one};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};

use crate::App;
use crate::deliver::{Failure, deliver};
use crate::letter::name_of;

/// Handles a batch. What fails is reported and comes again; what fails every time ends among the dead letters.
pub async fn handle(app: &App, event: SqsEvent, now: Timestamp) -> SqsBatchResponse {
    one_by_one(event, "mail", |message| dealt_with(app, message, now)).await
}

/// Handles one message and logs what became of it: ids and hashes alone, no address, no name, no token.
async fn dealt_with(app: &App, message: QueueMessage<MailJob>, now: Timestamp) -> bool {
    let QueueMessage { id, body: job, .. } = message;
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
