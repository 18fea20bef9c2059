//! Accounts at Google and Apple that people sign in with here.

use app_domain::{AuditEntry, Email, LinkedIdentity, StoreError, Timestamp, TokenHash, User, UserId};
use aws_sdk_dynamodb::types::{ConditionCheck, Delete, TransactWriteItem};
use serde::{Deserialize, Serialize};

use crate::Users;
use crate::audit::entry;
use crate::keys::{self, IDENTITY_PREFIX};
use crate::table::{self, PRESENT, Table, corrupt, if_absent};
use crate::users::Holder;

/// The linked identities of the table.
#[derive(Clone)]
pub struct Identities(Table);

/// What became of linking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linking {
    /// It is linked.
    Done,
    /// Somebody else signs in with it.
    SomebodyElses,
    /// The person signs in with another account of that provider.
    HasAnother,
    /// Somebody has the e-mail address already.
    EmailTaken,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct IdentityItem {
    user_id: UserId,
    provider: String,
    issuer: String,
    subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<Email>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    linked_at: Timestamp,
}

impl Identities {
    /// The linked identities of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// Who signs in with this identity.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn holder(&self, key: &TokenHash) -> Result<Option<UserId>, StoreError> {
        let holder: Option<Holder> = self.0.get(keys::identity_holder(key)).await?;
        Ok(holder.map(|holder| holder.user_id))
    }

    /// All that a person signs in with: at most one of each provider.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn of_user(&self, user: UserId) -> Result<Vec<LinkedIdentity>, StoreError> {
        let (items, _) = self.0.query(keys::owner(user), IDENTITY_PREFIX, None, None).await?;
        Ok(items.into_iter().map(IdentityItem::into_identity).collect())
    }

    /// Links an identity to an account, and notes it in the audit log, in one transaction.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn link(&self, identity: &LinkedIdentity, audit: &AuditEntry) -> Result<Linking, StoreError> {
        let mut writes = self.writes(identity)?;
        writes.push(entry(&self.0, audit)?);
        Ok(match self.0.transact(writes).await? {
            Ok(()) => Linking::Done,
            Err(refused) if refused.includes(0) => Linking::SomebodyElses,
            Err(refused) if refused.includes(1) => Linking::HasAnother,
            Err(_) => return Err(StoreError::Conflict),
        })
    }

    /// Makes an account for somebody who signs in with an identity, with no password, in one transaction.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn register(
        &self,
        user: &User,
        identity: &LinkedIdentity,
        audit: &AuditEntry,
    ) -> Result<Linking, StoreError> {
        let mut writes = self.writes(identity)?;
        writes.extend(Users::new(self.0.clone()).new_account(user, None, audit)?);
        Ok(match self.0.transact(writes).await? {
            Ok(()) => Linking::Done,
            Err(refused) if refused.includes(0) => Linking::SomebodyElses,
            Err(refused) if refused.includes(3) => Linking::EmailTaken,
            Err(_) => return Err(StoreError::Conflict),
        })
    }

    /// Removes an identity, and notes it in the audit log, in one transaction, as long as `other` way in remains.
    /// `Ok(false)` if it does not, or the identity is gone.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn unlink(
        &self,
        identity: &LinkedIdentity,
        other: OtherWayIn<'_>,
        audit: &AuditEntry,
    ) -> Result<bool, StoreError> {
        let remains = ConditionCheck::builder().table_name(self.0.name());
        let remains = match other {
            OtherWayIn::Password => remains
                .set_key(Some(keys::profile(identity.user_id).attributes()))
                .condition_expression("attribute_exists(passwordHash)"),
            OtherWayIn::Provider(provider) => remains
                .set_key(Some(keys::identity(identity.user_id, provider).attributes()))
                .condition_expression(PRESENT),
        };
        let mut writes = self.removal(identity)?;
        writes.push(TransactWriteItem::builder().condition_check(remains.build().map_err(corrupt)?).build());
        writes.push(entry(&self.0, audit)?);
        Ok(self.0.transact(writes).await?.is_ok())
    }

    /// Removes an identity whatever remains: for an account whose owner has just proved it by mail.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn remove(&self, identity: &LinkedIdentity, audit: &AuditEntry) -> Result<(), StoreError> {
        let mut writes = self.removal(identity)?;
        writes.push(entry(&self.0, audit)?);
        // Refused means that it is gone already.
        self.0.transact(writes).await.map(drop)
    }

    fn removal(&self, identity: &LinkedIdentity) -> Result<Vec<TransactWriteItem>, StoreError> {
        let delete =
            |key: keys::Key| Delete::builder().table_name(self.0.name()).set_key(Some(key.attributes()));
        let of_user = delete(keys::identity(identity.user_id, &identity.provider));
        let holder = delete(keys::identity_holder(&LinkedIdentity::key(&identity.issuer, &identity.subject)));
        Ok(vec![table::delete(of_user.condition_expression(PRESENT))?, table::delete(holder)?])
    }

    fn writes(&self, identity: &LinkedIdentity) -> Result<Vec<TransactWriteItem>, StoreError> {
        let key = LinkedIdentity::key(&identity.issuer, &identity.subject);
        let holder = self.0.put(keys::identity_holder(&key), &Holder { user_id: identity.user_id })?;
        let item = IdentityItem::new(identity);
        let of_user = self.0.put(keys::identity(identity.user_id, &identity.provider), &item)?;
        Ok(vec![table::put(if_absent(holder)), table::put(if_absent(of_user))])
    }
}

/// What keeps an account open when an identity is removed.
#[derive(Debug, Clone, Copy)]
pub enum OtherWayIn<'a> {
    /// Its password.
    Password,
    /// Another provider.
    Provider(&'a str),
}

impl IdentityItem {
    fn new(identity: &LinkedIdentity) -> Self {
        let identity = identity.clone();
        Self {
            user_id: identity.user_id,
            provider: identity.provider,
            issuer: identity.issuer,
            subject: identity.subject,
            email: identity.email,
            refresh_token: identity.refresh_token,
            linked_at: identity.linked_at,
        }
    }

    fn into_identity(self) -> LinkedIdentity {
        LinkedIdentity {
            user_id: self.user_id,
            provider: self.provider,
            issuer: self.issuer,
            subject: self.subject,
            email: self.email,
            refresh_token: self.refresh_token,
            linked_at: self.linked_at,
        }
    }
}
