//! Reminders: setting, changing and deleting them. Their list and what is due of them have modules of their own.
//!
//! A reminder that waits is also an item of the day it is due, and is counted. All three change in one transaction.

use app_domain::{
    MemoryId, Reminder, ReminderId, ReminderState, ReminderText, ReminderTime, Sealing, StoreError, UserId,
    Version,
};
use aws_sdk_dynamodb::types::{ConditionCheck, Delete, TransactWriteItem, Update};
use serde::de::IgnoredAny;

use crate::due_pages::{forgotten, noted};
use crate::keys::{self, Key};
use crate::reminder_item::{ReminderItem, ReminderItems};
use crate::table::{self, PRESENT, Table, if_absent, number};
use crate::tries::Tries;

/// The reminders of the table. Every call starts from their owner.
#[derive(Clone)]
pub struct Reminders {
    pub(crate) table: Table,
    pub(crate) items: ReminderItems,
}

/// What became of a reminder that was to be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReminderCreation {
    /// It is there.
    Done,
    /// So many wait for the person already as can.
    TooMany,
    /// The memory that it is about is not there.
    NoMemory,
}

/// Why a reminder was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ReminderError {
    /// It is not there.
    #[error("there is no such reminder")]
    Missing,
    /// Its time has come already.
    #[error("the reminder does not wait any more")]
    NotWaiting,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The places of writes whose conditions may fail, in the transaction that sets a reminder.
const ITSELF: usize = 0;
const COUNTER: usize = 2;
const MEMORY: usize = 3;
/// The condition of a write that must follow the version it was made from.
const UNCHANGED: &str = "version = :before";

