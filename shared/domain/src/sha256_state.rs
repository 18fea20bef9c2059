//! A SHA-256 that can be put away and gone on with in another process.

use std::fmt;

use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::digest::common::hazmat::{SerializableState, SerializedState};
use sha2::{Digest, Sha256};

/// The SHA-256 of some bytes, to which more can come. What is put away holds up to 63 of them.
#[derive(Clone, Default)]
pub struct Sha256State(Sha256);

impl Sha256State {
    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Of what has come so far.
    pub fn finish(&self) -> [u8; 32] {
        self.0.clone().finalize().into()
    }

    /// The same in hexadecimal.
    pub fn hex(&self) -> String {
        HEXLOWER.encode(&self.finish())
    }
}

/// Not what it holds.
impl fmt::Debug for Sha256State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sha256State(…)")
    }
}

impl Serialize for Sha256State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&BASE64.encode_display(&SerializableState::serialize(&self.0)))
    }
}

impl<'de> Deserialize<'de> for Sha256State {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrong = || de::Error::custom("must be the state of a SHA-256");
        let text = String::deserialize(deserializer)?;
        let bytes = BASE64.decode(text.as_bytes()).map_err(|_| wrong())?;
        let state = SerializedState::<Sha256>::try_from(bytes.as_slice()).map_err(|_| wrong())?;
        SerializableState::deserialize(&state).map(Self).map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_after_being_put_away() {
        let mut state = Sha256State::default();
        for part in ["chat ", "backup", " v1\n"] {
            state.update(part.as_bytes());
            state = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
        }
        assert_eq!(state.finish(), <[u8; 32]>::from(Sha256::digest(b"chat backup v1\n")));
        assert_eq!(format!("{state:?}"), "Sha256State(…)");
        for wrong in ["\"\"", "\"AAAA\"", "\"?\"", "1"] {
            assert!(serde_json::from_str::<Sha256State>(wrong).is_err(), "{wrong}");
        }
    }
}
