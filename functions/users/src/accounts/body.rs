//! An account as administrators see it.

use app_domain::{Role, Tier};
use app_store::Account;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountBody {
    /// Its id, a UUIDv7.
    id: Uuid,
    /// The e-mail address.
    email: String,
    /// The username, if one was chosen.
    username: Option<String>,
    /// First name.
    first_name: String,
    /// Last name.
    last_name: String,
    /// `user`, `premium` or `admin`.
    #[schema(value_type = String, example = "user")]
    role: Role,
    /// `free` or `premium`.
    #[schema(value_type = String, example = "free")]
    tier: Tier,
    /// Whether the e-mail address is proved.
    is_verified: bool,
    /// Whether the account may sign in.
    is_active: bool,
    /// When the account was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    /// When the account was last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: String,
}

impl From<Account> for AccountBody {
    fn from(account: Account) -> Self {
        Self {
            id: account.id.as_uuid(),
            email: account.email.as_str().to_owned(),
            username: account.username.map(|username| username.as_str().to_owned()),
            first_name: account.first_name.as_str().to_owned(),
            last_name: account.last_name.as_str().to_owned(),
            role: account.role,
            tier: account.tier,
            is_verified: account.is_verified,
            is_active: account.is_active,
            created_at: account.created_at.to_string(),
            updated_at: account.updated_at.to_string(),
        }
    }
}

/// The answer that holds one account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneAccount {
    user: AccountBody,
}

impl From<Account> for OneAccount {
    fn from(account: Account) -> Self {
        Self { user: account.into() }
    }
}
