//! What a person has one of and changes as a whole: few and small things, all in one sealed item.

use std::marker::PhantomData;
use std::sync::Arc;

use app_domain::{Sealing, StoreError, UserId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::keys::Key;
use crate::table::{self, ABSENT, Table, number};
use crate::tries::Tries;

/// A record of everybody. Cloning shares the client.
pub(crate) struct SealedRecord<R> {
    table: Table,
    sealing: Arc<dyn Sealing>,
    /// Where a person's lies.
    key: fn(UserId) -> Key,
    /// The name under which it is sealed.
    name: &'static str,
    record: PhantomData<fn() -> R>,
}

/// Why such a record was not changed.
#[derive(Debug, thiserror::Error)]
pub enum SavingError<E> {
    /// The change itself refused.
    #[error("the change is not allowed")]
    Refused(E),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Serialize, Deserialize)]
struct RecordItem {
    version: u64,
    sealed: ByteBuf,
}

impl<R: Default + Serialize + DeserializeOwned + Send> SealedRecord<R> {
    pub(crate) fn new(
        table: Table,
        sealing: impl Sealing,
        key: fn(UserId) -> Key,
        name: &'static str,
    ) -> Self {
        Self { table, sealing: Arc::new(sealing), key, name, record: PhantomData }
    }

    /// A person's, or what everybody has at first.
    pub(crate) async fn of(&self, owner: UserId) -> Result<R, StoreError> {
        Ok(self.read(owner).await?.1)
    }

    /// Changes a person's. `change` is made anew if another writer came first; its answer is returned.
    pub(crate) async fn change<T: Send, E: Send>(
        &self,
        owner: UserId,
        change: impl Fn(&mut R) -> Result<T, E> + Send + Sync,
    ) -> Result<T, SavingError<E>> {
        let mut tries = Tries::begin();
        loop {
            let (before, mut record) = self.read(owner).await?;
            let answer = change(&mut record).map_err(SavingError::Refused)?;
            if self.replace(owner, before, &record).await? {
                return Ok(answer);
            }
            tries.again().await?;
        }
    }

    /// Writes a person's, unless it has been written since it was read. Whether it was.
    async fn replace(&self, owner: UserId, before: u64, record: &R) -> Result<bool, StoreError> {
        let plain = serde_json::to_vec(record).map_err(table::corrupt)?;
        let sealed = self.sealing.seal(owner, self.name, &plain).await?;
        let item = RecordItem { version: before + 1, sealed: ByteBuf::from(sealed) };
        let put = self.table.put((self.key)(owner), &item)?;
        let request = self.table.client().put_item().table_name(self.table.name());
        let request = request.set_item(Some(put.item));
        let request = if before == 0 {
            request.condition_expression(ABSENT)
        } else {
            request
                .condition_expression("version = :before")
                .expression_attribute_values(":before", number(before))
        };
        table::unless_refused(request.send().await)
    }

    /// A person's, and how often it has been written.
    async fn read(&self, owner: UserId) -> Result<(u64, R), StoreError> {
        let Some(item) = self.table.get::<RecordItem>((self.key)(owner)).await? else {
            return Ok((0, R::default()));
        };
        let plain = self.sealing.open(owner, self.name, &item.sealed).await?;
        Ok((item.version, serde_json::from_slice(&plain).map_err(table::corrupt)?))
    }
}

/// Not derived, because that would ask for records that can be cloned.
impl<R> Clone for SealedRecord<R> {
    fn clone(&self) -> Self {
        let (table, sealing) = (self.table.clone(), Arc::clone(&self.sealing));
        Self { table, sealing, key: self.key, name: self.name, record: PhantomData }
    }
}
