//! All accounts, as administrators see them.
//!
//! They are listed through the index `directory`, of which only accounts are members: they alone have its partition key. Being
//! one partition, it takes a thousand writes a second, which is as many accounts as can be made or changed.

use app_domain::{AuditEntry, Email, PersonName, Role, StoreError, Tier, Timestamp, UserId, Username};
use aws_sdk_dynamodb::types::{AttributeValue, Update};
use serde::{Deserialize, Serialize};

use crate::audit::entry;
use crate::keys::{self, ACCOUNTS, DIRECTORY};
use crate::table::{self, Table, from_item, text};
use crate::users::Holder;

/// The directory of the table.
#[derive(Clone)]
pub struct Directory(Table);

/// An account's item, with what makes it a member of the index.
#[derive(Serialize)]
pub(crate) struct Listed<T> {
    directory: &'static str,
    #[serde(flatten)]
    account: T,
}

/// An account without anything that it signs in with. It is read as the index has it, and never written as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The account's id.
    pub id: UserId,
    /// The e-mail address.
    pub email: Email,
    /// The username, if chosen.
    pub username: Option<Username>,
    /// First name.
    pub first_name: PersonName,
    /// Last name.
    pub last_name: PersonName,
    /// Decides permissions.
    pub role: Role,
    /// Decides limits.
    pub tier: Tier,
    /// Whether the e-mail address is proved.
    pub is_verified: bool,
    /// Whether the account may sign in.
    pub is_active: bool,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When the account was last changed.
    pub updated_at: Timestamp,
}

impl<T> Listed<T> {
    pub(crate) fn new(account: T) -> Self {
        Self { directory: ACCOUNTS, account }
    }
}

impl Directory {
    /// The directory of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// The newest `limit` accounts, of those made before `after`. An account that was made or changed a moment ago may be
    /// missing or as it was before: an index follows its table.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn page(&self, after: Option<UserId>, limit: u32) -> Result<Vec<Account>, StoreError> {
        let request = self.0.client().query().table_name(self.0.name()).index_name(DIRECTORY);
        let answer = request
            .key_condition_expression("#directory = :accounts")
            .expression_attribute_names("#directory", DIRECTORY)
            .expression_attribute_values(":accounts", text(ACCOUNTS))
            .scan_index_forward(false)
            .limit(limit.cast_signed())
            .set_exclusive_start_key(after.map(keys::listed))
            .send()
            .await
            .map_err(table::failed)?;
        answer.items.unwrap_or_default().into_iter().map(from_item).collect()
    }

    /// One account, as it is now.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, id: UserId) -> Result<Option<Account>, StoreError> {
        self.0.get(keys::profile(id)).await
    }

    /// The account with this e-mail address, as it is now.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn by_email(&self, email: &Email) -> Result<Option<Account>, StoreError> {
        match self.0.get::<Holder>(keys::email(email)).await? {
            Some(holder) => self.get(holder.user_id).await,
            None => Ok(None),
        }
    }

    /// Gives an account the role, tier and activity of `after`, in one transaction with the entries in its audit log. If the
    /// activity changes, all sessions so far are over: one that began while the account was being deactivated must not come
    /// back to life with it.
    ///
    /// # Errors
    /// `Conflict` if the account no longer has those of `before`.
    pub async fn change(
        &self,
        before: &Account,
        after: &Account,
        audit: &[AuditEntry],
    ) -> Result<(), StoreError> {
        let same_activity = before.is_active == after.is_active;
        let sessions = if same_activity { "" } else { ", sessionsFrom = :now REMOVE keptSession" };
        let change = Update::builder()
            .table_name(self.0.name())
            .set_key(Some(keys::profile(before.id).attributes()))
            .update_expression(format!(
                "SET #role = :role, tier = :tier, isActive = :active, updatedAt = :now{sessions}"
            ))
            .condition_expression("#role = :roleBefore AND tier = :tierBefore AND isActive = :activeBefore")
            .expression_attribute_names("#role", "role")
            .expression_attribute_values(":role", text(after.role.as_str()))
            .expression_attribute_values(":roleBefore", text(before.role.as_str()))
            .expression_attribute_values(":tier", text(after.tier.as_str()))
            .expression_attribute_values(":tierBefore", text(before.tier.as_str()))
            .expression_attribute_values(":active", AttributeValue::Bool(after.is_active))
            .expression_attribute_values(":activeBefore", AttributeValue::Bool(before.is_active))
            .expression_attribute_values(":now", text(after.updated_at));
        let mut writes = vec![table::update(change)?];
        for told in audit {
            writes.push(entry(&self.0, told)?);
        }
        self.0.transact(writes).await?.map_err(|_| StoreError::Conflict)
    }
}
