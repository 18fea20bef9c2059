//! Mail that nobody gets, and what nobody gets to see of any mail.

use app_domain::{Email, MailKind, PersonName, User, UserId};
use app_testing::{Log, event};

use crate::stage::{ADA, Stage, ada, at, job, queued};

const HOUR: u64 = 60 * 60;

fn reset(address: &str) -> MailKind {
    MailKind::ResetPassword { email: Email::parse(address).unwrap() }
}

#[tokio::test]
async fn what_is_no_job_fails_every_time() {
    let (stage, log) = (Stage::with_ada().await, Log::start());
    let poison = event("mail-worker/poison.json");
    let id = poison["Records"][0]["messageId"].as_str().unwrap().to_owned();
    for second in [1, 2] {
        assert_eq!(stage.handle(poison.clone(), at(second)).await, [id.as_str()]);
    }
    let nonsense = ["", "{}", "[]", r#"{"kind":"resetPassword","email":"nobody"}"#].map(str::to_owned);
    assert_eq!(stage.handle(queued(&nonsense), at(3)).await, ["m0", "m1", "m2", "m3"]);
    assert!(stage.ses.sent().is_empty());
    assert_eq!(log.of("mail", "outcome"), ["unreadable"; 6]);
    assert_eq!(log.of("mail", "messageId")[0], id);
}

#[tokio::test]
async fn an_hour_after_it_was_asked_for_nobody_wants_a_mail() {
    let (stage, log) = (Stage::with_ada().await, Log::start());
    assert!(stage.deliver(&job(reset(ADA)), at(HOUR)).await);
    assert!(stage.deliver(&job(reset(ADA)), at(HOUR + 1)).await);
    stage.ses.only();
    assert_eq!(log.of("mail", "outcome"), ["sent", "stale"]);
}

#[tokio::test]
async fn nobody_gets_mail_without_an_account() {
    let (stage, log) = (Stage::with_ada().await, Log::start());
    let user_id = UserId::new(at(0));
    for kind in [
        reset("eve@example.com"),
        MailKind::VerifyEmail { user_id },
        MailKind::SignInDelayed { user_id },
        MailKind::PasswordChanged { user_id },
    ] {
        let job = job(kind);
        assert!(stage.deliver(&job, at(1)).await && stage.deliver(&job, at(2)).await);
    }
    assert!(stage.ses.sent().is_empty());
    assert_eq!(log.of("mail", "outcome"), ["nobody", "duplicate"].repeat(4));
}

#[tokio::test]
async fn nobody_gets_mail_about_an_inactive_account() {
    let stage = Stage::with(User { is_active: false, ..ada() }).await;
    let (user_id, log) = (ada().id, Log::start());
    for kind in [reset(ADA), MailKind::VerifyEmail { user_id }, MailKind::PasswordChanged { user_id }] {
        assert!(stage.deliver(&job(kind), at(1)).await);
    }
    assert!(stage.ses.sent().is_empty());
    assert_eq!(log.of("mail", "outcome"), ["nobody"; 3]);
}

#[tokio::test]
async fn a_proved_address_is_not_to_be_proved_again() {
    let (stage, log) = (Stage::with(User { is_verified: true, ..ada() }).await, Log::start());
    assert!(stage.handle(event("mail-worker/verify-email.json"), at(1)).await.is_empty());
    assert!(stage.ses.sent().is_empty());
    assert_eq!(log.of("mail", "outcome"), ["not needed"]);
}

#[tokio::test]
async fn an_address_that_ses_cannot_send_to_raises_no_alarm() {
    let email = Email::parse("jörg@example.com").unwrap();
    let (stage, log) = (Stage::with(User { email, ..ada() }).await, Log::start());
    assert!(stage.handle(event("mail-worker/verify-email.json"), at(1)).await.is_empty());
    assert!(stage.ses.sent().is_empty());
    assert_eq!(log.of("mail", "outcome"), ["unaddressable"]);
}

#[tokio::test]
async fn what_ses_refuses_ends_where_somebody_will_look() {
    for code in [
        "MessageRejected",
        "MailFromDomainNotVerifiedException",
        "BadRequestException",
        "AccountSuspendedException",
        "SendingPausedException",
    ] {
        let (stage, log) = (Stage::with_ada().await, Log::start());
        let message = "The following identities failed the check in region US-EAST-1: ada@example.com";
        stage.ses.fail_once(400, code, message);
        assert!(!stage.deliver(&job(reset(ADA)), at(1)).await, "{code}");
        assert_eq!(log.of("mail", "outcome"), ["rejected"]);
        assert_eq!(log.of("mail", "causes"), [format!("SES did not take the mail: {code}")]);
    }
}

#[tokio::test]
async fn nothing_private_is_logged() {
    let first_name = PersonName::parse("Augusta").unwrap();
    let (stage, log) = (Stage::with(User { first_name, ..ada() }).await, Log::start());
    let message = "The following identities failed the check: ada@example.com";
    stage.ses.fail_once(400, "MessageRejected", message);
    stage.ses.fail_once(429, "TooManyRequestsException", message);
    for path in ["verify-email", "reset-password", "sign-in-delayed", "password-changed", "poison"] {
        for second in [1, 2, 3, 2 * HOUR] {
            stage.handle(event(&format!("mail-worker/{path}.json")), at(second)).await;
        }
    }
    assert!(stage.deliver(&job(reset("eve@example.com")), at(1)).await);

    let (text, mails) = (log.text(), stage.ses.sent());
    let tokens =
        mails.iter().filter(|mail| mail.text.contains("?token=")).map(|mail| mail.token().into_text());
    let private = ["ada@", "eve@", "@example", "Augusta", "Lovelace", "token="].map(str::to_owned);
    let private: Vec<String> = private.into_iter().chain(tokens).chain([ada().id.to_string()]).collect();
    assert_eq!((mails.len(), private.len(), log.of("mail", "outcome").len()), (4, 9, 21));
    for word in private {
        assert!(!text.contains(&word), "{word} in {text}");
    }
}

#[test]
fn debug_output_of_a_job_does_not_show_the_address() {
    let debug = format!("{:?}", job(reset(ADA)));
    assert!(!debug.contains("ada@"), "{debug}");
}
