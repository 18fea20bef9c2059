//! Accounts.

use app_domain::{Email, PersonName, Role, StoreError, Tier, Timestamp, User, UserId, Username};
use serde::{Deserialize, Serialize};

use crate::keys::{self, Key};
use crate::table::{self, Table, if_absent};

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
    password_hash: String,
    role: Role,
    tier: Tier,
    is_verified: bool,
    is_active: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Whose a unique name is.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Holder {
    user_id: UserId,
}

impl Users {
    /// The accounts of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// Makes an account, with its unique names, in one transaction.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn register(&self, user: &User, password_hash: &str) -> Result<Registration, StoreError> {
        let holder = Holder { user_id: user.id };
        let mut writes = vec![
            self.0.put(keys::profile(user.id), &UserItem::new(user, password_hash))?,
            self.0.put(keys::email(&user.email), &holder)?,
        ];
        if let Some(username) = &user.username {
            writes.push(self.0.put(keys::username(username), &holder)?);
        }
        let writes = writes.into_iter().map(|put| table::put(if_absent(put))).collect();
        Ok(match self.0.transact(writes).await? {
            Ok(()) => Registration::Done,
            Err(refused) if refused.includes(1) => Registration::EmailTaken,
            Err(refused) if refused.includes(2) => Registration::UsernameTaken,
            Err(_) => return Err(StoreError::Conflict),
        })
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
    pub async fn by_email(&self, email: &Email) -> Result<Option<(User, String)>, StoreError> {
        self.held_by(Some(keys::email(email))).await
    }

    /// The account that signs in with this username, and its password's hash.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn by_username(&self, username: &Username) -> Result<Option<(User, String)>, StoreError> {
        self.held_by(Some(keys::username(username))).await
    }

    /// What looking up an account takes, for a name that no account can have.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn by_no_name(&self) -> Result<Option<(User, String)>, StoreError> {
        self.held_by(None).await
    }

    /// Reads twice whether or not the name is anybody's, so that the time does not tell.
    async fn held_by(&self, name: Option<Key>) -> Result<Option<(User, String)>, StoreError> {
        let holder: Option<Holder> = self.0.get(name.unwrap_or_else(keys::nothing)).await?;
        let profile = holder.map_or_else(keys::nothing, |holder| keys::profile(holder.user_id));
        let item: Option<UserItem> = self.0.get(profile).await?;
        Ok(item.map(UserItem::into_user))
    }
}

impl UserItem {
    fn new(user: &User, password_hash: &str) -> Self {
        let user = user.clone();
        Self {
            id: user.id,
            email: user.email,
            username: user.username,
            first_name: user.first_name,
            last_name: user.last_name,
            password_hash: password_hash.to_owned(),
            role: user.role,
            tier: user.tier,
            is_verified: user.is_verified,
            is_active: user.is_active,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }

    fn into_user(self) -> (User, String) {
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
            created_at: self.created_at,
            updated_at: self.updated_at,
        };
        (user, self.password_hash)
    }
}
