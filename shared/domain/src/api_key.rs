//! API keys: a person's programs use the API with them, within a scope.

use serde::{Deserialize, Serialize};

use crate::{ApiKeyId, Invalid, Permission, Role, Timestamp, TokenHash, UserId};

/// What a person calls a key: 1–100 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApiKeyName(String);

impl ApiKeyName {
    /// # Errors
    /// If the name is empty, too long, or holds control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        crate::text::line(text, 100).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An API key, without the key itself, which nobody keeps but its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// Whose.
    pub owner: UserId,
    /// What its owner calls it.
    pub name: ApiKeyName,
    /// The beginning of the key, by which its owner recognises it.
    pub prefix: String,
    /// SHA-256 of the key.
    pub hash: TokenHash,
    /// What it may do, of what its owner may do.
    pub permissions: Vec<Permission>,
    /// The most requests in a calendar month (UTC).
    pub usage_limit: u32,
    /// When it stops working, if ever.
    pub expires_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl ApiKey {
    /// The most keys that a person can have.
    pub const MAX_PER_PERSON: usize = 20;
    /// The requests per month of a key that was given no limit.
    pub const DEFAULT_USAGE_LIMIT: u32 = 1000;
    /// The most requests per month that a key can be given.
    pub const MAX_USAGE_LIMIT: u32 = 10_000_000;

    /// What the key may do while its owner has this role.
    pub fn permits(&self, role: Role) -> Vec<Permission> {
        let of_role = role.permissions();
        self.permissions.iter().copied().filter(|permission| of_role.contains(permission)).collect()
    }

    /// Whether it has stopped working.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|expires_at| expires_at <= now)
    }
}
