//! Linking a phone to an account by proof: the person sends a code from that phone.

use std::fmt;
use std::time::Duration;

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
    /// When its last message came in.
    pub last_sync_at: Option<Timestamp>,
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
}

/// A message from a phone that no account is linked to: kept for a while, so that it is not lost.
#[derive(Debug, Clone, PartialEq, Eq)]
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
