//! What every kind of mail says. The words are in `templates/`, as plain text and as HTML, where names are escaped.

use std::borrow::Cow;

use app_domain::{MailKind, PersonName, Purpose, Reminder, Timestamp};
use askama::Template;

/// Longer ones are somebody's message, not somebody's name.
const MAX_NAME_CHARS: usize = 40;
/// How much of what a reminder says its subject has.
const MAX_SUBJECT_CHARS: usize = 100;

/// A mail that is written. It has no `Debug`, for it may hold a token.
pub(crate) struct Letter {
    pub(crate) subject: Cow<'static, str>,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// What is said around a link with a token in it.
struct Link<'a> {
    name: Option<&'a str>,
    url: &'a str,
    hours: u64,
}

/// What is said about something that happened.
struct Notice<'a> {
    name: Option<&'a str>,
    at: String,
    home: &'a str,
}

/// What is said about a drive that we are not let into any more.
struct Lost<'a> {
    name: Option<&'a str>,
    drive: &'a str,
    at: String,
    home: &'a str,
}

/// What is said when the time of a reminder has come.
struct Reminded<'a> {
    name: Option<&'a str>,
    words: &'a str,
    at: String,
    is_late: bool,
    memory_url: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "verify-email.txt")]
struct VerifyEmailText<'a> {
    mail: &'a Link<'a>,
}

#[derive(Template)]
#[template(path = "verify-email.html")]
struct VerifyEmailHtml<'a> {
    mail: &'a Link<'a>,
}

#[derive(Template)]
#[template(path = "reset-password.txt")]
struct ResetPasswordText<'a> {
    mail: &'a Link<'a>,
}

#[derive(Template)]
#[template(path = "reset-password.html")]
struct ResetPasswordHtml<'a> {
    mail: &'a Link<'a>,
}

#[derive(Template)]
#[template(path = "sign-in-delayed.txt")]
struct SignInDelayedText<'a> {
    mail: &'a Notice<'a>,
}

#[derive(Template)]
#[template(path = "sign-in-delayed.html")]
struct SignInDelayedHtml<'a> {
    mail: &'a Notice<'a>,
}

#[derive(Template)]
#[template(path = "password-changed.txt")]
struct PasswordChangedText<'a> {
    mail: &'a Notice<'a>,
}

#[derive(Template)]
#[template(path = "password-changed.html")]
struct PasswordChangedHtml<'a> {
    mail: &'a Notice<'a>,
}

#[derive(Template)]
#[template(path = "drive-lost.txt")]
struct DriveLostText<'a> {
    mail: &'a Lost<'a>,
}

#[derive(Template)]
#[template(path = "drive-lost.html")]
struct DriveLostHtml<'a> {
    mail: &'a Lost<'a>,
}

#[derive(Template)]
#[template(path = "reminder.txt")]
struct ReminderPlain<'a> {
    mail: &'a Reminded<'a>,
}

#[derive(Template)]
#[template(path = "reminder.html")]
struct ReminderHtml<'a> {
    mail: &'a Reminded<'a>,
}

impl Letter {
    /// Asks to prove the address by opening `url`.
    pub(crate) fn verify_email(name: &PersonName, url: &str) -> askama::Result<Self> {
        let mail = &Link::new(name, url, Purpose::VerifyEmail);
        Self::new("Please confirm your e-mail address", &VerifyEmailText { mail }, &VerifyEmailHtml { mail })
    }

    /// Offers to set a new password at `url`.
    pub(crate) fn reset_password(name: &PersonName, url: &str) -> askama::Result<Self> {
        let mail = &Link::new(name, url, Purpose::ResetPassword);
        Self::new("Set a new password", &ResetPasswordText { mail }, &ResetPasswordHtml { mail })
    }

    /// Says that many attempts to sign in have failed.
    pub(crate) fn sign_in_delayed(name: &PersonName, at: Timestamp, home: &str) -> askama::Result<Self> {
        let mail = &Notice::new(name, at, home);
        let subject = "Many attempts to sign in to your account have failed";
        Self::new(subject, &SignInDelayedText { mail }, &SignInDelayedHtml { mail })
    }

    /// Says that the password is a new one.
    pub(crate) fn password_changed(name: &PersonName, at: Timestamp, home: &str) -> askama::Result<Self> {
        let mail = &Notice::new(name, at, home);
        let subject = "Your password has been changed";
        Self::new(subject, &PasswordChangedText { mail }, &PasswordChangedHtml { mail })
    }

    /// Says that a drive has to be connected again.
    pub(crate) fn drive_lost(
        name: &PersonName,
        drive: &str,
        at: Timestamp,
        home: &str,
    ) -> askama::Result<Self> {
        let mail = &Lost { name: greeted(name), drive, at: minute(at), home };
        let subject = format!("Please connect {drive} again");
        Self::new(subject, &DriveLostText { mail }, &DriveLostHtml { mail })
    }

