//! The table itself: reading, writing and querying items, with the SDK's errors turned into ours.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use app_domain::{StoreError, Timestamp};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::builders::{DeleteBuilder, UpdateBuilder};
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::keys::{self, Key};

pub(crate) type Item = HashMap<String, AttributeValue>;

/// The attribute by which DynamoDB removes items, in seconds since 1970.
pub(crate) const TTL: &str = "ttl";
/// The condition of an item that must not be there yet.
pub(crate) const ABSENT: &str = "attribute_not_exists(pk)";
/// The condition of an item that must be there.
pub(crate) const PRESENT: &str = "attribute_exists(pk)";

/// The reasons for which a transaction is tried again: others on the same items, and more in one partition than it takes at a time.
const PASSING: [&str; 3] = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];
/// How long a transaction is tried that collides with others on the same items: who tries it again may do so a few times.
const COLLIDES_FOR: Duration = Duration::from_secs(2);

/// The product's one table. Cloning shares the client, which is built on first use.
#[derive(Clone)]
pub struct Table {
    client: Arc<LazyLock<Client, Box<dyn FnOnce() -> Client + Send>>>,
    name: Arc<str>,
}

impl Table {
    /// The table `name`; `connect` builds the client when it is first needed.
    pub fn new(name: impl Into<Arc<str>>, connect: impl FnOnce() -> Client + Send + 'static) -> Self {
        Self { client: Arc::new(LazyLock::new(Box::new(connect))), name: name.into() }
    }

    /// Whether the table answers: reads an item that is never there.
    ///
    /// # Errors
    /// If it does not.
    pub async fn reach(&self) -> Result<(), StoreError> {
        self.get::<serde::de::IgnoredAny>(keys::nothing()).await.map(drop)
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// One item, as it is now.
    pub(crate) async fn get<T: DeserializeOwned>(&self, key: Key) -> Result<Option<T>, StoreError> {
        let request = self.client().get_item().table_name(self.name()).consistent_read(true);
        let answer = request.set_key(Some(key.attributes())).send().await.map_err(failed)?;
        answer.item.map(from_item).transpose()
    }

    /// Items of a partition whose sort keys begin with `prefix` (all of them, if it is empty), as they are now, the last
    /// first: those before `after`, at most `limit`, or a megabyte if there is none. With whether more may follow.
    pub(crate) async fn query<T: DeserializeOwned>(
        &self,
        partition: String,
        prefix: &str,
        after: Option<Key>,
        limit: Option<u32>,
    ) -> Result<(Vec<T>, bool), StoreError> {
        let mut request = self.client().query().table_name(self.name());
        let mut condition = "pk = :partition".to_owned();
        // DynamoDB refuses to compare a key with the empty text.
        if !prefix.is_empty() {
            condition.push_str(" AND begins_with(sk, :prefix)");
            request = request.expression_attribute_values(":prefix", text(prefix));
        }
        let request = request
            .key_condition_expression(condition)
            .expression_attribute_values(":partition", text(partition))
            .scan_index_forward(false)
            .consistent_read(true);
        let (mut items, mut start) = (Vec::new(), after.map(Key::attributes));
        loop {
            let left = limit.map(|limit| limit - u32::try_from(items.len()).unwrap_or(limit).min(limit));
            let request = request.clone().set_limit(left.map(u32::cast_signed));
            let answer = request.set_exclusive_start_key(start).send().await.map_err(failed)?;
            for item in answer.items.unwrap_or_default() {
                items.push(from_item(item)?);
            }
            start = answer.last_evaluated_key;
            // An answer ends after a megabyte, before a limit.
            let is_short = limit.is_some_and(|limit| items.len() < limit as usize);
            if start.is_none() || !is_short {
                return Ok((items, start.is_some()));
            }
        }
    }

    /// The write of a whole item, for a transaction or on its own.
    pub(crate) fn put<T: Serialize>(&self, key: Key, fields: &T) -> Result<Put, StoreError> {
        let mut item: Item = serde_dynamo::to_item(fields).map_err(corrupt)?;
        item.extend(key.attributes());
        Put::builder().table_name(self.name()).set_item(Some(item)).build().map_err(corrupt)
    }

    /// The replacement of the attributes that `fields` has or, among `optional`, lacks; others stay.
    pub(crate) fn replace<T: Serialize>(
        &self,
        key: Key,
        fields: &T,
        optional: &[&str],
    ) -> Result<UpdateBuilder, StoreError> {
        let item: Item = serde_dynamo::to_item(fields).map_err(corrupt)?;
        let removed =
            optional.iter().filter(|name| !item.contains_key(**name)).map(|name| (*name).to_owned());
        let removed: Vec<String> = removed.collect();
        let mut update = Update::builder().table_name(self.name()).set_key(Some(key.attributes()));
        let (mut sets, mut removals) = (Vec::new(), Vec::new());
        for (place, name) in removed.into_iter().enumerate() {
            update = update.expression_attribute_names(format!("#r{place}"), name);
            removals.push(format!("#r{place}"));
        }
        for (place, (name, value)) in item.into_iter().enumerate() {
            update = update
                .expression_attribute_names(format!("#s{place}"), name)
                .expression_attribute_values(format!(":s{place}"), value);
            sets.push(format!("#s{place} = :s{place}"));
        }
        let mut expression = format!("SET {}", sets.join(", "));
        if !removals.is_empty() {
            expression = format!("{expression} REMOVE {}", removals.join(", "));
        }
        Ok(update.update_expression(expression))
    }

    /// Writes several items, all or none. `Err(Refused)` names those whose conditions failed.
    pub(crate) async fn transact(
        &self,
        writes: Vec<TransactWriteItem>,
    ) -> Result<Result<(), Refused>, StoreError> {
        let started = Instant::now();
        for attempt in 0.. {
            let request = self.client().transact_write_items().set_transact_items(Some(writes.clone()));
            let Err(error) = request.send().await else { return Ok(Ok(())) };
            let reasons = cancellation_reasons(&error);
            let refused: Vec<usize> = positions(&reasons, "ConditionalCheckFailed");
            if !refused.is_empty() {
                return Ok(Err(Refused(refused)));
            }
            if PASSING.iter().all(|code| positions(&reasons, code).is_empty()) {
                return Err(failed(error));
            }
            if started.elapsed() > COLLIDES_FOR {
                break;
            }
            tokio::time::sleep(pause(attempt)).await;
        }
        Err(StoreError::Throttled("other writers kept colliding with this transaction".into()))
    }
}

/// The places, in their transaction, of the writes whose conditions failed.
#[derive(Debug)]
pub(crate) struct Refused(Vec<usize>);

impl Refused {
    pub(crate) fn includes(&self, place: usize) -> bool {
        self.0.contains(&place)
    }
}

fn cancellation_reasons(error: &SdkError<TransactWriteItemsError>) -> Vec<String> {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            let reasons = cancelled.cancellation_reasons().iter();
            reasons.map(|reason| reason.code().unwrap_or_default().to_owned()).collect()
        }
        _ => Vec::new(),
    }
}

