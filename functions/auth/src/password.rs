//! Passwords: their rule, and their hash with Argon2id.

use std::fmt;

use app_domain::Invalid;
use app_http::ApiError;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Argon2, Params};
use secrecy::{ExposeSecret, SecretString};

/// Characters of which a password must hold at least one.
const SPECIAL: &str = "@$!%*?&";
/// Longer ones are refused, so that hashing cannot be made costly.
const MAX_BYTES: usize = 256;

/// A password that fulfils the rule.
pub(crate) struct Password(SecretString);

impl Password {
    /// At least 8 characters, with a lower-case letter, an upper-case letter, a digit and one of `@$!%*?&`.
    ///
    /// # Errors
    /// Names the parts of the rule that are broken.
    pub(crate) fn parse(text: String) -> Result<Self, Invalid> {
        if text.len() > MAX_BYTES {
            return Err(Invalid::new(format!("must be at most {MAX_BYTES} bytes")));
        }
        let missing: Vec<&str> = [
            (text.chars().count() >= 8, "at least 8 characters"),
            (text.chars().any(|c| c.is_ascii_lowercase()), "a lower-case letter"),
            (text.chars().any(|c| c.is_ascii_uppercase()), "an upper-case letter"),
            (text.chars().any(|c| c.is_ascii_digit()), "a digit"),
            (text.chars().any(|c| SPECIAL.contains(c)), "one of @$!%*?&"),
        ]
        .into_iter()
        .filter_map(|(fulfilled, part)| (!fulfilled).then_some(part))
        .collect();
        if missing.is_empty() {
            Ok(Self(text.into()))
        } else {
            Err(Invalid::new(format!("must have {}", missing.join(", "))))
        }
    }

    /// A password that somebody signs in with: any text, since the rule may have been another when it was chosen.
    pub(crate) fn attempt(text: String) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Hashes and checks passwords, on the thread that serves requests: an environment has one request at a time, and each thread that
/// has hashed would keep its 19 MiB.
pub struct PasswordHasher {
    argon2: Argon2<'static>,
}

/// The hash that a password is checked against when there is no account, so that it takes as long as when there is. Of
/// random bytes that nobody knows.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$QYGGTvYi4RAI0H+FL9pfmg$6hKzRVIpFbufzA5wek79zXFqvmEjf+rqJEUTiq7GAgQ";

impl Default for PasswordHasher {
    /// Argon2id with OWASP's minimum: 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self { argon2: Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, Params::default()) }
    }
}

impl PasswordHasher {
    /// The hash to store, in PHC form.
    pub(crate) fn hash(&self, password: &Password) -> Result<String, ApiError> {
        let hash = self.argon2.hash_password(password.0.expose_secret().as_bytes());
        hash.map(|hash| hash.to_string()).map_err(|error| ApiError::internal(error.to_string()))
    }

    /// Whether the password belongs to the stored hash. Takes as long when there is no hash.
    pub(crate) fn verify(&self, password: &Password, stored: Option<&str>) -> Result<bool, ApiError> {
        // What is too long to be anybody's takes as long as any other, and fits nobody.
        let text = password.0.expose_secret();
        let stored = stored.filter(|_| text.len() <= MAX_BYTES);
        let against = PasswordHash::new(stored.unwrap_or(NOBODY))
            .map_err(|error| ApiError::internal(error.to_string()))?;
        let matches = self.argon2.verify_password(beginning(text), &against).is_ok();
        Ok(matches && stored.is_some())
    }
}

/// As much of a password as is ever hashed.
fn beginning(password: &str) -> &[u8] {
    &password.as_bytes()[..password.len().min(MAX_BYTES)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_broken_part_of_the_rule_is_named() {
        let message = Password::parse("short".to_owned()).unwrap_err().message().to_owned();
        assert_eq!(message, "must have at least 8 characters, an upper-case letter, a digit, one of @$!%*?&");
        assert!(Password::parse("TestPassword123!".to_owned()).is_ok());
        assert!(Password::parse("Aa1!".repeat(100)).is_err());
    }

    #[test]
    fn only_the_right_password_fits_its_hash() {
        let hasher = PasswordHasher::default();
        let hash = hasher.hash(&Password::attempt("TestPassword123!".to_owned())).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let fits = |text: &str, stored| hasher.verify(&Password::attempt(text.to_owned()), stored).unwrap();
        assert!(fits("TestPassword123!", Some(&hash)));
        assert!(!fits("TestPassword123?", Some(&hash)));
        assert!(!fits("TestPassword123!", None));
        assert!(!fits(&"x".repeat(10_000), Some(NOBODY)));
    }
}
