//! Wrong passwords: the more there have been, the longer the next attempt has to wait.

use app_domain::{AuditEntry, AuditEvent, MailJob, MailKind, Patience, Timestamp, User, UserId};
use app_http::{ApiError, Visitor};
use app_runtime::Queue;
use app_store::{AuditLog, FailureSubject, SignInFailures};
use uuid::Builder;

/// Whom somebody tries to sign in as.
pub(crate) struct Target {
    subject: FailureSubject,
    user_id: UserId,
}

impl Target {
    /// An account, or a name that is nobody's: what is done about either takes the same time.
    pub(crate) fn new(user: Option<&User>, name: &str) -> Self {
        match user {
            Some(user) => Self { subject: FailureSubject::account(user.id), user_id: user.id },
            None => Self { subject: FailureSubject::nobody(name), user_id: nobody(name) },
        }
    }
}

/// The id under which failures to sign in with a name that is nobody's are noted. No account has it.
fn nobody(name: &str) -> UserId {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, name.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_ref()[..16]);
    // Accounts have ids of version 7, this is one of version 8.
    Builder::from_custom_bytes(bytes).into_uuid().into()
}

/// Counts wrong passwords and makes people wait.
#[derive(Clone)]
pub struct Attempts {
    failures: SignInFailures,
    audit: AuditLog,
    mail: Queue<MailJob>,
}

impl Attempts {
    /// Failures are counted in `failures`, noted in `audit`, and when there are many their victim is told by `mail`.
    pub fn new(failures: SignInFailures, audit: AuditLog, mail: Queue<MailJob>) -> Self {
        Self { failures, audit, mail }
    }

    /// Whether an attempt is looked at now.
    ///
    /// # Errors
    /// 429 with the wait if it is not.
    pub(crate) async fn allow(
        &self,
        target: &Target,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let address = FailureSubject::address(visitor.ip);
        let (of_account, of_address) =
            tokio::try_join!(self.failures.of(&target.subject), self.failures.of(&address))?;
        let wait = Patience::ACCOUNT.wait(of_account, now).max(Patience::ADDRESS.wait(of_address, now));
        if wait.is_zero() { Ok(()) } else { Err(ApiError::too_many_failures(wait)) }
    }

    /// An attempt has failed: counts it, notes it, and tells the owner of the account when there are many.
    ///
    /// # Errors
    /// If it cannot be counted.
    pub(crate) async fn failed(
        &self,
        target: &Target,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let address = FailureSubject::address(visitor.ip);
        let failed = AuditEntry::new(target.user_id, AuditEvent::SignInFailed, visitor.origin.clone(), now);
        let (failures, ..) = tokio::try_join!(
            self.failures.add(&target.subject, now),
            self.failures.add(&address, now),
            self.audit.record(&failed),
        )?;
        if failures.count == Patience::NOTICE_AT {
            let (user_id, origin) = (target.user_id, visitor.origin.clone());
            let delayed = AuditEntry::new(user_id, AuditEvent::SignInDelayed, origin, now);
            self.audit.record(&delayed).await?;
            let notice = MailJob::new(MailKind::SignInDelayed { user_id }, now);
            self.mail.send(&notice).await.map_err(ApiError::unavailable)?;
        }
        Ok(())
    }

    /// An attempt has succeeded: what failed before is forgotten.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn succeeded(&self, target: &Target) -> Result<(), ApiError> {
        Ok(self.failures.forget(&target.subject).await?)
    }

    /// Whether an attempt is looked at now that names no account.
    ///
    /// # Errors
    /// 429 with the wait if it is not.
    pub(crate) async fn allow_address(&self, visitor: &Visitor, now: Timestamp) -> Result<(), ApiError> {
        let failures = self.failures.of(&FailureSubject::address(visitor.ip)).await?;
        let wait = Patience::ADDRESS.wait(failures, now);
        if wait.is_zero() { Ok(()) } else { Err(ApiError::too_many_failures(wait)) }
    }

    /// An attempt that names no account has failed.
    ///
    /// # Errors
    /// If it cannot be counted.
    pub(crate) async fn failed_address(&self, visitor: &Visitor, now: Timestamp) -> Result<(), ApiError> {
        self.failures.add(&FailureSubject::address(visitor.ip), now).await?;
        Ok(())
    }
}