fn positions(reasons: &[String], code: &str) -> Vec<usize> {
    reasons.iter().enumerate().filter(|(_, reason)| *reason == code).map(|(place, _)| place).collect()
}

/// Longer with every attempt, and different for every writer, so that those who collided do not meet again.
pub(crate) fn pause(attempt: u32) -> Duration {
    let longest_micros = 4_000_u64 << attempt.min(6);
    let random = u64::from(uuid::Uuid::new_v4().as_fields().0);
    Duration::from_micros(random % longest_micros + 1_000)
}

/// Waits before a write that lost against another is made anew.
pub(crate) async fn wait(attempt: usize) {
    tokio::time::sleep(pause(u32::try_from(attempt).unwrap_or(u32::MAX))).await;
}

/// An item as the type that was stored.
pub(crate) fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    serde_dynamo::from_item(item).map_err(corrupt)
}

/// What is stored breaks the rules of what it should be.
pub(crate) fn corrupt(error: impl Error + Send + Sync + 'static) -> StoreError {
    StoreError::Corrupt(Box::new(error))
}

/// The SDK's error as ours.
pub(crate) fn failed<E>(error: SdkError<E>) -> StoreError
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    match error.code() {
        Some("ConditionalCheckFailedException") => StoreError::Conflict,
        Some(
            "ThrottlingException"
            | "ProvisionedThroughputExceededException"
            | "RequestLimitExceeded"
            | "TransactionConflictException"
            | "TransactionInProgressException",
        ) => StoreError::Throttled(described(error)),
        _ => StoreError::Unavailable(described(error)),
    }
}

/// The error's code alone where the service gave one: its message may hold keys, and keys hold e-mail addresses.
fn described<E>(error: SdkError<E>) -> Box<dyn Error + Send + Sync>
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    match error.code() {
        Some(code) => code.to_owned().into(),
        None => Box::new(error),
    }
}

/// `Ok(true)` if the write was done, `Ok(false)` if its condition failed.
pub(crate) fn unless_refused<T, E>(answer: Result<T, SdkError<E>>) -> Result<bool, StoreError>
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    match answer.map_err(failed) {
        Ok(_) => Ok(true),
        Err(StoreError::Conflict) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The same write, refused if the item is there already.
pub(crate) fn if_absent(mut put: Put) -> Put {
    put.condition_expression = Some(ABSENT.to_owned());
    put
}

/// A write of a whole item, as a part of a transaction.
pub(crate) fn put(put: Put) -> TransactWriteItem {
    TransactWriteItem::builder().put(put).build()
}

/// A change of an item, as a part of a transaction.
pub(crate) fn update(update: UpdateBuilder) -> Result<TransactWriteItem, StoreError> {
    Ok(TransactWriteItem::builder().update(update.build().map_err(corrupt)?).build())
}

/// The removal of an item, as a part of a transaction.
pub(crate) fn delete(delete: DeleteBuilder) -> Result<TransactWriteItem, StoreError> {
    Ok(TransactWriteItem::builder().delete(delete.build().map_err(corrupt)?).build())
}

/// Any value, as an attribute.
pub(crate) fn attribute<T: Serialize>(value: &T) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(value).map_err(corrupt)
}

/// Text, as an attribute.
pub(crate) fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

/// A number, as an attribute.
pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A time to remove an item, as an attribute.
pub(crate) fn ttl(at: Timestamp) -> AttributeValue {
    number(at.as_seconds())
}
