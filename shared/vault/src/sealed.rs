//! The text form of a sealed field: `v1.<generation>.<base64url(nonce‖ciphertext‖tag)>`.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::{MAX_PLAIN_BYTES, VaultError};

/// The version of the text form, of the associated data and of the cipher: they change together.
pub(crate) const VERSION: &str = "v1";
/// The same where there is no text.
const VERSION_BYTE: u8 = 1;
/// Random bytes before the ciphertext.
pub(crate) const NONCE_BYTES: usize = 12;
/// Bytes after the ciphertext that prove that nothing was changed.
pub(crate) const TAG_BYTES: usize = 16;

/// A sealed field: text that can be stored anywhere and is opened by [`Vault::open`](crate::Vault::open). `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Sealed {
    text: String,
    generation: u32,
}

impl Sealed {
    /// Text that was sealed before.
    ///
    /// # Errors
    /// [`VaultError::Unreadable`] if it cannot have been.
    pub fn parse(text: impl Into<String>) -> Result<Self, VaultError> {
        let text = text.into();
        let generation = generation_of(&text).ok_or(VaultError::Unreadable)?;
        Ok(Self { text, generation })
    }

    /// The text to store.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text to store.
    pub fn into_text(self) -> String {
        self.text
    }

    /// The same without the text: `<version, 1 byte><generation, 4 bytes>nonce‖ciphertext‖tag`, a quarter shorter.
    ///
    /// # Errors
    /// Never for what [`Vault::seal`](crate::Vault::seal) gave.
    pub fn to_bytes(&self) -> Result<Vec<u8>, VaultError> {
        let mut bytes = vec![VERSION_BYTE];
        bytes.extend(self.generation.to_be_bytes());
        bytes.extend(self.bytes()?);
        Ok(bytes)
    }

    /// From [`Self::to_bytes`].
    ///
    /// # Errors
    /// [`VaultError::Unreadable`] if it cannot have come from there.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, VaultError> {
        let (head, payload) = bytes.split_first_chunk::<5>().ok_or(VaultError::Unreadable)?;
        let [version, generation @ ..] = *head;
        let lengths = NONCE_BYTES + TAG_BYTES..=NONCE_BYTES + MAX_PLAIN_BYTES + TAG_BYTES;
        match u32::from_be_bytes(generation) {
            generation @ 1.. if version == VERSION_BYTE && lengths.contains(&payload.len()) => {
                Ok(Self::new(generation, payload))
            }
            _ => Err(VaultError::Unreadable),
        }
    }

    /// Which of its owner's keys sealed it, counted from 1.
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// From nonce, ciphertext and tag.
    pub(crate) fn new(generation: u32, bytes: &[u8]) -> Self {
        let mut text = format!("{VERSION}.{generation}.");
        BASE64_URL_SAFE_NO_PAD.encode_string(bytes, &mut text);
        Self { text, generation }
    }

    /// Nonce, ciphertext and tag.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, VaultError> {
        let payload = self.text.rsplit('.').next().unwrap_or_default();
        BASE64_URL_SAFE_NO_PAD.decode(payload).map_err(|_| VaultError::Unreadable)
    }
}

/// The generation that well-formed text names. Each sealed field has one text form only.
fn generation_of(text: &str) -> Option<u32> {
    let (generation, payload) = text.strip_prefix(VERSION)?.strip_prefix('.')?.split_once('.')?;
    let number: u32 = generation.parse().ok().filter(|number| *number > 0)?;
    let lengths = text_len(NONCE_BYTES + TAG_BYTES)..=text_len(NONCE_BYTES + MAX_PLAIN_BYTES + TAG_BYTES);
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let well_formed = number.to_string() == generation
        && lengths.contains(&payload.len())
        && payload.bytes().all(is_base64url);
    well_formed.then_some(number)
}

/// How many characters so many bytes become.
const fn text_len(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

impl TryFrom<String> for Sealed {
    type Error = VaultError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(text)
    }
}

impl From<Sealed> for String {
    fn from(sealed: Sealed) -> Self {
        sealed.into_text()
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({VERSION}.{}.…)", self.generation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_text_is_its_json() {
        let sealed = Sealed::new(12, &[7; 40]);
        let json = serde_json::to_string(&sealed).unwrap();
        assert_eq!(json, format!("\"{}\"", sealed.as_str()));
        assert_eq!(serde_json::from_str::<Sealed>(&json).unwrap(), sealed);
        assert_eq!(sealed.generation(), 12);
        assert_eq!(sealed.bytes().unwrap(), [7; 40]);
    }

    #[test]
    fn its_bytes_are_its_text() {
        let sealed = Sealed::new(700, &[7; 40]);
        let bytes = sealed.to_bytes().unwrap();
        assert_eq!((bytes.len(), Sealed::from_bytes(&bytes).unwrap()), (45, sealed));
        let changed = |place: usize, to: u8| {
            let mut bytes = Sealed::new(1, &[7; 40]).to_bytes().unwrap();
            bytes[place] = to;
            bytes
        };
        for bytes in [vec![], bytes[..4].to_vec(), bytes[..32].to_vec(), changed(0, 2), changed(4, 0)] {
            assert!(matches!(Sealed::from_bytes(&bytes), Err(VaultError::Unreadable)), "{bytes:?}");
        }
    }

    #[test]
    fn refuses_text_that_was_never_sealed() {
        let payload = "A".repeat(38);
        assert!(Sealed::parse(format!("v1.1.{payload}")).is_ok());
        let too_large = "A".repeat(text_len(NONCE_BYTES + MAX_PLAIN_BYTES + TAG_BYTES) + 1);
        for text in [
            String::new(),
            "v1".to_owned(),
            "v1.1".to_owned(),
            "v1.1.".to_owned(),
            format!("v1.1.{}", &payload[1..]),
            format!("v1.1.{too_large}"),
            format!("v2.1.{payload}"),
            format!("v11.{payload}"),
            format!("v1.0.{payload}"),
            format!("v1.01.{payload}"),
            format!("v1.+1.{payload}"),
            format!("v1.4294967296.{payload}"),
            format!("v1.1.{payload}="),
            format!("v1.1.{payload}.A"),
            format!("v1.1.{payload}+"),
            format!(" v1.1.{payload}"),
            format!("v1.1.{payload}\n"),
        ] {
            let start: String = text.chars().take(60).collect();
            assert!(matches!(Sealed::parse(text), Err(VaultError::Unreadable)), "{start}");
        }
    }

    #[test]
    fn hides_in_debug() {
        assert_eq!(format!("{:?}", Sealed::new(3, &[7; 40])), "Sealed(v1.3.…)");
    }
}
