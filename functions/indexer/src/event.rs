//! What comes, and what is answered.

use aws_lambda_events::dynamodb::Event as StreamEvent;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_lambda_events::streams::DynamoDbEventResponse;
use serde::{Deserialize, Serialize};

/// What comes.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum IndexEvent {
    /// Changes, from the table's stream.
    Stream(StreamEvent),
    /// Work, from the queue.
    Queue(SqsEvent),
}

/// Which of it has to come again.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum IndexResponse {
    /// Of changes, the first: all behind it come again.
    Stream(DynamoDbEventResponse),
    /// Of work, each.
    Queue(SqsBatchResponse),
}
