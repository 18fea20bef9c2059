//! Reminders that are brought in as they were, and taken back. One whose time is past is not sent again.

use app_domain::{Reminder, ReminderId, ReminderState, StoreError, Timestamp, UserId, Version};

use crate::keys;
use crate::reminders::{ReminderCreation, Reminders};
use crate::restored::{Restored, Unmade};
use crate::table::{self, if_absent};
use crate::tries::Tries;

/// Why a reminder is refused that is one too many.
const TOO_MANY: &str = "So many reminders wait already as can.";

impl Reminders {
    /// Brings in a reminder as it is; about nothing, if its memory is not there. One that waited for a time that is past counts as missed.
    /// One that is there stays as it is.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn restore(&self, reminder: &Reminder, now: Timestamp) -> Result<Restored, StoreError> {
        let mut reminder = reminder.clone();
        if reminder.state == ReminderState::Waiting && reminder.at <= now {
            reminder.state = ReminderState::Missed;
        }
        if self.item(reminder.owner, reminder.id).await?.is_some() {
            return Ok(Restored::Same);
        }
        if reminder.state != ReminderState::Waiting {
            return self.put_ended(&reminder, now).await;
        }
        loop {
            match self.create(&reminder).await {
                Ok(ReminderCreation::Done) => return Ok(Restored::Made),
                Ok(ReminderCreation::TooMany) => return Ok(Restored::Refused(TOO_MANY)),
                // Once: without it, nothing is asked of any memory.
                Ok(ReminderCreation::NoMemory) => reminder.memory = None,
                Err(StoreError::Conflict) => return Ok(Restored::Same),
                Err(error) => return Err(error),
            }
        }
    }

    /// Removes a reminder that nobody has changed since it was set; one that has been sent or missed since goes too. Doing it again
    /// changes nothing.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn unmake(&self, owner: UserId, id: ReminderId) -> Result<Unmade, StoreError> {
        let mut tries = Tries::begin();
        loop {
            let Some(item) = self.item(owner, id).await? else { return Ok(Unmade::Missing) };
            if item.state == ReminderState::Waiting && item.version != Version::FIRST {
                return Ok(Unmade::Changed);
            }
            if self.delete_as_read(&item).await? {
                return Ok(Unmade::Gone);
            }
            tries.again().await?;
        }
    }

    /// Brings in one that has been sent or missed: it is kept as long as if that had been now.
    async fn put_ended(&self, reminder: &Reminder, now: Timestamp) -> Result<Restored, StoreError> {
        let memory = self.memory_of(reminder).await?;
        let reminder = Reminder { memory, ..reminder.clone() };
        let item = self.items.ended(&reminder, now).await?;
        let put = if_absent(self.table.put(keys::reminder(reminder.owner, reminder.id), &item)?);
        let written = self.table.transact(vec![table::put(put)]).await?;
        Ok(if written.is_ok() { Restored::Made } else { Restored::Same })
    }
}
