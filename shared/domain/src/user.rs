//! People with accounts.

use crate::{Email, PersonName, Role, Session, SessionId, Tier, Timestamp, UserId, Username};

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The account's id.
    pub id: UserId,
    /// Unique without case.
    pub email: Email,
    /// Unique without case, if chosen.
    pub username: Option<Username>,
    /// First name.
    pub first_name: PersonName,
    /// Last name.
    pub last_name: PersonName,
    /// Decides permissions.
    pub role: Role,
    /// Decides limits.
    pub tier: Tier,
    /// Whether the e-mail address is proved to be theirs.
    pub is_verified: bool,
    /// Whether the account may sign in.
    pub is_active: bool,
    /// Whether the person can sign in with a password.
    pub has_password: bool,
    /// Sessions that began before are over.
    pub sessions_from: Option<Timestamp>,
    /// But not this one.
    pub kept_session: Option<SessionId>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When the account was last changed.
    pub updated_at: Timestamp,
}

impl User {
    /// Whether a session of theirs that is stored still counts: the account is active, and not all sessions were ended
    /// since it began.
    pub fn recognises(&self, session: &Session, now: Timestamp) -> bool {
        let begun_since = self.sessions_from.is_none_or(|from| session.created_at >= from);
        let kept = self.kept_session == Some(session.id);
        self.is_active && session.expires_at > now && (begun_since || kept)
    }
}
