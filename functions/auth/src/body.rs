//! What signing in answers with.

use app_domain::{Role, Tier, User};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An account as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserBody {
    /// The account's id.
    id: Uuid,
    /// The e-mail address to sign in with.
    email: String,
    /// The username to sign in with, if one was chosen.
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
    /// What the account may do.
    #[schema(example = json!(["read:memories", "write:memories"]))]
    permissions: Vec<&'static str>,
    /// Whether the e-mail address is proved.
    is_verified: bool,
    /// Whether the account has a password to sign in with.
    has_password: bool,
    /// When the account was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    /// When the account was last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: String,
}

impl From<User> for UserBody {
    fn from(user: User) -> Self {
        Self {
            id: user.id.as_uuid(),
            email: user.email.as_str().to_owned(),
            username: user.username.map(|username| username.as_str().to_owned()),
            first_name: user.first_name.as_str().to_owned(),
            last_name: user.last_name.as_str().to_owned(),
            role: user.role,
            tier: user.tier,
            permissions: user.role.permissions().iter().map(|permission| permission.as_str()).collect(),
            is_verified: user.is_verified,
            has_password: user.has_password,
            created_at: user.created_at.to_string(),
            updated_at: user.updated_at.to_string(),
        }
    }
}

/// The tokens of a session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tokens {
    /// Proves the caller, for 15 minutes: `Authorization: Bearer <accessToken>`.
    pub(crate) access_token: String,
    /// Gets the next pair of tokens, once.
    pub(crate) refresh_token: String,
    /// Always `Bearer`.
    pub(crate) token_type: &'static str,
    /// How long the access token works, in seconds.
    #[schema(example = 900)]
    pub(crate) expires_in: u64,
}

/// A person who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignedIn {
    /// Who.
    pub(crate) user: UserBody,
    /// Their tokens.
    #[serde(flatten)]
    pub(crate) tokens: Tokens,
}
