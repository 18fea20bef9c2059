//! Each kind of mail: to whom it goes, what it says, what its link is worth.

use std::time::Duration;

use app_domain::{Email, MailKind, PersonName, Purpose, ToProve, User};

use crate::stage::{ADA, Stage, ada, at, job};

/// The words of a mail, with its token hidden, as snapshots.
macro_rules! assert_says {
    ($mail:expr, $name:literal) => {
        let hidden = |text: &str| match text.contains("?token=") {
            true => text.replace($mail.token().expose(), "[token]"),
            false => text.to_owned(),
        };
        insta::assert_snapshot!(concat!($name, ".txt"), hidden(&$mail.text));
        insta::assert_snapshot!(concat!($name, ".html"), hidden(&$mail.html));
    };
}

#[tokio::test]
async fn a_new_account_is_asked_to_prove_its_address() {
    let stage = Stage::with_ada().await;
    let mail = stage.mail_of("mail-worker/verify-email.json").await;
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str(), mail.kind.as_str()),
        (ADA, "Please confirm your e-mail address", "verifyEmail")
    );
    assert!(mail.text.contains("\nhttps://memory.example/app/verify-email?token="), "{}", mail.text);
    assert_says!(mail, "verify_email");
}

#[tokio::test]
async fn whoever_forgot_the_password_can_set_a_new_one() {
    let stage = Stage::with_ada().await;
    let mail = stage.mail_of("mail-worker/reset-password.json").await;
    // Not to the address that was typed, which only looks alike.
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str(), mail.kind.as_str()),
        (ADA, "Set a new password", "resetPassword")
    );
    assert!(mail.text.contains("\nhttps://memory.example/app/reset-password?token="), "{}", mail.text);
    assert_says!(mail, "reset_password");
}

#[tokio::test]
async fn many_failed_attempts_are_told_of() {
    let stage = Stage::with(User { is_verified: true, ..ada() }).await;
    let mail = stage.mail_of("mail-worker/sign-in-delayed.json").await;
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str(), mail.kind.as_str()),
        (ADA, "Many attempts to sign in to your account have failed", "signInDelayed")
    );
    assert_says!(mail, "sign_in_delayed");
}

#[tokio::test]
async fn a_changed_password_is_told_of() {
    let stage = Stage::with_ada().await;
    let mail = stage.mail_of("mail-worker/password-changed.json").await;
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str(), mail.kind.as_str()),
        (ADA, "Your password has been changed", "passwordChanged")
    );
    assert_says!(mail, "password_changed");
}

#[tokio::test]
async fn a_drive_that_is_lost_is_told_of() {
    let stage = Stage::with(User { is_verified: true, ..ada() }).await;
    let mail = stage.mail_of("mail-worker/drive-lost.json").await;
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str(), mail.kind.as_str()),
        (ADA, "Please connect Google Drive again", "driveLost")
    );
    assert_says!(mail, "drive_lost");
}

#[tokio::test]
async fn the_token_in_a_mail_is_the_one_that_is_kept() {
    for (path, purpose, other) in [
        ("mail-worker/verify-email.json", Purpose::VerifyEmail, Purpose::ResetPassword),
        ("mail-worker/reset-password.json", Purpose::ResetPassword, Purpose::VerifyEmail),
    ] {
        let stage = Stage::with_ada().await;
        let hash = stage.mail_of(path).await.token().hash();
        let kept = stage.tokens.find(&hash, purpose, at(2)).await.unwrap();
        assert_eq!(kept, Some(ToProve::new(ada().id, ada().email, purpose, at(1))));
        assert_eq!(stage.tokens.find(&hash, other, at(2)).await.unwrap(), None);
        let end = at(1).plus(purpose.lifetime());
        assert_eq!(stage.tokens.find(&hash, purpose, end).await.unwrap(), None);
    }
    assert_eq!(Purpose::VerifyEmail.lifetime(), Duration::from_secs(24 * 3600), "as the mail says");
    assert_eq!(Purpose::ResetPassword.lifetime(), Duration::from_secs(3600), "as the mail says");
}

#[tokio::test]
async fn a_name_is_never_html() {
    let first_name = PersonName::parse("<script>").unwrap();
    let stage = Stage::with(User { first_name, ..ada() }).await;
    let mail = stage.mail_of("mail-worker/verify-email.json").await;
    assert!(mail.text.starts_with("Hello <script>,"), "{}", mail.text);
    assert!(mail.html.contains("Hello &#60;script&#62;,"), "{}", mail.html);
    assert!(!mail.html.contains("<script"), "{}", mail.html);
}

#[tokio::test]
async fn a_name_is_never_a_link() {
    let first_name = PersonName::parse("Win at evil.example").unwrap();
    let stage = Stage::with(User { first_name, ..ada() }).await;
    let mail = stage.mail_of("mail-worker/verify-email.json").await;
    assert!(mail.text.starts_with("Hello,") && !mail.text.contains("evil"), "{}", mail.text);
    assert!(!mail.html.contains("evil"), "{}", mail.html);
}

#[tokio::test]
async fn an_international_domain_is_written_as_mail_servers_know_it() {
    let email = Email::parse("ada@exämple.de").unwrap();
    let stage = Stage::with(User { email: email.clone(), ..ada() }).await;
    assert!(stage.deliver(&job(MailKind::ResetPassword { email }), at(1)).await);
    assert_eq!(stage.ses.only().to, "ada@xn--exmple-cua.de");
}
