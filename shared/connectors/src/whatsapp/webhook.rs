//! What one webhook call brings. Members that are not known are passed over, types that are not known are kept.

use std::time::Duration;

use app_domain::Timestamp;
use serde_json::value::RawValue;

use super::delivery::Around;
use super::wire::{AccountNews, Change, Chunk, Envelope, Fault, News, millis_of, shortened};
use super::{AccountUpdate, ContactUpdate, Delivery, DeliveryOrigin, StatusUpdate, Update, json};

/// Everything in one webhook call.
#[derive(Debug, Default)]
pub struct Webhook {
    /// What there is to deal with, over all entries and changes, in order.
    pub updates: Vec<Update>,
    /// The fields of changes that nothing is done about.
    pub other_fields: Vec<String>,
    /// The codes of faults of the account, the app or the platform, and of a history that is not shared.
    pub errors: Vec<i64>,
}

impl Webhook {
    /// Reads the body of a call that arrived at `received_at`. Every message in it becomes an update, however odd.
    ///
    /// # Errors
    /// If it is not JSON, or lists are no lists.
    pub fn read(body: &[u8], received_at: Timestamp) -> Result<Self, serde_json::Error> {
        let envelope: Envelope = serde_json::from_slice(&json::repaired(body))?;
        let mut webhook = Self::default();
        for entry in envelope.entry {
            let at = millis_of(entry.time.as_deref(), received_at);
            for change in entry.changes {
                webhook.read_change(change, entry.id.as_deref(), at, received_at)?;
            }
        }
        Ok(webhook)
    }

    fn read_change(
        &mut self,
        change: Change,
        account: Option<&str>,
        at: Timestamp,
        received_at: Timestamp,
    ) -> Result<(), serde_json::Error> {
        let field = change.field.as_deref().map_or_else(|| "none".to_owned(), shortened);
        let Some(value) = change.value else {
            self.other_fields.push(field);
            return Ok(());
        };
        let origin = match field.as_str() {
            "messages" | "smb_app_state_sync" => DeliveryOrigin::Live,
            "history" => DeliveryOrigin::History,
            "smb_message_echoes" => DeliveryOrigin::Echo,
            "account_update" => {
                let news: AccountNews = serde_json::from_str(value.get()).unwrap_or_default();
                let event = news.event.as_deref().map(shortened);
                let business_account_id = account.map(str::to_owned);
                self.updates.push(Update::Account(AccountUpdate { business_account_id, field, event, at }));
                return Ok(());
            }
            _ => {
                self.other_fields.push(field);
                return Ok(());
            }
        };
        self.add(serde_json::from_str(value.get())?, account, origin, received_at);
        Ok(())
    }

    fn add(&mut self, news: News, account: Option<&str>, origin: DeliveryOrigin, received_at: Timestamp) {
        let News { metadata, contacts, messages, message_echoes, history, statuses, state_sync, errors } =
            news;
        self.note(errors);
        let number = metadata.phone_number_id.clone();
        let around =
            Around { origin, account, metadata: &metadata, contacts: &contacts, thread: None, received_at };
        for message in messages.into_iter().chain(message_echoes) {
            self.add_message(message, around);
        }
        for Chunk { threads, errors } in history {
            self.note(errors);
            for mut thread in threads {
                let messages = std::mem::take(&mut thread.messages);
                for message in messages {
                    self.add_message(message, Around { thread: Some(&thread), ..around });
                }
            }
        }
        let statuses =
            statuses.into_iter().filter_map(|status| StatusUpdate::of(status, number.clone(), received_at));
        self.updates.extend(statuses.map(Update::Status));
        let contacts =
            state_sync.into_iter().filter_map(|state| ContactUpdate::of(state, number.clone(), received_at));
        self.updates.extend(contacts.map(Update::Contact));
    }

    /// A call's messages come in their order, all at once: a millisecond each keeps the order.
    fn add_message(&mut self, message: Box<RawValue>, around: Around<'_>) {
        let place = u64::try_from(self.updates.len()).unwrap_or(0);
        let received_at = around.received_at.plus(Duration::from_millis(place));
        self.updates.push(Update::Message(Delivery::of(message, &Around { received_at, ..around })));
    }

    fn note(&mut self, errors: Vec<Fault>) {
        self.errors.extend(errors.into_iter().map(|error| error.code.unwrap_or_default()));
    }
}

#[cfg(test)]
#[path = "webhook_tests.rs"]
mod tests;
