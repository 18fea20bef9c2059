//! The people who write to a person's own WhatsApp number, and what becomes of what they write.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Sender;
use crate::{CategoryId, Invalid, Timestamp};

/// A contact, by a hash of who they are: 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContactId(String);

impl ContactId {
    /// The beginning of a hash in hexadecimal.
    pub fn of_hash(sha256_hex: &str) -> Option<Self> {
        sha256_hex.get(..32).and_then(|hash| Self::parse(hash).ok())
    }

    /// # Errors
    /// If it is no id.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let is_hex = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if text.len() == 32 && is_hex {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new("must be the id of a contact"))
        }
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ContactId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::parse(text)
    }
}

/// What becomes of what a contact writes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContactRule {
    /// It becomes memories.
    #[default]
    Save,
    /// It is not kept.
    Ignore,
}

impl ContactRule {
    /// # Errors
    /// If there is none of that name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "save" => Ok(Self::Save),
            "ignore" => Ok(Self::Ignore),
            _ => Err(Invalid::new("must be save or ignore")),
        }
    }
}

/// Somebody who has written to a person's own number.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// The id.
    pub id: ContactId,
    /// Who they are.
    pub sender: Sender,
    /// The name that they show.
    pub name: Option<String>,
    /// What becomes of what they write.
    pub rule: ContactRule,
    /// Where it is filed; with WhatsApp's own category unless told.
    pub category: Option<CategoryId>,
    /// How many messages of theirs became memories.
    pub saved_count: u64,
    /// When they first wrote.
    pub first_at: Timestamp,
    /// When they last wrote.
    pub last_at: Timestamp,
}

/// Not who they are.
impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Contact({}, {:?}, {})", self.id, self.rule, self.saved_count)
    }
}
