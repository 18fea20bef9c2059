//! The port through which every request passes before its handler runs.

use async_trait::async_trait;

use crate::{ApiKey, IpRules, RateClass, Role, SessionId, StoreError, Tier, TokenHash, UserId, Window};

/// What a person may do right now, whatever their token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// Decides permissions.
    pub role: Role,
    /// Decides limits.
    pub tier: Tier,
}

/// How often an API key has been used, this time included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUsage {
    /// In the window of its rate.
    pub in_window: u64,
    /// In this calendar month.
    pub in_month: u64,
}

/// What the table knows of those who call.
#[async_trait]
pub trait Gate: Send + Sync + 'static {
    /// What the person may do, or nothing if the session has ended or the account is not active. May lag behind by a
    /// moment.
    async fn session(&self, user: UserId, session: SessionId) -> Result<Option<Grant>, StoreError>;

    /// The key with this hash, with what its owner may do, or nothing if the key is unknown or its owner not active. May lag
    /// behind by a moment.
    async fn api_key(&self, hash: &TokenHash) -> Result<Option<(ApiKey, Grant)>, StoreError>;

    /// Counts one request of `subject` in a window, exactly, and says how many it has made. One write.
    async fn count(&self, subject: &str, window: Window) -> Result<u64, StoreError>;

    /// Counts one request of an API key in a window of a class, and in `month` (such as `2026-11`), exactly. One write.
    async fn count_key(
        &self,
        key: &ApiKey,
        class: RateClass,
        window: Window,
        month: &str,
    ) -> Result<KeyUsage, StoreError>;

    /// The addresses that may and may not call.
    async fn ip_rules(&self) -> Result<IpRules, StoreError>;
}
