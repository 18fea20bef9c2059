//! Mail that is to be sent: what is queued, before anybody has looked up to whom it goes.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Email, Timestamp, UserId};

/// A mail to be sent. The worker finds the account and makes the token, so that whoever asked cannot tell from the time it
/// takes whether there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailJob {
    /// The natural key: one job is one mail, however often the queue delivers it.
    pub id: Uuid,
    /// What it is about.
    #[serde(flatten)]
    pub kind: MailKind,
    /// When it was asked for.
    pub requested_at: Timestamp,
}

/// What a mail is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum MailKind {
    /// A link that proves the address.
    VerifyEmail {
        /// Whose.
        user_id: UserId,
    },
    /// A link to set a new password, if somebody has this address.
    ResetPassword {
        /// The address that somebody says is theirs.
        email: Email,
    },
    /// Many attempts to sign in have failed.
    SignInDelayed {
        /// At whose account.
        user_id: UserId,
    },
    /// The password has been changed.
    PasswordChanged {
        /// Whose.
        user_id: UserId,
    },
}

impl MailJob {
    /// A job asked for `now`.
    pub fn new(kind: MailKind, now: Timestamp) -> Self {
        Self { id: Uuid::new_v4(), kind, requested_at: now }
    }
}
