//! Sessions: one sign-in, and the family of refresh tokens that keeps it alive.

use std::time::Duration;

use crate::{Origin, SessionId, Timestamp, UserId};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a refresh token that was just exchanged still gives the same answer: an honest client may send it twice, from
/// two tabs or because the first answer was lost.
#[derive(Debug, Clone, Copy)]
pub struct SuccessorGrace;

impl SuccessorGrace {
    const LENGTH: Duration = Duration::from_secs(10);

    /// Whether a token that was exchanged at `used_at` may be exchanged for the same one again.
    pub fn covers(used_at: Timestamp, now: Timestamp) -> bool {
        now.since(used_at) < Self::LENGTH
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
    /// Where the person signed in from.
    pub origin: Origin,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last refreshed: a client that is in use does so every 15 minutes.
    pub last_active_at: Timestamp,
    /// When its newest refresh token stops working.
    pub expires_at: Timestamp,
}

impl Session {
    /// A session that begins `now`.
    pub fn begin(user_id: UserId, remember_me: bool, origin: Origin, now: Timestamp) -> Self {
        let begun = Self {
            id: SessionId::new(now),
            user_id,
            remember_me,
            origin,
            created_at: now,
            last_active_at: now,
            expires_at: now,
        };
        begun.renewed(now)
    }

    /// The session with a refresh token issued `now`: 7 days, or 30 if the person asked to stay signed in.
    #[must_use]
    pub fn renewed(self, now: Timestamp) -> Self {
        let days = if self.remember_me { 30 } else { 7 };
        Self { last_active_at: now, expires_at: now.plus(days * DAY), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staying_signed_in_lasts_a_month() {
        let now = Timestamp::from_millis(1_795_000_000_000).unwrap();
        let days = |remember_me| {
            let session = Session::begin(UserId::new(now), remember_me, Origin::default(), now);
            session.expires_at.since(now).as_secs() / 86_400
        };
        assert_eq!((days(false), days(true)), (7, 30));
    }
}
