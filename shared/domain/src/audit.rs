//! The audit log: what happened to an account's security, never changed afterwards.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{AuditId, Origin, SessionId, Timestamp, UserId};

/// Something that matters to the security of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AuditEvent {
    /// The account was made.
    Registered,
    /// Somebody signed in.
    SignedIn,
    /// Somebody tried with a wrong password.
    SignInFailed,
    /// So many attempts failed that further ones have to wait.
    SignInDelayed,
    /// A used refresh token came back; its session was ended.
    RefreshTokenReused,
    /// One session was ended.
    SessionEnded,
    /// All sessions were ended, or all but one.
    AllSessionsEnded,
    /// The password was changed by somebody who knew the one before.
    PasswordChanged,
    /// The password was set anew with a mailed token.
    PasswordReset,
    /// The e-mail address was proved.
    EmailVerified,
    /// A way to sign in through a provider was added.
    IdentityLinked,
    /// A way to sign in through a provider was removed.
    IdentityUnlinked,
    /// An API key was made.
    ApiKeyCreated,
    /// An API key was revoked.
    ApiKeyRevoked,
    /// What a WhatsApp phone sends became the account's: the phone was proved, or its number changed.
    WhatsappLinked,
    /// A WhatsApp phone was let go, or somebody else proved it.
    WhatsappUnlinked,
    /// A WhatsApp number of the person's own was connected.
    WhatsappNumberConnected,
    /// That number was let go.
    WhatsappNumberDisconnected,
    /// A drive was connected for backups.
    DriveConnected,
    /// A drive was let go.
    DriveDisconnected,
    /// An administrator changed the role.
    RoleChanged,
    /// An administrator changed the tier.
    TierChanged,
    /// An administrator deactivated the account.
    Deactivated,
    /// An administrator activated the account again.
    Reactivated,
    /// A copy of the account's data was requested.
    ExportRequested,
    /// The data was erased.
    Erased,
    /// The lists of allowed and denied addresses were changed; in the log of the administrator who did it.
    IpRulesChanged,
}

/// One line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Sorts by time.
    pub id: AuditId,
    /// Whose account it is about.
    pub user_id: UserId,
    /// What happened.
    pub event: AuditEvent,
    /// When.
    pub at: Timestamp,
    /// Who did it, if it was not the person themselves: an administrator.
    pub actor: Option<UserId>,
    /// In which session.
    pub session_id: Option<SessionId>,
    /// Where the request came from.
    pub origin: Origin,
    /// What it was about in a few words that are nobody's secret, such as `premium → user`.
    pub detail: Option<String>,
}

impl AuditEntry {
    /// How long entries are kept.
    pub const KEPT_FOR: Duration = Duration::from_secs(400 * 24 * 60 * 60);

    /// Something that the person did, or that was done to them by nobody known.
    pub fn new(user_id: UserId, event: AuditEvent, origin: Origin, now: Timestamp) -> Self {
        let id = AuditId::new(now);
        Self { id, user_id, event, at: now, actor: None, session_id: None, origin, detail: None }
    }

    /// In this session.
    #[must_use]
    pub fn in_session(self, session_id: SessionId) -> Self {
        Self { session_id: Some(session_id), ..self }
    }

    /// Done by an administrator.
    #[must_use]
    pub fn by(self, actor: UserId) -> Self {
        Self { actor: Some(actor), ..self }
    }

    /// With a few words about it.
    #[must_use]
    pub fn about(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }
}
