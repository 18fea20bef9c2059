//! Accounts.

use app_domain::{
    AuditEntry, Category, Email, PersonName, Role, SessionId, StoreError, Tier, Timestamp, ToProve,
    TokenHash, User, UserId, Username,
};
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use serde::{Deserialize, Serialize};

use crate::audit::entry;
use crate::category_item::given;
use crate::directory::Listed;
use crate::keys::{self, Key};
use crate::one_time;
use crate::table::{self, PRESENT, Table, if_absent, text};

/// The accounts of the table.
#[derive(Clone)]
pub struct Users(Table);

/// What became of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// The account exists now.
    Done,
    /// Somebody has the e-mail address already.
    EmailTaken,
    /// Somebody has the username already.
    UsernameTaken,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserItem {
    id: UserId,
    email: Email,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<Username>,
    first_name: PersonName,
    last_name: PersonName,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_hash: Option<String>,
    role: Role,
    tier: Tier,
    is_verified: bool,
    is_active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    sessions_from: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_session: Option<SessionId>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// An account, and its password's hash if it has one.
pub type Credentials = (User, Option<String>);

/// What became of using a mailed token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// What it allows is done.
    Accepted,
    /// It has been used or has expired, or the account has another address by now.
    Refused,
}

/// Whose a unique name is.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Holder {
    pub(crate) user_id: UserId,
}

