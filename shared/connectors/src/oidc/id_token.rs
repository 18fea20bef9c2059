//! Whether an id token is meant for us, now, and for this sign-in (OpenID Connect Core 1.0, section 3.1.3.7).

use app_domain::{Timestamp, TokenHash};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;

use super::claims::Claims;
use super::identity::{google_is_authoritative, shown_name};
use super::{Identity, OidcError, ProviderName};

/// Clocks differ by at most this.
const MAX_SKEW_S: f64 = 60.0;
const MAX_SUBJECT_BYTES: usize = 255;
/// No address is longer (RFC 5321).
const MAX_EMAIL_BYTES: usize = 254;
const GOOGLE: &str = "https://accounts.google.com";
/// How Google wrote its issuer before.
const GOOGLE_BEFORE: &str = "accounts.google.com";
/// Where Apple forwards mail from, for people who hide their address.
const APPLE_RELAY: &str = "@privaterelay.appleid.com";

/// What an id token has to say.
pub(super) struct Expected<'a> {
    pub(super) provider: ProviderName,
    pub(super) issuer: &'a str,
    /// Whom it may be for: any of ours.
    pub(super) audiences: &'a [String],
    pub(super) nonce: Option<&'a str>,
    /// What came along with it.
    pub(super) access_token: Option<&'a str>,
    pub(super) now: Timestamp,
}

impl Expected<'_> {
    /// Who it is, if the token says all that it has to.
    pub(super) fn identity(&self, claims: Claims) -> Result<Identity, OidcError> {
        let checks = [
            (self.is_from_issuer(&claims), "its issuer is another"),
            (self.is_for_us(&claims), "it is for somebody else"),
            (self.is_authorized_party(&claims), "it is for several, and not given to us"),
            (self.has_not_expired(&claims), "it has expired"),
            (self.has_begun(&claims), "it is from the future"),
            (self.is_of_this_sign_in(&claims), "its nonce is another"),
            (self.belongs_to_access_token(&claims), "it belongs to another access token"),
            (is_subject(&claims.sub), "its subject is malformed"),
        ];
        match checks.into_iter().find(|(holds, _)| !holds) {
            Some((_, broken)) => Err(OidcError::BadToken(broken)),
            None => Ok(self.read(claims)),
        }
    }

    fn is_from_issuer(&self, claims: &Claims) -> bool {
        claims.iss == self.issuer
            || (self.provider == ProviderName::Google && self.issuer == GOOGLE && claims.iss == GOOGLE_BEFORE)
    }

    fn is_for_us(&self, claims: &Claims) -> bool {
        claims.aud.all().iter().any(|audience| self.audiences.contains(audience))
    }

    /// Beside others, we must be the one it was given to. Alone we need not: Android apps fetch tokens for their server.
    fn is_authorized_party(&self, claims: &Claims) -> bool {
        claims.aud.all().len() == 1 || claims.azp.as_ref().is_some_and(|party| self.audiences.contains(party))
    }

    fn has_not_expired(&self, claims: &Claims) -> bool {
        self.now_s() < claims.exp + MAX_SKEW_S
    }

    fn has_begun(&self, claims: &Claims) -> bool {
        let latest = self.now_s() + MAX_SKEW_S;
        claims.iat <= latest && claims.nbf.is_none_or(|not_before| not_before <= latest)
    }

    fn is_of_this_sign_in(&self, claims: &Claims) -> bool {
        let Some(nonce) = self.nonce else { return true };
        let Some(claimed) = &claims.nonce else { return false };
        // Apps on Apple's devices usually send the hash of their nonce.
        let hashed = self.provider == ProviderName::Apple && equal(claimed, TokenHash::of(nonce).as_str());
        equal(claimed, nonce) || hashed
    }

    fn belongs_to_access_token(&self, claims: &Claims) -> bool {
        let Some(hash) = &claims.at_hash else { return true };
        self.access_token.is_some_and(|token| equal(hash, &access_token_hash(token)))
    }

    fn now_s(&self) -> f64 {
        // Far below 2⁵³, so exact.
        self.now.as_seconds() as f64
    }

    fn read(&self, claims: Claims) -> Identity {
        let email = claims.email.filter(|email| !email.is_empty() && email.len() <= MAX_EMAIL_BYTES);
        let email_verified = claims.email_verified && email.is_some();
        let (authoritative, relayed) = match (self.provider, email.as_deref()) {
            (_, None) => (false, false),
            (ProviderName::Google, Some(email)) => {
                (google_is_authoritative(email, email_verified, claims.hd.as_deref()), false)
            }
            (ProviderName::Apple, Some(email)) => {
                let relayed = claims.is_private_email || email.to_ascii_lowercase().ends_with(APPLE_RELAY);
                (email_verified, relayed)
            }
        };
        Identity {
            // The configured one, so that both of Google's spellings are one account.
            issuer: self.issuer.to_owned(),
            subject: claims.sub,
            email,
            email_verified,
            email_authoritative: authoritative,
            is_private_relay: relayed,
            first_name: claims.given_name.as_deref().and_then(shown_name),
            last_name: claims.family_name.as_deref().and_then(shown_name),
            refresh_token: None,
        }
    }
}

/// The left half of the access token's SHA-256, as `at_hash` has it.
fn access_token_hash(token: &str) -> String {
    let hash = digest(&SHA256, token.as_bytes());
    BASE64URL_NOPAD.encode(hash.as_ref().split_at(16).0)
}

/// Takes the same time whatever differs.
fn equal(one: &str, other: &str) -> bool {
    verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

fn is_subject(subject: &str) -> bool {
    let printable = subject.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    !subject.is_empty() && subject.len() <= MAX_SUBJECT_BYTES && printable
}

#[cfg(test)]
#[path = "id_token_tests.rs"]
mod tests;
