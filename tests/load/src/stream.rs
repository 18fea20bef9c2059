//! The table's stream, handed on to the function that keeps indexes up to date, as the template has it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use dynoxide::Database;
use serde_json::{Value, json};

use crate::lambda::Function;

/// The event source's `MaximumBatchingWindowInSeconds` and `BatchSize`.
const WINDOW: Duration = Duration::from_secs(1);
const BATCH: usize = 100;

/// Hands the stream on for as long as this program lives.
pub(crate) async fn hand_on(database: Database, function: Arc<Function>) {
    let stream = match Stream::of(&database) {
        Ok(stream) => stream,
        Err(error) => return eprintln!("there is no stream to hand on: {error:#}"),
    };
    // Everything that goes wrong is repeated from where it stopped, as Lambda does.
    let mut after = None;
    loop {
        tokio::time::sleep(WINDOW).await;
        if let Err(error) = hand_on_new(&database, &stream, &function, &mut after).await {
            eprintln!("the stream is not handed on: {error:#}");
        }
    }
}

/// The table's stream, which has one shard.
struct Stream {
    arn: String,
    shard: String,
}

impl Stream {
    fn of(database: &Database) -> anyhow::Result<Self> {
        let streams = serde_json::to_value(database.list_streams(serde_json::from_value(json!({}))?)?)?;
        let arn = streams["Streams"][0]["StreamArn"].as_str().context("the table has none")?.to_owned();
        let stream = database.describe_stream(serde_json::from_value(json!({"StreamArn": arn}))?)?;
        let shard = stream.stream_description.shards.into_iter().next().context("it has no shard")?.shard_id;
        Ok(Self { arn, shard })
    }
}

/// Hands on what is newer than the sequence number `after`.
async fn hand_on_new(
    database: &Database,
    Stream { arn, shard }: &Stream,
    function: &Arc<Function>,
    after: &mut Option<String>,
) -> anyhow::Result<()> {
    let from = match after.as_ref() {
        None => json!({"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}),
        Some(number) => {
            json!({"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": number})
        }
    };
    let mut iterator = database.get_shard_iterator(serde_json::from_value(from)?)?.shard_iterator;
    loop {
        let request = json!({"ShardIterator": iterator, "Limit": BATCH});
        let page = database.get_records(serde_json::from_value(request)?)?;
        let Some(last) = page.records.last() else { return Ok(()) };
        let last = last.dynamodb.sequence_number.clone();
        let records = serde_json::to_value(&page.records)?;
        let notes: Vec<Value> = records
            .as_array()
            .into_iter()
            .flatten()
            .filter(|record| is_note(record))
            .map(|record| of(record, arn))
            .collect();
        if !notes.is_empty() {
            let event = Bytes::from(json!({"Records": notes}).to_string());
            let answer: Value = serde_json::from_slice(&function.invoke(event).await?)?;
            let failed = answer["batchItemFailures"].as_array().map_or(0, Vec::len);
            anyhow::ensure!(failed == 0, "{failed} of {} changes failed", notes.len());
        }
        *after = Some(last);
        if page.next_shard_iterator.is_none() {
            return Ok(());
        }
        iterator = page.next_shard_iterator;
    }
}

/// The event source's filter: changes that are noted, once each.
fn is_note(record: &Value) -> bool {
    record["eventName"] == "INSERT" && record["dynamodb"]["NewImage"]["isChange"]["BOOL"] == true
}

/// A record, with the stream that it is of.
fn of(record: &Value, stream: &str) -> Value {
    let mut record = record.clone();
    record["eventSourceARN"] = json!(stream);
    record
}