impl Users {
    /// The accounts of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// Makes an account, with its unique names, the first entry of its audit log, and the categories that everybody begins with, in
    /// one transaction.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn register(
        &self,
        user: &User,
        password_hash: &str,
        audit: &AuditEntry,
    ) -> Result<Registration, StoreError> {
        Ok(match self.0.transact(self.new_account(user, Some(password_hash), audit)?).await? {
            Ok(()) => Registration::Done,
            Err(refused) if refused.includes(1) => Registration::EmailTaken,
            Err(refused) if refused.includes(2) => Registration::UsernameTaken,
            Err(_) => return Err(StoreError::Conflict),
        })
    }

    /// The writes of a new account: the account, its e-mail address, its username if any, the entry in the audit log, its
    /// categories.
    pub(crate) fn new_account(
        &self,
        user: &User,
        password_hash: Option<&str>,
        audit: &AuditEntry,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let holder = Holder { user_id: user.id };
        let mut puts = vec![
            self.0.put(keys::profile(user.id), &Listed::new(UserItem::new(user, password_hash)))?,
            self.0.put(keys::email(&user.email), &holder)?,
        ];
        if let Some(username) = &user.username {
            puts.push(self.0.put(keys::username(username), &holder)?);
        }
        let mut writes: Vec<_> = puts.into_iter().map(|put| table::put(if_absent(put))).collect();
        writes.push(entry(&self.0, audit)?);
        writes.extend(given(&self.0, &Category::defaults(user.id, user.created_at))?);
        Ok(writes)
    }

    /// One account.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let item: Option<UserItem> = self.0.get(keys::profile(id)).await?;
        Ok(item.map(|item| item.into_user().0))
    }

    /// The account that signs in with this e-mail address, and its password's hash.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn by_email(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        self.held_by(Some(keys::email(email))).await
    }

    /// The account that signs in with this username, and its password's hash.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn by_username(&self, username: &Username) -> Result<Option<Credentials>, StoreError> {
        self.held_by(Some(keys::username(username))).await
    }

    /// One account, and its password's hash.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn credentials(&self, id: UserId) -> Result<Option<Credentials>, StoreError> {
        let item: Option<UserItem> = self.0.get(keys::profile(id)).await?;
        Ok(item.map(UserItem::into_user))
    }

    /// What looking up an account takes, for a name that no account can have.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn by_no_name(&self) -> Result<Option<Credentials>, StoreError> {
        self.held_by(None).await
    }

    /// Sets a new password and ends all sessions but `keep`, in one transaction with the entry in the audit log.
    ///
    /// # Errors
    /// `Conflict` if the password is not `before` any more, or the account is not active.
    pub async fn change_password(
        &self,
        id: UserId,
        before: &str,
        password_hash: &str,
        keep: SessionId,
        audit: &AuditEntry,
    ) -> Result<(), StoreError> {
        let change = self
            .change(id, audit.at)
            .update_expression(
                "SET passwordHash = :new, sessionsFrom = :now, keptSession = :kept, updatedAt = :now",
            )
            .condition_expression("passwordHash = :before AND isActive = :true")
            .expression_attribute_values(":new", text(password_hash))
            .expression_attribute_values(":before", text(before))
            .expression_attribute_values(":kept", text(keep))
            .expression_attribute_values(":true", AttributeValue::Bool(true));
        let writes = vec![table::update(change)?, entry(&self.0, audit)?];
        self.0.transact(writes).await?.map_err(|_| StoreError::Conflict)
    }

    /// Sets a new password by a mailed token, which proves the address too, and ends all sessions: in one transaction
    /// with the using up of the token and the entry in the audit log.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn reset_password(
        &self,
        token: &TokenHash,
        proves: &ToProve,
        password_hash: &str,
        audit: &AuditEntry,
    ) -> Result<Proof, StoreError> {
        let change = self
            .change(proves.user_id, audit.at)
            .update_expression(
                "SET passwordHash = :new, sessionsFrom = :now, isVerified = :true, updatedAt = :now REMOVE keptSession",
            )
            .expression_attribute_values(":new", text(password_hash));
        self.prove(token, proves, change, audit).await
    }

    /// Notes that the address is proved, in one transaction with the using up of the token.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn verify_email(
        &self,
        token: &TokenHash,
        proves: &ToProve,
        audit: &AuditEntry,
    ) -> Result<Proof, StoreError> {
        let change = self
            .change(proves.user_id, audit.at)
            .update_expression("SET isVerified = :true, updatedAt = :now");
        self.prove(token, proves, change, audit).await
    }

    async fn prove(
        &self,
        token: &TokenHash,
        proves: &ToProve,
        change: UpdateBuilder,
        audit: &AuditEntry,
    ) -> Result<Proof, StoreError> {
        let change = change
            .condition_expression("email = :email AND isActive = :true")
            .expression_attribute_values(":email", text(proves.email.as_str()))
            .expression_attribute_values(":true", AttributeValue::Bool(true));
        let writes = vec![
            one_time::used(&self.0, token, proves, audit.at)?,
            table::update(change)?,
            entry(&self.0, audit)?,
        ];
        Ok(if self.0.transact(writes).await?.is_ok() { Proof::Accepted } else { Proof::Refused })
    }

    /// Ends all sessions of a person that began before now, but `keep`, in one transaction with the entry in the audit
    /// log. However many there are, it is one write: what is stored of them counts for nothing from now on.
    ///
    /// # Errors
    /// `Conflict` if there is no such account.
    pub async fn end_sessions(
        &self,
        id: UserId,
        keep: Option<SessionId>,
        audit: &AuditEntry,
    ) -> Result<(), StoreError> {
        let change = self.change(id, audit.at).condition_expression(PRESENT);
        let change = match keep {
            Some(keep) => change
                .update_expression("SET sessionsFrom = :now, keptSession = :kept")
                .expression_attribute_values(":kept", text(keep)),
            None => change.update_expression("SET sessionsFrom = :now REMOVE keptSession"),
        };
        let writes = vec![table::update(change)?, entry(&self.0, audit)?];
        self.0.transact(writes).await?.map_err(|_| StoreError::Conflict)
    }

    fn change(&self, id: UserId, now: Timestamp) -> UpdateBuilder {
        let update = Update::builder().table_name(self.0.name());
        let update = update.set_key(Some(keys::profile(id).attributes()));
        update.expression_attribute_values(":now", text(now))
    }

    /// Reads twice whether or not the name is anybody's, so that the time does not tell.
    async fn held_by(&self, name: Option<Key>) -> Result<Option<Credentials>, StoreError> {
        let holder: Option<Holder> = self.0.get(name.unwrap_or_else(keys::nothing)).await?;
        let profile = holder.map_or_else(keys::nothing, |holder| keys::profile(holder.user_id));
        let item: Option<UserItem> = self.0.get(profile).await?;
        Ok(item.map(UserItem::into_user))
    }
}

impl UserItem {
    fn new(user: &User, password_hash: Option<&str>) -> Self {
        let user = user.clone();
        Self {
            id: user.id,
            email: user.email,
            username: user.username,
            first_name: user.first_name,
            last_name: user.last_name,
            password_hash: password_hash.map(str::to_owned),
            role: user.role,
            tier: user.tier,
            is_verified: user.is_verified,
            is_active: user.is_active,
            sessions_from: user.sessions_from,
            kept_session: user.kept_session,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }

    fn into_user(self) -> Credentials {
        let user = User {
            id: self.id,
            email: self.email,
            username: self.username,
            first_name: self.first_name,
            last_name: self.last_name,
            role: self.role,
            tier: self.tier,
            is_verified: self.is_verified,
            is_active: self.is_active,
            has_password: self.password_hash.is_some(),
            sessions_from: self.sessions_from,
            kept_session: self.kept_session,
            created_at: self.created_at,
            updated_at: self.updated_at,
        };
        (user, self.password_hash)
    }
}
