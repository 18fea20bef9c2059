//! The list of a person's reminders: those that wait first, of each state the soonest first, at the cost of a page.

use std::fmt;
use std::str::FromStr;

use app_domain::{Invalid, Reminder, ReminderId, ReminderState, StoreError, Timestamp, UserId};

use crate::Reminders;
use crate::keys::{self, BY_UPDATED};
use crate::reminder_item::{ReminderItem, place, rank};
use crate::table::{self, text};

/// A place in the list of reminders: what has become of one, its time, then its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReminderPosition(String);

impl ReminderPosition {
    /// Whether it is a place among those of a state.
    pub fn is_among(&self, state: ReminderState) -> bool {
        self.0.starts_with(&format!("{}#", rank(state)))
    }
}

impl fmt::Display for ReminderPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ReminderPosition {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let read = || {
            let mut parts = text.splitn(3, '#');
            let rank: usize = parts.next()?.parse().ok()?;
            let at: Timestamp = parts.next()?.parse().ok()?;
            let id: ReminderId = parts.next()?.parse().ok()?;
            Some(place(*ReminderState::ALL.get(rank)?, at, id))
        };
        // Other ways to write a place are no place.
        let place = read().filter(|place| place == text);
        place.map(Self).ok_or_else(|| Invalid::new("is not a place in the list of reminders"))
    }
}

impl Reminders {
    /// A person's reminders behind a place, of one state or of all: at most `limit`. With the place of the last, if there are more.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn list(
        &self,
        owner: UserId,
        state: Option<ReminderState>,
        after: Option<&ReminderPosition>,
        limit: u32,
    ) -> Result<(Vec<Reminder>, Option<ReminderPosition>), StoreError> {
        let beginning = state.map_or_else(String::new, |state| format!("{}#", rank(state)));
        // A place with a space behind it is greater than the place, and less than any other that is.
        let from =
            after.map(|after| format!("{} ", after.0)).unwrap_or_default().max(format!("{beginning} "));
        let to = format!("{beginning}~");
        if from > to {
            return Ok((Vec::new(), None));
        }
        let query = self.table.client().query().table_name(self.table.name()).index_name(BY_UPDATED);
        let answer = query
            .key_condition_expression("pk = :reminders AND byUpdated BETWEEN :from AND :to")
            .expression_attribute_values(":reminders", text(keys::reminders(owner)))
            .expression_attribute_values(":from", text(from))
            .expression_attribute_values(":to", text(to))
            .consistent_read(true)
            // One more than is wanted tells whether there are more: they are far too small to fill an answer before.
            .limit(limit.saturating_add(1).cast_signed())
            .send()
            .await
            .map_err(table::failed)?;
        let items = answer.items.unwrap_or_default().into_iter().map(table::from_item);
        let mut items: Vec<ReminderItem> = items.collect::<Result<_, _>>()?;
        let is_last = items.len() <= limit as usize;
        items.truncate(limit as usize);
        let next = items.last().filter(|_| !is_last);
        let next = next.map(|item| ReminderPosition(item.by_updated.clone()));
        let mut reminders = Vec::with_capacity(items.len());
        for item in items {
            reminders.push(self.items.reminder(item).await?);
        }
        Ok((reminders, next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "019aa6f1-04d2-7a3b-9c4d-5e6f708192a3";

    #[test]
    fn a_place_is_a_state_a_time_and_an_id() {
        let place = format!("1#2026-11-18T11:06:40.000Z#{ID}");
        let position: ReminderPosition = place.parse().unwrap();
        assert_eq!(position.to_string(), place);
        assert!(position.is_among(ReminderState::Sent) && !position.is_among(ReminderState::Waiting));
        for bad in [
            "",
            "#",
            "~",
            &format!("3#2026-11-18T11:06:40.000Z#{ID}"),
            &format!("01#2026-11-18T11:06:40.000Z#{ID}"),
            &format!("1#2026-11-18T11:06:40Z#{ID}"),
            &format!("{place}#"),
            &place.to_uppercase(),
        ] {
            assert!(bad.parse::<ReminderPosition>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn those_that_wait_come_first_and_the_soonest_of_them() {
        let at = |seconds: i64| Timestamp::from_millis(1_795_000_000_000 + seconds * 1000).unwrap();
        let id: ReminderId = ID.parse().unwrap();
        let in_order = [
            place(ReminderState::Waiting, at(0), id),
            place(ReminderState::Waiting, at(90_000), id),
            place(ReminderState::Sent, at(-5), id),
            place(ReminderState::Missed, at(-9), id),
        ];
        assert!(in_order.is_sorted());
    }
}
