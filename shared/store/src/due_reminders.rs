//! Reminders whose time has come: found by the day, and each brought to its end once.

use app_domain::{Reminder, ReminderId, ReminderState, StoreError, Timestamp, UserId};
use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use serde::Deserialize;

use crate::Reminders;
use crate::keys;
use crate::reminder_item::place;
use crate::reminders::counted;
use crate::table::{self, from_item, number, text};

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

/// A part of a day's due reminders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueReminders {
    /// The earliest first.
    pub reminders: Vec<DueReminder>,
    /// How many there were besides that this version cannot read.
    pub unknown: usize,
    /// The last that was seen, if more may follow.
    pub next: Option<String>,
}

#[derive(Deserialize)]
struct Found {
    sk: String,
}

impl DueReminder {
    fn read(seen: &str) -> Option<Self> {
        let mut parts = seen.splitn(3, '#');
        let at = parts.next()?.parse().ok()?;
        Some(Self { at, owner: parts.next()?.parse().ok()?, id: parts.next()?.parse().ok()? })
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
    ) -> Result<DueReminders, StoreError> {
        // Less than any key, or than any key but those that were seen.
        let from = format!("{} ", seen.unwrap_or_default());
        let to = format!("{until}~");
        if from > to {
            return Ok(DueReminders { reminders: Vec::new(), unknown: 0, next: None });
        }
        let request = self.table.client().query().table_name(self.table.name()).consistent_read(true);
        let answer = request
            .key_condition_expression("pk = :day AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":day", text(keys::day_of_reminders(day)))
            .expression_attribute_values(":from", text(from))
            .expression_attribute_values(":to", text(to))
            .limit(limit.cast_signed())
            .send()
            .await
            .map_err(table::failed)?;
        let more = answer.last_evaluated_key.is_some();
        let found = answer.items.unwrap_or_default().into_iter().map(from_item::<Found>);
        let found: Vec<Found> = found.collect::<Result<_, _>>()?;
        let reminders: Vec<DueReminder> =
            found.iter().filter_map(|found| DueReminder::read(&found.sk)).collect();
        let unknown = found.len() - reminders.len();
        let next = found.into_iter().next_back().map(|last| last.sk).filter(|_| more);
        Ok(DueReminders { reminders, unknown, next })
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
            table::delete(self.deletion(note.clone()))?,
            counted(&self.table, owner, -1)?,
        ];
        if self.table.transact(writes).await?.is_ok() {
            return Ok(true);
        }
        // Who moved, deleted or ended it took the note along. Only one that is left of nothing is still there, for ever.
        if self.item(owner, id).await?.is_none() {
            let request = self.table.client().delete_item().table_name(self.table.name());
            let deleted = request.set_key(Some(note.attributes())).send().await;
            deleted.map_err(table::failed)?;
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
