//! A data key in the clear, and what it does: AES-256-GCM over one field, bound to its place.

use std::fmt;

use app_domain::{NoRandomness, UserId};
use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use data_encoding::HEXLOWER;
use zeroize::Zeroizing;

use crate::sealed::{NONCE_BYTES, TAG_BYTES, VERSION};
use crate::{Sealed, VaultError};

/// A data key in the clear. It is never copied, overwritten when dropped, and hidden by `Debug`.
pub(crate) struct DataKey(Zeroizing<Vec<u8>>);

/// Where a field belongs, and which key sealed it.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) owner: UserId,
    pub(crate) record: &'a str,
    pub(crate) generation: u32,
}

impl Place<'_> {
    /// The associated data. Only the record, which comes last, may hold dots, so no two places have the same.
    fn associated_data(&self) -> Aad<String> {
        Aad::from(format!("{VERSION}.{}.{}.{}", self.generation, self.owner, self.record))
    }
}

impl DataKey {
    /// `None` if it is not of 256 bits.
    pub(crate) fn new(bytes: Vec<u8>) -> Option<Self> {
        let bytes = Zeroizing::new(bytes);
        (bytes.len() == AES_256_GCM.key_len()).then_some(Self(bytes))
    }

    pub(crate) fn seal(&self, place: &Place<'_>, plain: &[u8]) -> Result<Sealed, VaultError> {
        // As large as it gets from the start: growing would leave a copy of the field behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(NONCE_BYTES + plain.len() + TAG_BYTES));
        bytes.resize(NONCE_BYTES, 0);
        bytes.extend_from_slice(plain);
        let sealed = self.cipher().and_then(|cipher| {
            cipher.seal_in_place_separate_tag(place.associated_data(), &mut bytes[NONCE_BYTES..])
        });
        let (nonce, tag) = sealed.map_err(|_| VaultError::Unavailable(NoRandomness.into()))?;
        bytes[..NONCE_BYTES].copy_from_slice(nonce.as_ref());
        bytes.extend_from_slice(tag.as_ref());
        Ok(Sealed::new(place.generation, &bytes))
    }

    pub(crate) fn open(&self, place: &Place<'_>, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let mut bytes = Zeroizing::new(sealed.bytes()?);
        let nonce: [u8; NONCE_BYTES] = bytes.first_chunk().copied().ok_or(VaultError::Unreadable)?;
        bytes.drain(..NONCE_BYTES);
        let opened = self.cipher().and_then(|cipher| {
            let plain = cipher.open_in_place(Nonce::from(&nonce), place.associated_data(), &mut bytes)?;
            Ok(plain.len())
        });
        bytes.truncate(opened.map_err(|_| VaultError::Unreadable)?);
        Ok(bytes)
    }

    /// HMAC-SHA-256 under a key of its own that is derived from this one, cut to 128 bits.
    pub(crate) fn fingerprint(&self, text: &str) -> String {
        let derived = hmac::sign(&hmac::Key::new(HMAC_SHA256, &self.0), b"memory-app fingerprint v1");
        let tag = hmac::sign(&hmac::Key::new(HMAC_SHA256, derived.as_ref()), text.as_bytes());
        HEXLOWER.encode(&tag.as_ref()[..16])
    }

    /// Made for each use, so that what stays in memory are bytes that we overwrite ourselves. It draws a nonce for each seal.
    fn cipher(&self) -> Result<RandomizedNonceKey, Unspecified> {
        RandomizedNonceKey::new(&AES_256_GCM, &self.0)
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const OWNER: &str = "01932b7c-5a00-7000-8000-0123456789ab";
    const RECORD: &str = "IDENTITY#google/refreshToken";

    fn key() -> DataKey {
        DataKey::new((0..32).collect()).unwrap()
    }

    #[test]
    fn a_fingerprint_depends_on_the_text_and_the_key() {
        // Computed with Python's hmac module.
        assert_eq!(key().fingerprint("the same words"), "20027f685692d8808135413de4926f67");
        assert_ne!(key().fingerprint("other words"), key().fingerprint("the same words"));
    }

    fn place(generation: u32) -> Place<'static> {
        Place { owner: OWNER.parse().unwrap(), record: RECORD, generation }
    }

    /// Made by another implementation of AES-GCM. While this passes, what was sealed in the past still opens.
    #[test]
    fn opens_what_version_1_sealed() {
        let known: [(u32, &str, &[u8]); 2] = [
            (7, "v1.7.oKGio6SlpqeoqaqrhzgOSCO5Z8wKRfO8bB-ukpnD4qoBcVkwEhkAAz6TsA", b"a refresh token"),
            (1, "v1.1.oKGio6Slpqeoqaqr3AVgS87W1PX6XDhWbYOUFA", b""),
        ];
        for (generation, text, plain) in known {
            let sealed = Sealed::parse(text).unwrap();
            assert_eq!(key().open(&place(generation), &sealed).unwrap().as_slice(), plain);
        }
    }

    #[test]
    fn seals_what_opens_in_its_place_only() {
        let sealed = key().seal(&place(7), b"a refresh token").unwrap();
        assert_eq!(key().open(&place(7), &sealed).unwrap().as_slice(), b"a refresh token");
        let elsewhere = [
            place(8),
            Place { record: "IDENTITY#google/accessToken", ..place(7) },
            Place { record: "", ..place(7) },
            Place { owner: "01932b7c-5a00-7000-8000-0123456789ac".parse().unwrap(), ..place(7) },
        ];
        for place in elsewhere {
            assert!(matches!(key().open(&place, &sealed), Err(VaultError::Unreadable)));
        }
        let other_key = DataKey::new(vec![1; 32]).unwrap();
        assert!(matches!(other_key.open(&place(7), &sealed), Err(VaultError::Unreadable)));
    }

    #[test]
    fn no_two_seals_share_a_nonce() {
        let key = key();
        let nonces: HashSet<Vec<u8>> = (0..1000)
            .map(|_| key.seal(&place(1), b"the same").unwrap().bytes().unwrap()[..NONCE_BYTES].to_vec())
            .collect();
        assert_eq!(nonces.len(), 1000);
    }

    #[test]
    fn is_of_256_bits_and_hides() {
        assert!(DataKey::new(vec![0; 16]).is_none());
        assert!(DataKey::new(vec![0; 33]).is_none());
        assert_eq!(format!("{:?}", key()), "DataKey(…)");
    }
}
