//! Who writes: a phone, an id that stands for somebody who hides the phone, or both.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{PhoneNumber, TokenHash};

/// A person in the eyes of one business (Meta's "business-scoped user id"): a country, a dot, and letters, digits and dots.
/// `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BusinessUserId(String);

impl BusinessUserId {
    /// Longer than any that Meta describes: two letters, `.ENT.`, and 128 more.
    const MAX_BYTES: usize = 140;

    /// Reads `DE.48151623421108` or `DE.ENT.1001200230034004`.
    pub fn parse(text: &str) -> Option<Self> {
        let (country, rest) = text.split_once('.')?;
        let is_country = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
        let is_id = !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
        (is_country && is_id && text.len() <= Self::MAX_BYTES).then(|| Self(text.to_owned()))
    }

    /// The id as Meta writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands for it in keys.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }
}

impl fmt::Debug for BusinessUserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BusinessUserId(…)")
    }
}

/// Who wrote a message, as far as it says so. `Debug` hides both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sender {
    /// The phone, as it was delivered; absent if it is hidden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneNumber>,
    /// The id that stays when the phone is hidden. Older messages have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<BusinessUserId>,
}

impl Sender {
    /// Whether nothing is known of them.
    pub fn is_unknown(&self) -> bool {
        self.phone.is_none() && self.user_id.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_a_country_and_an_id() {
        for good in ["DE.48151623421108", "US.ENT.1001200230034004"] {
            assert_eq!(BusinessUserId::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "DE", "DE.", "de.1", "DEU.1", "DE.1 2", "4915550002222", "DE.é"] {
            assert_eq!(BusinessUserId::parse(bad), None, "{bad}");
        }
        assert_eq!(BusinessUserId::parse(&format!("DE.{}", "1".repeat(200))), None);
    }

    #[test]
    fn who_writes_is_not_shown() {
        let user_id = BusinessUserId::parse("DE.481");
        let sender = Sender { phone: PhoneNumber::from_digits("4915550002222"), user_id };
        let shown = format!("{sender:?}");
        assert!(!shown.contains("4915550002222") && !shown.contains("481"), "{shown}");
    }
}