impl Reminders {
    /// The reminders of `table`, with their texts sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self { table, items: ReminderItems::new(sealing) }
    }

    /// Sets a reminder, which must wait: with it, its place among what is due and its number, in one transaction.
    ///
    /// # Errors
    /// If the store fails: with `Conflict` if it has been set already, whatever has become of its memory and of the room for others since.
    pub async fn create(&self, reminder: &Reminder) -> Result<ReminderCreation, StoreError> {
        let item = self.items.item(reminder, Version::FIRST).await?;
        let put = self.table.put(keys::reminder(reminder.owner, reminder.id), &item)?;
        let mut writes =
            vec![table::put(if_absent(put)), self.noted(&item)?, counted(&self.table, reminder.owner, 1)?];
        writes.extend(reminder.memory.map(|memory| self.there(reminder.owner, memory)).transpose()?);
        Ok(match self.table.transact(writes).await? {
            Ok(()) => ReminderCreation::Done,
            Err(refused) if refused.includes(ITSELF) => return Err(StoreError::Conflict),
            Err(refused) if refused.includes(MEMORY) => ReminderCreation::NoMemory,
            Err(refused) if refused.includes(COUNTER) => ReminderCreation::TooMany,
            Err(_) => return Err(StoreError::Conflict),
        })
    }

    /// One reminder of its owner.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, owner: UserId, id: ReminderId) -> Result<Option<Reminder>, StoreError> {
        match self.item(owner, id).await? {
            Some(item) => Ok(Some(self.items.reminder(item).await?)),
            None => Ok(None),
        }
    }

    /// Moves a reminder that waits, changes what it says, or both. The change is made anew if another writer came first.
    ///
    /// # Errors
    /// See [`ReminderError`].
    pub async fn change(
        &self,
        owner: UserId,
        id: ReminderId,
        at: Option<ReminderTime>,
        text: Option<&ReminderText>,
    ) -> Result<Reminder, ReminderError> {
        let mut tries = Tries::begin();
        loop {
            let before = self.item(owner, id).await?.ok_or(ReminderError::Missing)?;
            if before.state != ReminderState::Waiting {
                return Err(ReminderError::NotWaiting);
            }
            let unchanged = self.items.reminder(before.clone()).await?;
            let after = unchanged.clone().changed(at, text.cloned());
            if after == unchanged {
                return Ok(after);
            }
            let item = self.items.item(&after, before.version.next()).await?;
            let mut put = self.table.put(keys::reminder(owner, id), &item)?;
            put.condition_expression = Some(UNCHANGED.to_owned());
            put.expression_attribute_values =
                Some([(":before".to_owned(), number(before.version.get()))].into());
            let mut writes = vec![table::put(put)];
            if after.at != unchanged.at {
                writes.extend([self.not_due(&before)?, self.noted(&item)?]);
            }
            if self.table.transact(writes).await?.is_ok() {
                return Ok(after);
            }
            tries.again().await?;
        }
    }

    /// Deletes a reminder. `Ok(false)` if it is not there.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn delete(&self, owner: UserId, id: ReminderId) -> Result<bool, StoreError> {
        let mut tries = Tries::begin();
        loop {
            let Some(item) = self.item(owner, id).await? else { return Ok(false) };
            if self.delete_as_read(&item).await? {
                return Ok(true);
            }
            tries.again().await?;
        }
    }

    /// Deletes a reminder that has been read. `Ok(false)` if it has changed since, or is gone.
    pub(crate) async fn delete_as_read(&self, item: &ReminderItem) -> Result<bool, StoreError> {
        let itself = self.deletion(keys::reminder(item.owner, item.id)).condition_expression(UNCHANGED);
        let itself = itself.expression_attribute_values(":before", number(item.version.get()));
        let mut writes = vec![table::delete(itself)?];
        if item.state == ReminderState::Waiting {
            writes.extend([self.not_due(item)?, counted(&self.table, item.owner, -1)?]);
        }
        Ok(self.table.transact(writes).await?.is_ok())
    }

    /// The memory that a reminder is about, if it is still there and not in the trash.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn memory_of(&self, reminder: &Reminder) -> Result<Option<MemoryId>, StoreError> {
        let Some(memory) = reminder.memory else { return Ok(None) };
        let found: Option<IgnoredAny> = self.table.get(keys::memory(reminder.owner, memory)).await?;
        Ok(found.map(|_| memory))
    }

    pub(crate) async fn item(
        &self,
        owner: UserId,
        id: ReminderId,
    ) -> Result<Option<ReminderItem>, StoreError> {
        self.table.get(keys::reminder(owner, id)).await
    }

    fn deletion(&self, key: Key) -> aws_sdk_dynamodb::types::builders::DeleteBuilder {
        Delete::builder().table_name(self.table.name()).set_key(Some(key.attributes()))
    }

    fn noted(&self, item: &ReminderItem) -> Result<TransactWriteItem, StoreError> {
        noted(&self.table, keys::due_reminder(item.at, item.owner, item.id))
    }

    fn not_due(&self, item: &ReminderItem) -> Result<TransactWriteItem, StoreError> {
        forgotten(&self.table, keys::due_reminder(item.at, item.owner, item.id))
    }

    fn there(&self, owner: UserId, memory: MemoryId) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::memory(owner, memory).attributes()))
            .condition_expression(PRESENT);
        let check = check.build().map_err(table::corrupt)?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }
}

/// The write that counts `by` more reminders that wait, refused if they were too many.
pub(crate) fn counted(table: &Table, owner: UserId, by: i64) -> Result<TransactWriteItem, StoreError> {
    let update = Update::builder()
        .table_name(table.name())
        .set_key(Some(keys::waiting_reminders(owner).attributes()))
        .update_expression("ADD waiting :by")
        .expression_attribute_values(":by", number(by));
    let most = i64::try_from(Reminder::MAX_WAITING).unwrap_or(i64::MAX) - by;
    table::update(match by {
        1.. => update
            .condition_expression("attribute_not_exists(waiting) OR waiting <= :most")
            .expression_attribute_values(":most", number(most)),
        _ => update,
    })
}
