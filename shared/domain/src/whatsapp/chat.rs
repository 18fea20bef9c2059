//! Where an answer goes.

use serde::{Deserialize, Serialize};

use super::{BusinessUserId, Sender};
use crate::PhoneNumber;

/// To whom a message is sent. The phone wins where both are known: some kinds of messages cannot be sent to an id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Recipient {
    /// This phone, exactly as WhatsApp delivered it: some countries write a number in two ways, and only one arrives.
    Phone(PhoneNumber),
    /// Somebody who hides the phone.
    User(BusinessUserId),
}

impl Recipient {
    /// Whoever wrote; `None` if nothing is known of them.
    pub fn of(sender: &Sender) -> Option<Self> {
        let phone = sender.phone.clone().map(Self::Phone);
        phone.or_else(|| sender.user_id.clone().map(Self::User))
    }
}

/// A chat: one of our numbers and whom it talks to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chat {
    /// Meta's id of the business's number.
    pub phone_number_id: String,
    /// Whom it talks to.
    pub with: Recipient,
}
