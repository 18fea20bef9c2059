//! Several items of the table at once, outside transactions: some may be read or written before others.

use app_domain::{StoreError, UserId};
use aws_sdk_dynamodb::types::{DeleteRequest, KeysAndAttributes, Put, PutRequest, WriteRequest};
use futures_util::future::try_join_all;
use futures_util::{TryStreamExt, stream};
use serde::de::DeserializeOwned;

use crate::keys::Key;
use crate::table::{Item, Table, corrupt, failed, from_item, pause};

/// The most items that one call reads.
const READ_AT_ONCE: usize = 100;
/// The most items that one call writes outside a transaction.
const WRITTEN_AT_ONCE: usize = 25;
/// How many such calls are made at once: what lies in one partition takes a thousand units a second.
const BATCHES_AT_ONCE: usize = 4;
/// How often a batch is tried that the table does nothing of.
const TRIES: u32 = 10;

impl Table {
    /// Several items, in no order, as they are now; those that are not there are left out. A call for every hundred.
    pub(crate) async fn get_all<T: DeserializeOwned>(&self, keys: Vec<Key>) -> Result<Vec<T>, StoreError> {
        self.get_raw(keys).await?.into_iter().map(from_item).collect()
    }

    /// The same, but only some attributes of each, separated by commas.
    pub(crate) async fn get_parts<T: DeserializeOwned>(
        &self,
        keys: Vec<Key>,
        attributes: &str,
    ) -> Result<Vec<T>, StoreError> {
        let calls = keys.chunks(READ_AT_ONCE).map(|keys| self.get_batch(keys.to_vec(), Some(attributes)));
        try_join_all(calls).await?.into_iter().flatten().map(from_item).collect()
    }

    /// Several of a person's items, each opened; those that cannot be read are logged, and are as if they were not there.
    pub(crate) async fn readable<T, F>(
        &self,
        owner: UserId,
        keys: Vec<Key>,
        open: impl Fn(Item) -> F,
    ) -> Result<Vec<T>, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let mut readable = Vec::with_capacity(keys.len());
        for item in self.get_raw(keys).await? {
            match open(item).await {
                Ok(read) => readable.push(read),
                Err(StoreError::Corrupt(error)) => {
                    tracing::error!(userId = owner.hashed(), error = %error, "an item cannot be read");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(readable)
    }

    /// Several items, as they are stored.
    pub(crate) async fn get_raw(&self, keys: Vec<Key>) -> Result<Vec<Item>, StoreError> {
        let calls = keys.chunks(READ_AT_ONCE).map(|keys| self.get_batch(keys.to_vec(), None));
        Ok(try_join_all(calls).await?.into_iter().flatten().collect())
    }

    /// Removes several items, in no order and not all at once; those that are not there stay away.
    pub(crate) async fn delete_all(&self, keys: Vec<Key>) -> Result<(), StoreError> {
        let delete = |key: Key| {
            let delete = DeleteRequest::builder().set_key(Some(key.attributes())).build().map_err(corrupt)?;
            Ok::<_, StoreError>(WriteRequest::builder().delete_request(delete).build())
        };
        let writes: Vec<WriteRequest> = keys.into_iter().map(delete).collect::<Result<_, _>>()?;
        self.write_all(writes).await
    }

    /// Writes several whole items, in no order and not all at once.
    pub(crate) async fn put_all(&self, puts: Vec<Put>) -> Result<(), StoreError> {
        let put = |put: Put| {
            let put = PutRequest::builder().set_item(Some(put.item)).build().map_err(corrupt)?;
            Ok::<_, StoreError>(WriteRequest::builder().put_request(put).build())
        };
        let writes: Vec<WriteRequest> = puts.into_iter().map(put).collect::<Result<_, _>>()?;
        self.write_all(writes).await
    }

    async fn write_all(&self, writes: Vec<WriteRequest>) -> Result<(), StoreError> {
        let calls = writes.chunks(WRITTEN_AT_ONCE).map(|writes| Ok(self.write_batch(writes.to_vec())));
        stream::iter(calls).try_for_each_concurrent(BATCHES_AT_ONCE, |call| call).await
    }

    async fn write_batch(&self, mut wanted: Vec<WriteRequest>) -> Result<(), StoreError> {
        for attempt in 0..TRIES {
            let request = self.client().batch_write_item().request_items(self.name(), wanted);
            let answer = request.send().await.map_err(failed)?;
            wanted =
                answer.unprocessed_items.and_then(|mut left| left.remove(self.name())).unwrap_or_default();
            if wanted.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(pause(attempt)).await;
        }
        Err(StoreError::Throttled("the table kept leaving items of a batch unwritten".into()))
    }

    async fn get_batch(&self, keys: Vec<Key>, attributes: Option<&str>) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut wanted: Vec<_> = keys.into_iter().map(Key::attributes).collect();
        let mut attempt = 0;
        while attempt < TRIES {
            let these = KeysAndAttributes::builder().set_keys(Some(wanted)).consistent_read(true);
            let these = these.set_projection_expression(attributes.map(str::to_owned));
            let request = self.client().batch_get_item();
            let answer = request
                .request_items(self.name(), these.build().map_err(corrupt)?)
                .send()
                .await
                .map_err(failed)?;
            let found = answer.responses.unwrap_or_default().remove(self.name()).unwrap_or_default();
            let is_short = found.is_empty();
            items.extend(found);
            // What does not fit in one answer, a megabyte of each partition, is asked for again.
            wanted = answer
                .unprocessed_keys
                .and_then(|mut left| left.remove(self.name()))
                .map(|left| left.keys)
                .unwrap_or_default();
            if wanted.is_empty() {
                return Ok(items);
            }
            if is_short {
                tokio::time::sleep(pause(attempt)).await;
                attempt += 1;
            }
        }
        Err(StoreError::Throttled("the table kept leaving items of a batch unread".into()))
    }
}
