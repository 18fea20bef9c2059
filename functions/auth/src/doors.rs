//! Every other way into an account than its password: API keys and linked sign-ins.

use app_domain::{AuditEntry, AuditEvent, Origin, Timestamp, User};
use app_http::ApiError;
use app_store::{ApiKeys, Identities};

/// The ways in. Cloning shares the table.
#[derive(Clone)]
pub struct Doors {
    api_keys: ApiKeys,
    identities: Identities,
}

impl Doors {
    /// The API keys of `api_keys` and the linked sign-ins of `identities`.
    pub fn new(api_keys: ApiKeys, identities: Identities) -> Self {
        Self { api_keys, identities }
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
        for identity in self.identities.of_user(user.id).await? {
            let audit = AuditEntry::new(user.id, AuditEvent::IdentityUnlinked, origin.clone(), now);
            self.identities.remove(&identity, &audit.about(identity.provider.clone())).await?;
        }
        Ok(())
    }
}
