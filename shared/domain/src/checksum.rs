//! SHA-256 checksums of files, as people send them and as S3 computes them.

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use serde::{Deserialize, Serialize};

use crate::Invalid;

/// The SHA-256 of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// Reads 32 bytes in base64, as S3 writes them, or 64 hexadecimal digits, as tools print them. No text is both.
    ///
    /// # Errors
    /// If it is neither.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let bytes = match text.len() {
            64 => HEXLOWER_PERMISSIVE.decode(text.as_bytes()),
            _ => BASE64.decode(text.as_bytes()),
        };
        let bytes = bytes.ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        bytes
            .map(Self)
            .ok_or_else(|| Invalid::new("must be a SHA-256: 32 bytes in base64, or 64 hexadecimal digits"))
    }

    /// In base64, with padding.
    pub fn base64(&self) -> String {
        BASE64.encode(&self.0)
    }
}

impl TryFrom<String> for Sha256 {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<Sha256> for String {
    fn from(sha256: Sha256) -> Self {
        sha256.base64()
    }
}

/// What S3 has computed over a whole file, in its own notation: the SHA-256 in base64, or, for a file that came in parts, the
/// SHA-256 of the parts' SHA-256s and the number of parts, such as `…=-3`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Checksum(String);

impl Checksum {
    /// # Errors
    /// If it is no checksum in either form.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let (digest, parts) = text.split_once('-').unwrap_or((text, "1"));
        let is_base64 = digest.len() == 44 && Sha256::parse(digest).is_ok();
        if is_base64 && parts.parse::<u32>().is_ok_and(|parts| parts > 0) {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new("must be a SHA-256 in base64, with the number of parts if there are any"))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Of how many parts it is composed; `None` if it is the SHA-256 of the file itself.
    pub fn parts(&self) -> Option<u32> {
        self.0.split_once('-').and_then(|(_, parts)| parts.parse().ok())
    }
}

impl From<Sha256> for Checksum {
    fn from(sha256: Sha256) -> Self {
        Self(sha256.base64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const BASE64: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

    #[test]
    fn both_notations_are_the_same_checksum() {
        let sha256 = Sha256::parse(HEX).unwrap();
        assert_eq!(sha256, Sha256::parse(BASE64).unwrap());
        assert_eq!(sha256, Sha256::parse(&HEX.to_uppercase()).unwrap());
        assert_eq!(sha256.base64(), BASE64);
        assert_eq!(serde_json::to_value(sha256).unwrap(), BASE64);
    }

    #[test]
    fn anything_else_is_refused() {
        let (short, padless) = (&HEX[..62], BASE64.trim_end_matches('='));
        let url_safe = BASE64.replace('+', "-").replace('/', "_");
        for bad in ["", "abc", short, padless, &url_safe, &HEX.replace('e', "g"), &BASE64.repeat(2)] {
            assert!(Sha256::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_checksum_says_of_how_many_parts_it_is() {
        let composite = Checksum::parse(&format!("{BASE64}-25")).unwrap();
        assert_eq!(composite.parts(), Some(25));
        assert_eq!(Checksum::from(Sha256::parse(HEX).unwrap()).parts(), None);
        for bad in [HEX, "", "-3", &format!("{BASE64}-"), &format!("{BASE64}-0"), &format!("{BASE64}-3-3")] {
            assert!(Checksum::parse(bad).is_err(), "{bad}");
        }
    }
}
