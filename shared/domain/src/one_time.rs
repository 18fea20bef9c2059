//! Tokens that are mailed: each works once, for one purpose, for a while.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Email, Timestamp, UserId};

/// What a mailed token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Purpose {
    /// Proves that the address is the person's.
    VerifyEmail,
    /// Lets the person set a new password.
    ResetPassword,
}

impl Purpose {
    /// Its name in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verifyEmail",
            Self::ResetPassword => "resetPassword",
        }
    }

    /// How long a token for it works.
    pub const fn lifetime(self) -> Duration {
        match self {
            Self::VerifyEmail => Duration::from_secs(24 * 60 * 60),
            Self::ResetPassword => Duration::from_secs(60 * 60),
        }
    }
}

/// What whoever has the token proves: that mail to this address reaches them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToProve {
    /// Whose account.
    pub user_id: UserId,
    /// The address that the token was mailed to. If the account has another by now, the token is worthless.
    pub email: Email,
    /// What for.
    pub purpose: Purpose,
    /// When it stops working.
    pub expires_at: Timestamp,
}

impl ToProve {
    /// To be mailed `now`.
    pub fn new(user_id: UserId, email: Email, purpose: Purpose, now: Timestamp) -> Self {
        Self { user_id, email, purpose, expires_at: now.plus(purpose.lifetime()) }
    }
}
