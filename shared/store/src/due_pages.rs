//! What is noted as due on a day: a partition of the day has a note of each thing, whose key says all there is to it.

use app_domain::{StoreError, Timestamp, UserId};
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use serde::{Deserialize, Serialize};

use crate::keys::Key;
use crate::table::{self, Table, from_item, text};

/// A part of what is due on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuePage<T> {
    /// In the order of their keys: the earliest first, where those begin with a time.
    pub items: Vec<T>,
    /// How many there were besides that this version cannot read.
    pub unknown: usize,
    /// The last that was seen, if more may follow.
    pub next: Option<String>,
}

/// All there is to a note is in its key.
#[derive(Serialize)]
struct Note {}

#[derive(Deserialize)]
struct Found {
    sk: String,
}

/// At most `limit` of the notes in the partition of a day: those behind the last that was seen, and if their keys begin with a time, those up to
/// `until`. What a key says, `read` knows.
pub(crate) async fn page<T>(
    table: &Table,
    day: String,
    seen: Option<&str>,
    until: Option<Timestamp>,
    limit: u32,
    read: fn(&str) -> Option<T>,
) -> Result<DuePage<T>, StoreError> {
    let until = until.map(|until| until.to_string()).unwrap_or_default();
    // Less than any key, or than any but those that were seen; more than any, or than any of that time.
    let (from, to) = (format!("{} ", seen.unwrap_or_default()), format!("{until}~"));
    if from > to {
        return Ok(DuePage { items: Vec::new(), unknown: 0, next: None });
    }
    let request = table.client().query().table_name(table.name()).consistent_read(true);
    let answer = request
        .key_condition_expression("pk = :day AND sk BETWEEN :from AND :to")
        .expression_attribute_values(":day", text(day))
        .expression_attribute_values(":from", text(from))
        .expression_attribute_values(":to", text(to))
        .limit(limit.cast_signed())
        .send()
        .await
        .map_err(table::failed)?;
    let more = answer.last_evaluated_key.is_some();
    let found = answer.items.unwrap_or_default().into_iter().map(from_item::<Found>);
    let found: Vec<Found> = found.collect::<Result<_, _>>()?;
    let items: Vec<T> = found.iter().filter_map(|found| read(&found.sk)).collect();
    let unknown = found.len() - items.len();
    let next = found.into_iter().next_back().map(|last| last.sk).filter(|_| more);
    Ok(DuePage { items, unknown, next })
}

/// What the key of a note by time begins with: the time, and the owner; and the rest of it.
pub(crate) fn parts(key: &str) -> Option<(Timestamp, UserId, &str)> {
    let mut parts = key.splitn(3, '#');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?))
}

/// The write that notes something as due.
pub(crate) fn noted(table: &Table, key: Key) -> Result<TransactWriteItem, StoreError> {
    Ok(table::put(table.put(key, &Note {})?))
}

/// The write that removes a note.
pub(crate) fn forgotten(table: &Table, key: Key) -> Result<TransactWriteItem, StoreError> {
    table::delete(Delete::builder().table_name(table.name()).set_key(Some(key.attributes())))
}

/// Removes a note.
pub(crate) async fn forget(table: &Table, key: Key) -> Result<(), StoreError> {
    let request = table.client().delete_item().table_name(table.name());
    request.set_key(Some(key.attributes())).send().await.map(drop).map_err(table::failed)
}
