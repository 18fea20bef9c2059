//! Sessions: one sign-in, and the family of refresh tokens that keeps it alive.

use std::time::Duration;

use crate::{SessionId, Timestamp, UserId};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// SHA-256 of a refresh token, in hexadecimal: what is stored instead of the token.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TokenHash(String);

impl TokenHash {
    /// From the hexadecimal digest.
    pub fn from_hex(digest: String) -> Self {
        Self(digest)
    }

    /// The hexadecimal digest.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id, the `sid` of its access tokens.
    pub id: SessionId,
    /// Who signed in.
    pub user_id: UserId,
    /// Whether the person asked to stay signed in.
    pub remember_me: bool,
    /// When it began.
    pub created_at: Timestamp,
    /// When its newest refresh token stops working.
    pub expires_at: Timestamp,
}

impl Session {
    /// A session that begins `now`.
    pub fn begin(user_id: UserId, remember_me: bool, now: Timestamp) -> Self {
        let begun = Self { id: SessionId::new(now), user_id, remember_me, created_at: now, expires_at: now };
        begun.renewed(now)
    }

    /// The session with a refresh token issued `now`: 7 days, or 30 if the person asked to stay signed in.
    #[must_use]
    pub fn renewed(self, now: Timestamp) -> Self {
        let days = if self.remember_me { 30 } else { 7 };
        Self { expires_at: now.plus(days * DAY), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staying_signed_in_lasts_a_month() {
        let now = Timestamp::from_millis(1_795_000_000_000).unwrap();
        let days = |remember_me| {
            Session::begin(UserId::new(now), remember_me, now).expires_at.since(now).as_secs() / 86_400
        };
        assert_eq!((days(false), days(true)), (7, 30));
    }
}
