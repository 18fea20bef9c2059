//! SHA-256 that can be put away and gone on with in another process.

use std::fmt;

use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::digest::common::hazmat::{SerializableState, SerializedState};
use sha2::{Digest, Sha256};

/// The SHA-256 of some bytes, to which more can come. Its state holds up to 63 of them.
#[derive(Clone, Default)]
pub(crate) struct Hash(Sha256);

impl Hash {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// In hexadecimal, of what has come so far.
    pub(crate) fn hex(&self) -> String {
        HEXLOWER.encode(&self.0.clone().finalize())
    }
}

/// Not what it holds.
impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hash(…)")
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&BASE64.encode_display(&SerializableState::serialize(&self.0)))
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrong = || de::Error::custom("must be the state of a SHA-256");
        let text = String::deserialize(deserializer)?;
        let bytes = BASE64.decode(text.as_bytes()).map_err(|_| wrong())?;
        let state = SerializedState::<Sha256>::try_from(bytes.as_slice()).map_err(|_| wrong())?;
        SerializableState::deserialize(&state).map(Self).map_err(|_| wrong())
    }
}
