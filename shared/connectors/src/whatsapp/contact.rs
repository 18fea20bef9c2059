//! The address book of a number that is also used in WhatsApp's app.

use std::fmt;

use app_domain::{Sender, Timestamp};
use serde::{Deserialize, Serialize};

use super::wire::{State, millis_of, shortened};
use super::{hash, sender_hash};

/// A contact that was added to the number's address book, changed or removed. `Debug` hides who it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactUpdate {
    /// Which of the business's numbers has the address book.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number_id: Option<String>,
    /// The contact's phone, as it was delivered.
    pub phone: String,
    /// The name that the address book gives; absent when the contact is removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it is there no more.
    pub is_removed: bool,
    /// When.
    pub at: Timestamp,
}

impl ContactUpdate {
    /// `None` if it is about something else, or about nobody.
    pub(super) fn of(state: State, phone_number_id: Option<String>, received_at: Timestamp) -> Option<Self> {
        let contact = state.contact;
        Some(Self {
            phone_number_id,
            phone: contact.phone_number.filter(|_| state.kind.as_deref() == Some("contact"))?,
            name: contact.full_name.or(contact.first_name).map(|name| shortened(&name)),
            is_removed: state.action.as_deref() == Some("remove"),
            at: millis_of(state.metadata.timestamp.as_deref(), received_at),
        })
    }

    /// Who it is, as a sender.
    pub fn sender(&self) -> Sender {
        hash::sender(Some(&self.phone), None)
    }

    /// Stands for the contact: the same as [`super::Delivery::contact_hash`] of what they write.
    pub fn contact_hash(&self) -> Option<String> {
        sender_hash(&self.sender())
    }
}

impl fmt::Debug for ContactUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContactUpdate")
            .field("is_removed", &self.is_removed)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}
