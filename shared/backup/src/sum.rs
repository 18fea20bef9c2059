//! SHA-256, by which everything in a backup is named.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{Digest, SHA256, digest};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The SHA-256 of some bytes; in lower-case hexadecimal where it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sum([u8; 32]);

/// A text is no SHA-256 in lower-case hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a SHA-256 in lower-case hexadecimal")]
pub struct InvalidSum;

impl Sum {
    /// Of all of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_digest(&digest(&SHA256, bytes))
    }

    /// What a SHA-256 of aws-lc came to.
    pub(crate) fn from_digest(digest: &Digest) -> Self {
        let mut sum = [0; 32];
        sum.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
        Self(sum)
    }

    /// The bytes of it.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        HEXLOWER.encode_display(&self.0).fmt(f)
    }
}

impl FromStr for Sum {
    type Err = InvalidSum;

    fn from_str(text: &str) -> Result<Self, InvalidSum> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| InvalidSum)?;
        bytes.try_into().map(Self).map_err(|_| InvalidSum)
    }
}

impl Serialize for Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
