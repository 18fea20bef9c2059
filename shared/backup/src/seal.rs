//! Encrypts what goes to a drive, or leaves it as it is.

use std::fmt;

use age::x25519;
use data_encoding::BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

use crate::head::{self, CHUNK_BYTES, HEAD_BYTES, PayloadKey};

/// Encrypts to a public key, if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealer(Option<x25519::Recipient>);

/// A text is no public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a public key of age, such as age1…")]
pub struct InvalidRecipient;

/// Nothing can be encrypted: there are no random numbers, or they are bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it cannot be encrypted")]
pub struct SealError;

impl Sealer {
    /// To a public key as age writes it (`age1…`), or to none.
    ///
    /// # Errors
    /// If it is none.
    pub fn new(recipient: Option<&str>) -> Result<Self, InvalidRecipient> {
        recipient.map(|text| text.parse().map_err(|_| InvalidRecipient)).transpose().map(Self)
    }

    /// Whether it encrypts.
    pub fn is_sealing(&self) -> bool {
        self.0.is_some()
    }

    /// Some bytes as they are to be stored.
    ///
    /// # Errors
    /// See [`SealError`].
    pub fn seal(&self, plain: Vec<u8>) -> Result<Vec<u8>, SealError> {
        let Some(head) = self.begin()? else { return Ok(plain) };
        let size = plain.len() as u64;
        let mut out = Vec::with_capacity(usize::try_from(head::sealed_size(size)).unwrap_or(0));
        out.extend_from_slice(&head.head);
        head.chunks(0, size, &plain, &mut out)?;
        Ok(out)
    }

    /// How many bytes so many become.
    pub fn sealed_size(&self, plain: u64) -> u64 {
        if self.is_sealing() { head::sealed_size(plain) } else { plain }
    }

    /// What a large file is encrypted with, piece by piece: see [`SealedSource`](crate::SealedSource). `None` if it is left as it is.
    ///
    /// # Errors
    /// See [`SealError`].
    pub fn begin(&self) -> Result<Option<SealedHead>, SealError> {
        let begun = self.0.as_ref().map(head::write).transpose()?;
        Ok(begun.map(|(head, key)| SealedHead { head, key }))
    }
}

/// What one file is encrypted with. With it the file becomes the same bytes again in another process; it holds the key of that file, so it is to
/// be kept as a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedHead {
    pub(crate) head: Vec<u8>,
    key: PayloadKey,
}

/// Not what it holds.
impl fmt::Debug for SealedHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedHead(…)")
    }
}

impl SealedHead {
    /// The chunks of a part of a file that begins with the chunk `first`; `size` is that of the whole file in the clear.
    pub(crate) fn chunks(
        &self,
        first: u64,
        size: u64,
        plain: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), SealError> {
        let last = size.div_ceil(CHUNK_BYTES).max(1) - 1;
        let bytes = usize::try_from(CHUNK_BYTES).map_err(|_| SealError)?;
        let empty: &[u8] = &[];
        // What is empty has one chunk all the same.
        let none = plain.is_empty().then_some(empty);
        for (index, chunk) in (first..).zip(plain.chunks(bytes).chain(none)) {
            head::seal_chunk(&self.key, index, index == last, chunk, out)?;
        }
        Ok(())
    }
}

#[derive(Serialize, Deserialize)]
struct Kept {
    head: String,
    key: String,
}

impl Serialize for SealedHead {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let key = BASE64.encode(self.key.as_ref());
        Kept { head: BASE64.encode(&self.head), key }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SealedHead {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrong = || de::Error::custom("must be the head of an encrypted file");
        let kept = Kept::deserialize(deserializer)?;
        let head = BASE64.decode(kept.head.as_bytes()).map_err(|_| wrong())?;
        let key = Zeroizing::new(BASE64.decode(kept.key.as_bytes()).map_err(|_| wrong())?);
        let key = <[u8; 32]>::try_from(key.as_slice()).map_err(|_| wrong())?;
        if head.len() as u64 != HEAD_BYTES {
            return Err(wrong());
        }
        Ok(Self { head, key: Zeroizing::new(key) })
    }
}
