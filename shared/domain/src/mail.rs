//! Mail that is to be sent: what is queued, before anybody has looked up to whom it goes.

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

use crate::{DriveProvider, Email, ReminderId, Timestamp, UserId};

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
    /// The time of a reminder has come. What it says is read when the mail is written.
    Reminder {
        /// Whose.
        user_id: UserId,
        /// Which.
        reminder_id: ReminderId,
        /// Its time. If it has another by now, it is not to be sent at this one.
        at: Timestamp,
    },
    /// A drive has to be connected again: what the person agreed to is over.
    DriveLost {
        /// Whose.
        user_id: UserId,
        /// Which drive.
        provider: DriveProvider,
    },
}

impl MailJob {
    /// A job asked for `now`.
    pub fn new(kind: MailKind, now: Timestamp) -> Self {
        Self { id: Uuid::new_v4(), kind, requested_at: now }
    }

    /// The mail of a reminder that is due. However often it is asked for, it is one job; at another time it is another.
    pub fn of_reminder(owner: UserId, id: ReminderId, at: Timestamp, now: Timestamp) -> Self {
        let kind = MailKind::Reminder { user_id: owner, reminder_id: id, at };
        Self { id: derived(&format!("reminder {id} {at}")), kind, requested_at: now }
    }

    /// The mail about a drive whose grant is over. However often that is found out, it is one job; of another grant it is another.
    pub fn of_drive(owner: UserId, provider: DriveProvider, grant: Uuid, now: Timestamp) -> Self {
        let kind = MailKind::DriveLost { user_id: owner, provider };
        Self { id: derived(&format!("drive {owner} {provider} {grant}")), kind, requested_at: now }
    }
}

/// The id of a mail that is one by its name.
fn derived(name: &str) -> Uuid {
    let hash = digest(&SHA256, name.as_bytes());
    Builder::from_custom_bytes(hash.as_ref().first_chunk().copied().unwrap_or_default()).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reminder_at_a_time_is_one_mail() {
        let at = |seconds: i64| Timestamp::from_millis(1_795_000_000_000 + seconds * 1000).unwrap();
        let (owner, id) = (UserId::new(at(0)), ReminderId::new(at(0)));
        let mail = MailJob::of_reminder(owner, id, at(60), at(61));
        assert_eq!(mail.id, MailJob::of_reminder(owner, id, at(60), at(120)).id);
        assert_ne!(mail.id, MailJob::of_reminder(owner, id, at(90), at(120)).id);
        assert_ne!(mail.id, MailJob::of_reminder(owner, ReminderId::new(at(0)), at(60), at(61)).id);
        assert_eq!(mail.id.get_version_num(), 8);
        let written = serde_json::to_value(&mail).unwrap();
        assert_eq!((&written["kind"], &written["reminderId"]), (&"reminder".into(), &id.to_string().into()));
        assert_eq!(serde_json::from_value::<MailJob>(written).unwrap(), mail);
    }

    #[test]
    fn a_grant_that_is_over_is_one_mail() {
        let now = Timestamp::from_millis(1_795_000_000_000).unwrap();
        let (owner, grant) = (UserId::new(now), Uuid::new_v4());
        let mail = |provider, grant| MailJob::of_drive(owner, provider, grant, now).id;
        assert_eq!(mail(DriveProvider::Dropbox, grant), mail(DriveProvider::Dropbox, grant));
        assert_ne!(mail(DriveProvider::Dropbox, grant), mail(DriveProvider::Dropbox, Uuid::new_v4()));
        assert_ne!(mail(DriveProvider::Dropbox, grant), mail(DriveProvider::Onedrive, grant));
    }
}
