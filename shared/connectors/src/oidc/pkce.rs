//! Proof key for code exchange (RFC 7636), with S256 alone: who ends a sign-in is who has begun it.

use app_domain::{NoRandomness, SecretToken};
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;

/// A new verifier of 256 random bits.
///
/// # Errors
/// If the system has no randomness to give.
pub fn verifier() -> Result<String, NoRandomness> {
    SecretToken::generate().map(SecretToken::into_text)
}

/// What the provider is told of a verifier when the sign-in begins.
pub fn challenge(verifier: &str) -> String {
    BASE64URL_NOPAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref())
}

/// Whether this is a verifier: 43 to 128 letters, digits, `-`, `.`, `_` or `~`.
pub fn is_verifier(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&text.len()) && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_example_fits() {
        let verifier = "chat-sync-verifier-0123456789-abcdefghijklmnopqrstuvwxyz";
        assert!(is_verifier(verifier));
        assert_eq!(challenge(verifier), "O7FS8860R4ZxwQb_-RtWSMjBGMhBpTLWTRWGTJ_suYU");
    }

    #[test]
    fn new_verifiers_are_verifiers_and_differ() {
        let (one, two) = (verifier().unwrap(), verifier().unwrap());
        assert!(is_verifier(&one) && is_verifier(&two));
        assert_ne!(one, two);
    }

    #[test]
    fn other_texts_are_none() {
        for good in ["a".repeat(43), "~".repeat(128)] {
            assert!(is_verifier(&good));
        }
        for bad in ["a".repeat(42), "a".repeat(129), format!("{}+", "a".repeat(43)), "ä".repeat(43)] {
            assert!(!is_verifier(&bad), "{bad}");
        }
    }
}
