//! The token that follows a refresh token, sealed so that only whoever has the old one can read it.
//!
//! An honest client may send the same refresh token twice: from two tabs, or because the first answer was lost. For a few
//! seconds the second answer gives the same successor. Only hashes of tokens are stored, so the successor is kept with the old
//! token encrypted under a key that is made from the old token itself.

use app_domain::SecretToken;
use app_http::ApiError;
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const PURPOSE: &[u8] = b"memory-app refresh token successor v1";
const KEY_BYTES: usize = 32;

struct KeyLength;

impl KeyType for KeyLength {
    fn len(&self) -> usize {
        KEY_BYTES
    }
}

fn key_of(old: &SecretToken) -> Option<RandomizedNonceKey> {
    let pseudorandom = Salt::new(HKDF_SHA256, PURPOSE).extract(old.expose().as_bytes());
    let mut key = [0; KEY_BYTES];
    pseudorandom.expand(&[PURPOSE], KeyLength).ok()?.fill(&mut key).ok()?;
    RandomizedNonceKey::new(&AES_256_GCM, &key).ok()
}

/// `new`, for whoever has `old`.
pub(crate) fn seal(old: &SecretToken, new: &SecretToken) -> Result<String, ApiError> {
    let failed = || ApiError::internal("a refresh token could not be sealed");
    let key = key_of(old).ok_or_else(failed)?;
    let mut sealed = new.expose().as_bytes().to_vec();
    let nonce = key.seal_in_place_append_tag(Aad::from(PURPOSE), &mut sealed).map_err(|_| failed())?;
    Ok(URL_SAFE_NO_PAD.encode([nonce.as_ref().as_slice(), &sealed].concat()))
}

/// What was sealed for whoever has `old`.
pub(crate) fn open(old: &SecretToken, sealed: &str) -> Option<SecretToken> {
    let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
    let (nonce, mut sealed) = (Nonce::try_assume_unique_for_key(nonce).ok()?, sealed.to_vec());
    let opened = key_of(old)?.open_in_place(nonce, Aad::from(PURPOSE), &mut sealed).ok()?;
    Some(SecretToken::received(String::from_utf8(opened.to_vec()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_old_token_opens_it() {
        let [old, new, other] = [(); 3].map(|()| SecretToken::generate().unwrap());
        let sealed = seal(&old, &new).unwrap();
        assert!(!sealed.contains(new.expose()));
        assert_eq!(open(&old, &sealed), Some(new));
        assert_eq!(open(&other, &sealed), None);
        for broken in ["", "AAAA", &sealed[1..], &sealed[..sealed.len() - 2]] {
            assert_eq!(open(&old, broken), None, "{broken}");
        }
    }
}
