//! The end of every way to sign in: a new session and its first tokens.

use app_domain::{AuditEntry, AuditEvent, SecretToken, Session, Timestamp, User};
use app_http::{ApiError, Visitor};
use app_store::Sessions;

use crate::Signer;
use crate::body::SignedIn;

/// Begins sessions. Cloning shares the signing key.
#[derive(Clone)]
pub struct SignIn {
    sessions: Sessions,
    signer: Signer,
}

/// A session that is about to begin: its tokens are made, so that nothing can fail but keeping it.
pub(crate) struct Prepared {
    session: Session,
    refresh_token: SecretToken,
    access_token: String,
}

impl SignIn {
    /// Sessions are kept in `sessions`, their tokens signed by `signer`.
    pub fn new(sessions: Sessions, signer: Signer) -> Self {
        Self { sessions, signer }
    }

    /// Makes the tokens of a session, and keeps nothing yet.
    ///
    /// # Errors
    /// 503 if the signing key cannot be read.
    pub(crate) async fn prepare(
        &self,
        user: &User,
        remember_me: bool,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<Prepared, ApiError> {
        let session = Session::begin(user.id, remember_me, visitor.origin.clone(), now);
        let access_token = self.signer.access_token(user, &session, now).await?;
        Ok(Prepared { session, refresh_token: SecretToken::generate()?, access_token })
    }

    /// Keeps a prepared session, noting `event` in the audit log: the person is signed in.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn keep(
        &self,
        user: User,
        prepared: Prepared,
        event: AuditEvent,
        now: Timestamp,
    ) -> Result<SignedIn, ApiError> {
        let Prepared { session, refresh_token, access_token } = prepared;
        let audit = AuditEntry::new(user.id, event, session.origin.clone(), now).in_session(session.id);
        self.sessions.begin(&session, &refresh_token.hash(), &audit).await?;
        Ok(SignedIn { user: user.into(), tokens: Signer::pair(access_token, refresh_token) })
    }

    /// Signs a person in.
    ///
    /// # Errors
    /// If the signing key cannot be read or the store fails.
    pub(crate) async fn begin(
        &self,
        user: User,
        remember_me: bool,
        event: AuditEvent,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<SignedIn, ApiError> {
        let prepared = self.prepare(&user, remember_me, visitor, now).await?;
        self.keep(user, prepared, event, now).await
    }

    /// Signs a person in by their password, unless it is changed at this moment: then nobody is signed in.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub(crate) async fn begin_by_password(
        &self,
        user: User,
        password_hash: &str,
        remember_me: bool,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<Option<SignedIn>, ApiError> {
        let Prepared { session, refresh_token, access_token } =
            self.prepare(&user, remember_me, visitor, now).await?;
        let audit = AuditEntry::new(user.id, AuditEvent::SignedIn, session.origin.clone(), now);
        let (hash, audit) = (refresh_token.hash(), audit.in_session(session.id));
        let begun = self.sessions.begin_by_password(&session, &hash, password_hash, &audit).await?;
        Ok(begun.then(|| SignedIn { user: user.into(), tokens: Signer::pair(access_token, refresh_token) }))
    }
}
