//! Every other way into an account than its password: API keys and linked sign-ins.

use app_domain::{AuditEntry, AuditEvent, Origin, Timestamp, User};
use app_http::ApiError;
use app_store::ApiKeys;

/// The ways in. Cloning shares the table.
#[derive(Clone)]
pub struct Doors {
    api_keys: ApiKeys,
}

impl Doors {
    /// The API keys of `api_keys`.
    pub fn new(api_keys: ApiKeys) -> Self {
        Self { api_keys }
    }

    /// Removes them all: somebody proves that an address is theirs which whoever made the account never proved.
    pub(crate) async fn close_all(
        &self,
        user: &User,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        for key in self.api_keys.of_owner(user.id).await? {
            let audit = AuditEntry::new(user.id, AuditEvent::ApiKeyRevoked, origin.clone(), now);
            self.api_keys.revoke(&key, &audit.about(key.prefix.clone())).await?;
        }
        Ok(())
    }
}
