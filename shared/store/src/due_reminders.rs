//! Reminders whose time has come: found by the day, and each brought to its end once.

use app_domain::{Reminder, ReminderId, ReminderState, StoreError, Timestamp, UserId};
use aws_sdk_dynamodb::types::{TransactWriteItem, Update};

use crate::Reminders;
use crate::due_pages::{self, DuePage, forgotten};
use crate::keys;
use crate::reminder_item::place;
use crate::reminders::counted;
use crate::table::{self, number, text};

/// A reminder whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueReminder {
    /// Whose.
    pub owner: UserId,
    /// Which.
    pub id: ReminderId,
    /// Its time.
    pub at: Timestamp,
}

impl DueReminder {
    fn read(key: &str) -> Option<Self> {
        let (at, owner, id) = due_pages::parts(key)?;
        Some(Self { at, owner, id: id.parse().ok()? })
    }
}

impl Reminders {
    /// What has come due by `until` of a day such as `2026-11-21`, behind what was seen already: at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn due(
        &self,
        day: &str,
        until: Timestamp,
        seen: Option<&str>,
        limit: u32,
    ) -> Result<DuePage<DueReminder>, StoreError> {
        let day = keys::day_of_reminders(day);
        due_pages::page(&self.table, day, seen, Some(until), limit, DueReminder::read).await
    }

    /// Notes that a reminder is on its way, so that it is not due any more. `Ok(false)` if it does not wait for that time: it was
    /// sent, moved or deleted meanwhile.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn sent(&self, due: DueReminder, now: Timestamp) -> Result<bool, StoreError> {
        self.end(due, ReminderState::Sent, now).await
    }

    /// Notes that a reminder's time has passed without a mail. `Ok(false)` as for [`Self::sent`].
    ///
    /// # Errors
    /// If the store fails.
    pub async fn missed(&self, due: DueReminder, now: Timestamp) -> Result<bool, StoreError> {
        self.end(due, ReminderState::Missed, now).await
    }

    async fn end(&self, due: DueReminder, state: ReminderState, now: Timestamp) -> Result<bool, StoreError> {
        let DueReminder { owner, id, at } = due;
        let note = keys::due_reminder(at, owner, id);
        let writes = vec![
            self.ended(due, state, now)?,
            forgotten(&self.table, note.clone())?,
            counted(&self.table, owner, -1)?,
        ];
        if self.table.transact(writes).await?.is_ok() {
            return Ok(true);
        }
        // Who moved, deleted or ended it took the note along. Only one that is left of nothing is still there, for ever.
        if self.item(owner, id).await?.is_none() {
            due_pages::forget(&self.table, note).await?;
        }
        Ok(false)
    }

    /// The write that ends a reminder which waits for its time.
    fn ended(
        &self,
        due: DueReminder,
        state: ReminderState,
        now: Timestamp,
    ) -> Result<TransactWriteItem, StoreError> {
        let DueReminder { owner, id, at } = due;
        let update = Update::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::reminder(owner, id).attributes()))
            .update_expression("SET #state = :state, byUpdated = :place, #ttl = :ttl ADD version :one")
            .condition_expression("#state = :waiting AND #at = :at")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#at", "at")
            .expression_attribute_names("#ttl", table::TTL)
            .expression_attribute_values(":state", text(state.as_str()))
            .expression_attribute_values(":place", text(place(state, at, id)))
            .expression_attribute_values(":ttl", table::ttl(now.plus(Reminder::KEPT_FOR)))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":waiting", text(ReminderState::Waiting.as_str()))
            .expression_attribute_values(":at", text(at));
        table::update(update)
    }
}
