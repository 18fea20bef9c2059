//! One mail: whether it is still wanted, to whom it goes, what it says.

use std::time::Duration;

use app_domain::{
    MailJob, MailKind, NoRandomness, Purpose, Reminder, SecretToken, StoreError, Timestamp, ToProve, User,
    UserId,
};
use app_runtime::causes;
use app_store::Claim;

use crate::App;
use crate::letter::{Letter, name_of};
use crate::sender::{Mailbox, NotTaken};

/// When a mail is too late: nobody waits for a link that long, and one that lies about unused is a risk.
const STALE_AFTER: Duration = Duration::from_secs(60 * 60);
/// The same of what is worth having late: a reminder, a drive that is not backed up any more. No longer than it is known of a mail that it was sent.
const REMINDER_STALE_AFTER: Duration = Reminder::MISSED_AFTER;

/// Nothing is left to do for a mail.
pub(crate) struct Done {
    pub(crate) outcome: Outcome,
    /// To whom it went or would have gone.
    pub(crate) user: Option<UserId>,
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// SES has it.
    Sent,
    /// It was dealt with when it was delivered before.
    Duplicate,
    /// It was asked for too long ago.
    Stale,
    /// No active account is meant.
    Nobody,
    /// The address that it should prove is proved; or the reminder is gone, or moved to another time.
    NotNeeded,
    /// Reminders go to proved addresses alone, and this one is not.
    Unproved,
    /// SES sends to no such address.
    Unaddressable,
}

/// Why a mail has to come again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// It may be on its way at this moment.
    #[error("another worker has the mail")]
    Busy,
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A token could not be made.
    #[error(transparent)]
    Token(#[from] NoRandomness),
    /// The words could not be put together.
    #[error("the mail could not be written")]
    Unwritable(#[from] askama::Error),
    /// SES failed, or refused it.
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
}

impl Outcome {
    /// In the log.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Duplicate => "duplicate",
            Self::Stale => "stale",
            Self::Nobody => "nobody",
            Self::NotNeeded => "not needed",
            Self::Unproved => "unproved",
            Self::Unaddressable => "unaddressable",
        }
    }

    fn without_account(self) -> Done {
        Done { outcome: self, user: None }
    }

    fn of(self, user: &User) -> Done {
        Done { outcome: self, user: Some(user.id) }
    }
}

impl Failure {
    /// In the log.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::NotTaken(error) if error.is_final() => "rejected",
            _ => "failed",
        }
    }
}

/// Delivers one mail, once, however often its job arrives. It goes out twice only if SES's answer is lost, or the worker ends
/// before it has noted that answer: rather twice than never.
pub(crate) async fn deliver(app: &App, job: &MailJob, now: Timestamp) -> Result<Done, Failure> {
    if now.since(job.requested_at) > stale_after(&job.kind) {
        return Ok(Outcome::Stale.without_account());
    }
    match app.mails.claim(job.id, now).await? {
        Claim::Ours => {}
        Claim::Sent => return Ok(Outcome::Duplicate.without_account()),
        Claim::Busy => return Err(Failure::Busy),
    }
    let done = send(app, job, now).await;
    // Best effort: without the note the job is not delivered again all the same, and a claim that is kept runs out.
    let noted = match &done {
        Ok(_) => app.mails.sent(job.id, now).await,
        Err(_) => app.mails.release(job.id, now).await,
    };
    if let Err(error) = noted {
        tracing::warn!(mailId = %job.id, causes = causes(&error), "could not note what became of mail {}", job.id);
    }
    done
}

async fn send(app: &App, job: &MailJob, now: Timestamp) -> Result<Done, Failure> {
    let Some(user) = account(app, &job.kind).await? else { return Ok(Outcome::Nobody.without_account()) };
    if user.is_verified && matches!(job.kind, MailKind::VerifyEmail { .. }) {
        return Ok(Outcome::NotNeeded.of(&user));
    }
    if !user.is_verified && matches!(job.kind, MailKind::Reminder { .. }) {
        return Ok(Outcome::Unproved.of(&user));
    }
    let Some(to) = Mailbox::of(&user.email) else { return Ok(Outcome::Unaddressable.of(&user)) };
    let Some(letter) = letter(app, job, &user, now).await? else { return Ok(Outcome::NotNeeded.of(&user)) };
    app.sender.send(&to, &letter, name_of(&job.kind)).await?;
    Ok(Outcome::Sent.of(&user))
}

/// Whose mail it is, if they have an active account. It goes to the address of the account: the one somebody typed may only
/// look like it.
async fn account(app: &App, kind: &MailKind) -> Result<Option<User>, StoreError> {
    let user = match kind {
        MailKind::ResetPassword { email } => app.users.by_email(email).await?.map(|(user, _)| user),
        MailKind::VerifyEmail { user_id }
        | MailKind::SignInDelayed { user_id }
        | MailKind::PasswordChanged { user_id }
        | MailKind::Reminder { user_id, .. }
        | MailKind::DriveLost { user_id, .. } => app.users.get(*user_id).await?,
    };
    Ok(user.filter(|user| user.is_active))
}

fn stale_after(kind: &MailKind) -> Duration {
    match kind {
        MailKind::Reminder { .. } | MailKind::DriveLost { .. } => REMINDER_STALE_AFTER,
        _ => STALE_AFTER,
    }
}

/// What a mail says; nothing if it is about something that is not there any more.
async fn letter(app: &App, job: &MailJob, user: &User, now: Timestamp) -> Result<Option<Letter>, Failure> {
    let (name, home) = (&user.first_name, app.app_url.as_str());
    Ok(Some(match job.kind {
        MailKind::VerifyEmail { .. } => {
            Letter::verify_email(name, &link(app, user, Purpose::VerifyEmail, now).await?)?
        }
        MailKind::ResetPassword { .. } => {
            Letter::reset_password(name, &link(app, user, Purpose::ResetPassword, now).await?)?
        }
        MailKind::SignInDelayed { .. } => Letter::sign_in_delayed(name, job.requested_at, home)?,
        MailKind::PasswordChanged { .. } => Letter::password_changed(name, job.requested_at, home)?,
        MailKind::DriveLost { provider, .. } => {
            Letter::drive_lost(name, provider.title(), job.requested_at, home)?
        }
        MailKind::Reminder { reminder_id, at, .. } => {
            let reminder = app.reminders.get(user.id, reminder_id).await?;
            let Some(reminder) = reminder.filter(|reminder| reminder.at == at) else { return Ok(None) };
            let memory = app.reminders.memory_of(&reminder).await?;
            let memory_url = memory.map(|memory| app.app_url.memory(memory));
            Letter::reminder(name, &reminder, memory_url.as_deref(), now)?
        }
    }))
}

/// A link with a new token. Its hash is kept before it leaves, so that it works as soon as it arrives.
async fn link(app: &App, user: &User, purpose: Purpose, now: Timestamp) -> Result<String, Failure> {
    let token = SecretToken::generate()?;
    let proves = ToProve::new(user.id, user.email.clone(), purpose, now);
    app.tokens.issue(&token.hash(), &proves).await?;
    Ok(app.app_url.link(purpose, &token))
}
