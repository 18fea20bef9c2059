//! Changes from the table's stream.

use std::collections::{BTreeMap, BTreeSet};

use app_domain::UserId;
use app_runtime::causes;
use app_store::owner_of_change;
use aws_lambda_events::dynamodb::{Event, EventRecord};
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use futures_util::StreamExt;
use futures_util::stream;

use crate::Worker;
use crate::jobs::begin;

/// How many portions of a person's changes are indexed while others of the same shard wait. What is more becomes a job.
const PORTIONS: usize = 2;
/// How many people's indexes are brought up to date at once.
const AT_ONCE: usize = 8;

/// Brings the indexes up to date of those whose changes came. If one fails, its first change and all behind it come again: of those
/// that are done nothing is left to do then.
pub(crate) async fn handle(worker: &Worker, event: Event) -> DynamoDbEventResponse {
    let mut owners: BTreeMap<UserId, usize> = BTreeMap::new();
    for (place, record) in event.records.iter().enumerate() {
        match owner(record) {
            Some(owner) => drop(owners.entry(owner).or_insert(place)),
            None => tracing::warn!(eventId = record.event_id, "a record of the stream is no change"),
        }
    }
    let catch_ups = owners.keys().map(|owner| catch_up(worker, *owner));
    let done: Vec<(UserId, bool)> = stream::iter(catch_ups).buffer_unordered(AT_ONCE).collect().await;
    let failed: BTreeSet<UserId> =
        done.into_iter().filter(|(_, done)| !done).map(|(owner, _)| owner).collect();
    let first = owners.iter().filter(|(owner, _)| failed.contains(owner)).map(|(_, place)| *place).min();
    let mut answer = DynamoDbEventResponse::default();
    if let Some(record) = first.and_then(|place| event.records.get(place)) {
        let mut failure = DynamoDbBatchItemFailure::default();
        failure.item_identifier = record.change.sequence_number.clone();
        answer.batch_item_failures.push(failure);
    }
    answer
}

fn owner(record: &EventRecord) -> Option<UserId> {
    let partition = record.change.keys.get("pk")?;
    match partition {
        serde_dynamo::AttributeValue::S(partition) => owner_of_change(partition),
        _ => None,
    }
}

async fn catch_up(worker: &Worker, owner: UserId) -> (UserId, bool) {
    let user = owner.hashed();
    let done = worker.indexer.catch_up(owner, PORTIONS, (worker.now)()).await;
    let done = match done {
        Ok(progress) => {
            let (indexed, embedded, bytes) = (progress.indexed, progress.embedded, progress.written_bytes);
            tracing::info!(userId = user, indexed, embedded, bytes, outcome = "done", "changes");
            begin(worker, owner, progress).await
        }
        Err(failure) => {
            tracing::error!(userId = user, outcome = "failed", causes = causes(&failure), "changes");
            false
        }
    };
    (owner, done)
}
