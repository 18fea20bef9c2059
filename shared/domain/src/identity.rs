//! Ways to sign in through somebody else: a Google or Apple account.

use std::time::Duration;

use crate::{Email, Timestamp, TokenHash, UserId};

/// An account at a provider that its owner signs in with here.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkedIdentity {
    /// Whose.
    pub user_id: UserId,
    /// Which provider: `google` or `apple`.
    pub provider: String,
    /// Who vouches: the issuer's URL.
    pub issuer: String,
    /// Whom they vouch for: unique and lasting at the issuer.
    pub subject: String,
    /// The address that the provider knows, as it was when linked.
    pub email: Option<Email>,
    /// The provider's own token, sealed for its owner: with it the provider is told when they leave.
    pub refresh_token: Option<String>,
    /// Since when.
    pub linked_at: Timestamp,
}

impl LinkedIdentity {
    /// What finds it when somebody signs in: a hash of who vouches for whom.
    pub fn key(issuer: &str, subject: &str) -> TokenHash {
        TokenHash::of(&format!("{issuer}\n{subject}"))
    }
}

/// A sign-in through a provider that has begun: what has to be the same when it ends.
#[derive(Clone, PartialEq, Eq)]
pub struct PendingSignIn {
    /// With which provider.
    pub provider: String,
    /// Goes through the provider into the id token.
    pub nonce: String,
    /// Proves to the provider that who ends it has begun it (RFC 7636).
    pub code_verifier: String,
    /// Where the browser goes afterwards.
    pub redirect_uri: String,
    /// What the person's first name is, if the provider said so on the way.
    pub first_name: Option<String>,
    /// Likewise the last name.
    pub last_name: Option<String>,
    /// When it is over.
    pub expires_at: Timestamp,
}

impl PendingSignIn {
    /// How long it may take.
    pub const LIFETIME: Duration = Duration::from_secs(10 * 60);
}