    /// Says what somebody wanted to be reminded of, with a link to the memory at `memory_url`.
    pub(crate) fn reminder(
        name: &PersonName,
        reminder: &Reminder,
        memory_url: Option<&str>,
        now: Timestamp,
    ) -> askama::Result<Self> {
        let mail = &Reminded {
            name: greeted(name),
            words: reminder.text.as_str(),
            at: minute(reminder.at),
            is_late: now.since(reminder.at) > Reminder::LATE_AFTER,
            memory_url,
        };
        let subject = format!("Reminder: {}", shortened(mail.words));
        Self::new(subject, &ReminderPlain { mail }, &ReminderHtml { mail })
    }

    fn new(
        subject: impl Into<Cow<'static, str>>,
        text: &impl Template,
        html: &impl Template,
    ) -> askama::Result<Self> {
        Ok(Self { subject: subject.into(), text: text.render()?, html: html.render()? })
    }
}

impl<'a> Link<'a> {
    fn new(name: &'a PersonName, url: &'a str, purpose: Purpose) -> Self {
        Self { name: greeted(name), url, hours: purpose.lifetime().as_secs() / 3600 }
    }
}

impl<'a> Notice<'a> {
    fn new(name: &'a PersonName, at: Timestamp, home: &'a str) -> Self {
        Self { name: greeted(name), at: minute(at), home }
    }
}

/// A kind's name in logs and in SES's tags.
pub(crate) fn name_of(kind: &MailKind) -> &'static str {
    match kind {
        MailKind::VerifyEmail { .. } => "verifyEmail",
        MailKind::ResetPassword { .. } => "resetPassword",
        MailKind::SignInDelayed { .. } => "signInDelayed",
        MailKind::PasswordChanged { .. } => "passwordChanged",
        MailKind::Reminder { .. } => "reminder",
        MailKind::DriveLost { .. } => "driveLost",
    }
}

/// The name to greet with. Anybody can register any address under any name, so a name that a mail program could turn into a
/// link is left out: nobody shall send advertisements through us.
fn greeted(name: &PersonName) -> Option<&str> {
    let name = name.as_str();
    let like_a_host = name.split('.').skip(1).any(|after| after.starts_with(char::is_alphanumeric));
    let like_a_link = like_a_host || name.contains(['/', '\\', ':', '@']);
    (!like_a_link && name.chars().count() <= MAX_NAME_CHARS).then_some(name)
}

/// As much of a text as a list of mails shows.
fn shortened(words: &str) -> Cow<'_, str> {
    match words.char_indices().nth(MAX_SUBJECT_CHARS) {
        Some((end, _)) => format!("{}…", words[..end].trim_end()).into(),
        None => words.into(),
    }
}

/// A time as people read it, such as `2026-11-18 11:06 UTC`.
fn minute(at: Timestamp) -> String {
    let text = at.to_string();
    let (date, time) = text.split_once('T').unwrap_or((&text, ""));
    let minute: String = time.chars().take("11:06".len()).collect();
    format!("{date} {minute} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> PersonName {
        PersonName::parse(text).unwrap()
    }

    #[test]
    fn names_are_greeted_unless_they_could_be_links() {
        for good in ["Ada", "Jörg-René", "J. R.", "Seán O’Hara", "<script>", "Ada Jr."] {
            assert_eq!(greeted(&name(good)), Some(good));
        }
        for bad in ["example.com", "see https://a.b", "a@b", "win:now", "a\\b", "//x", &"a".repeat(41)] {
            assert_eq!(greeted(&name(bad)), None, "{bad}");
        }
    }

    #[test]
    fn names_are_escaped_in_html_and_as_they_are_in_text() {
        let letter = Letter::verify_email(&name("<script>&\"'"), "https://example.com/").unwrap();
        assert!(letter.text.starts_with("Hello <script>&\"',\n"), "{}", letter.text);
        assert!(letter.html.contains("Hello &#60;script&#62;&#38;&#34;&#39;,"), "{}", letter.html);
        assert!(!letter.html.contains("<script"), "{}", letter.html);
    }

    #[test]
    fn a_mail_to_somebody_without_a_name_greets_all_the_same() {
        let letter = Letter::reset_password(&name("buy at example.com"), "https://example.com/").unwrap();
        assert!(letter.text.starts_with("Hello,\n"), "{}", letter.text);
        assert!(letter.html.contains("<p>Hello,</p>"), "{}", letter.html);
    }

    #[test]
    fn a_subject_is_short() {
        assert_eq!(shortened(&"é".repeat(100)), "é".repeat(100));
        let long = format!("{} {}", "é".repeat(99), "é".repeat(400));
        assert_eq!(shortened(&long), format!("{}…", "é".repeat(99)));
    }

    #[test]
    fn times_are_shown_to_the_minute() {
        let at = Timestamp::from_millis(1_795_000_000_123).unwrap();
        assert_eq!(minute(at), "2026-11-18 11:06 UTC");
    }
}
