//! A person's WhatsApp connection: a phone that was proved by a code sent from it, and a business number of their own.

use std::fmt;
use std::time::Duration;

use super::{BusinessUserId, Chat, Recipient};
use crate::{PhoneNumber, Timestamp};

/// The letters and digits that are not mistaken for one another (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const PREFIX: &str = "MEMO-";

/// A one-time code that proves a phone: `MEMO-` and eight letters or digits, 40 bits. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkCode(String);

impl LinkCode {
    /// How long a code can be used.
    pub const LIFETIME: Duration = Duration::from_secs(15 * 60);

    /// From 40 random bits.
    pub fn from_random(random: [u8; 5]) -> Self {
        let bits = random.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        let letters = (0..8).rev().map(|n| char::from(ALPHABET[(bits >> (5 * n)) as usize & 31]));
        Self(letters.collect())
    }

    /// Finds a code in what a person wrote, whatever the case and the words around it.
    pub fn find_in(text: &str) -> Option<Self> {
        let upper = text.to_ascii_uppercase();
        upper.split(PREFIX).skip(1).find_map(|after| {
            let code: String = after.chars().take_while(char::is_ascii_alphanumeric).collect();
            (code.len() == 8 && code.bytes().all(|b| ALPHABET.contains(&b))).then_some(Self(code))
        })
    }

    /// The code as it is shown and sent.
    pub fn shown(&self) -> String {
        format!("{PREFIX}{}", self.0)
    }
}

impl fmt::Debug for LinkCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkCode(…)")
    }
}

/// A phone whose messages become memories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectedPhone {
    /// Which phone.
    pub phone: PhoneNumber,
    /// Since when.
    pub since: Timestamp,
    /// The same person's id, once a message has said it: it stays when the phone is hidden.
    pub user_id: Option<BusinessUserId>,
    /// Whom to write to, and from which of our numbers: as the last message came.
    pub chat: Option<Chat>,
    /// When its last message came in: for a day after it, WhatsApp lets us write freely.
    pub last_sync_at: Option<Timestamp>,
}

impl ConnectedPhone {
    /// How long after a message of theirs we may write what we want.
    pub const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

    /// Whom to write to: as their messages come, or the phone that was proved.
    pub fn recipient(&self) -> Recipient {
        let with = self.chat.as_ref().map(|chat| chat.with.clone());
        with.unwrap_or_else(|| Recipient::Phone(self.phone.clone()))
    }
}

/// A business number of a person's own, whose messages become their memories. The access token is kept apart, sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnNumber {
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// Meta's id of the business account that it belongs to.
    pub business_account_id: String,
    /// The number as Meta shows it.
    pub display_phone_number: String,
    /// Since when.
    pub since: Timestamp,
    /// When its access token ends; absent if it does not, or Meta does not say.
    pub token_expires_at: Option<Timestamp>,
    /// When its last message came in.
    pub last_inbound_at: Option<Timestamp>,
}

/// Something that went wrong with a connection and still is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionFault {
    /// Meta's code of it.
    pub code: i64,
    /// What it is, in words for the person.
    pub message: String,
    /// Since when.
    pub at: Timestamp,
}

/// A phone that is still to be proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingPhone {
    /// Which phone.
    pub phone: PhoneNumber,
    /// When its code stops working.
    pub expires_at: Timestamp,
}

/// A person's WhatsApp connection. A connected phone stays so until another is proved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhatsappLink {
    /// The phone whose messages become memories.
    pub connected: Option<ConnectedPhone>,
    /// The phone that is still to be proved.
    pub pending: Option<PendingPhone>,
    /// A business number of their own.
    pub own: Option<OwnNumber>,
    /// Since when saving is paused. What comes in meanwhile is kept aside.
    pub paused_at: Option<Timestamp>,
    /// Whether Memo is to be silent in the chat.
    pub is_muted: bool,
    /// What is wrong with the number of their own.
    pub fault: Option<ConnectionFault>,
    /// What is wrong with the number that everybody writes to, as they meet it.
    pub shared_fault: Option<ConnectionFault>,
}

/// A message from a phone that no account is linked to: kept for a while, so that it is not lost.
#[derive(Clone, PartialEq, Eq)]
pub struct UnclaimedMessage {
    /// The messenger's own id of it.
    pub wamid: String,
    /// Who sent it.
    pub phone: PhoneNumber,
    /// When it reached us.
    pub received_at: Timestamp,
    /// The message as it came, in JSON.
    pub payload: String,
}

impl UnclaimedMessage {
    /// How long it is kept.
    pub const KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);
}

/// Not the number itself.
impl fmt::Debug for OwnNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OwnNumber({} of {})", self.phone_number_id, self.business_account_id)
    }
}

/// Neither who sent it nor what it says; its id tells the phone, too.
impl fmt::Debug for UnclaimedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnclaimedMessage({})", self.received_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_in_what_people_write() {
        let code = LinkCode::from_random([0xde, 0xad, 0xbe, 0xef, 0x01]);
        let shown = code.shown();
        for text in
            [shown.clone(), format!("  {}!", shown.to_lowercase()), format!("For my memo-app: {shown}.")]
        {
            assert_eq!(LinkCode::find_in(&text), Some(code.clone()), "{text}");
        }
    }

    #[test]
    fn other_texts_hold_no_code() {
        for text in ["", "MEMO-", "MEMO-1234567", "MEMO-123456789", "MEMO-ILOU1234", "memory of 2026"] {
            assert_eq!(LinkCode::find_in(text), None, "{text}");
        }
    }

    #[test]
    fn codes_use_all_their_bits() {
        assert_eq!(LinkCode::from_random([0; 5]).shown(), "MEMO-00000000");
        assert_eq!(LinkCode::from_random([0xff; 5]).shown(), "MEMO-ZZZZZZZZ");
    }
}
