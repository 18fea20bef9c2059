//! People with accounts.

use crate::{Email, PersonName, Role, Tier, Timestamp, UserId, Username};

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
    /// When the account was made.
    pub created_at: Timestamp,
    /// When the account was last changed.
    pub updated_at: Timestamp,
}
