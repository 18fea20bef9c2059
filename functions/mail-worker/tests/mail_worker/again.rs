//! Jobs that are delivered twice, workers that die, and an SES that is not there for a while.

use app_domain::MailKind;
use app_store::Claim;
use app_testing::{Log, event, missing_table};

use crate::stage::{Stage, ada, at, job, queued};

fn changed() -> MailKind {
    MailKind::PasswordChanged { user_id: ada().id }
}

#[tokio::test]
async fn delivered_three_times_it_is_one_mail() {
    let (stage, log) = (Stage::with_ada().await, Log::start());
    for second in [1, 2, 600] {
        assert!(stage.handle(event("mail-worker/verify-email.json"), at(second)).await.is_empty());
    }
    stage.ses.only();
    assert_eq!(log.of("mail", "outcome"), ["sent", "duplicate", "duplicate"]);
}

#[tokio::test]
async fn delivered_at_the_same_moment_it_is_one_mail() {
    let (stage, job) = (Stage::with_ada().await, job(changed()));
    tokio::join!(stage.deliver(&job, at(1)), stage.deliver(&job, at(1)), stage.deliver(&job, at(1)));
    assert!(stage.deliver(&job, at(2)).await);
    stage.ses.only();
}

#[tokio::test]
async fn two_jobs_are_two_mails() {
    let stage = Stage::with_ada().await;
    assert!(stage.deliver(&job(changed()), at(1)).await && stage.deliver(&job(changed()), at(1)).await);
    assert_eq!(stage.ses.sent().len(), 2);
}

#[tokio::test]
async fn a_mail_whose_worker_died_is_sent_by_the_next() {
    let (stage, job, log) = (Stage::with_ada().await, job(changed()), Log::start());
    assert_eq!(stage.mails.claim(job.id, at(0)).await.unwrap(), Claim::Ours);
    assert!(!stage.deliver(&job, at(59)).await, "it may still be at work");
    assert!(stage.ses.sent().is_empty());
    assert!(stage.deliver(&job, at(60)).await);
    stage.ses.only();
    assert_eq!(log.of("mail", "outcome"), ["busy", "sent"]);
}

#[tokio::test]
async fn what_ses_has_no_time_for_is_sent_at_the_next_attempt() {
    for (status, code) in [
        (429, "TooManyRequestsException"),
        (400, "ThrottlingException"),
        (400, "LimitExceededException"),
        (500, "InternalFailure"),
        (503, ""),
    ] {
        let (stage, job, log) = (Stage::with_ada().await, job(changed()), Log::start());
        stage.ses.fail_once(status, code, "Maximum sending rate exceeded.");
        assert!(!stage.deliver(&job, at(1)).await, "{code}");
        assert!(stage.ses.sent().is_empty());
        // At once: the claim was given back.
        assert!(stage.deliver(&job, at(2)).await, "{code}");
        stage.ses.only();
        assert_eq!(log.of("mail", "outcome"), ["failed", "sent"], "{code}");
        let known = if code.is_empty() { "status 503" } else { code };
        assert!(log.of("mail", "causes")[0].ends_with(known), "{}", log.text());
    }
}

#[tokio::test]
async fn a_link_that_was_not_sent_is_followed_by_one_that_works() {
    let stage = Stage::with_ada().await;
    stage.ses.fail_once(429, "TooManyRequestsException", "Maximum sending rate exceeded.");
    let reset = event("mail-worker/reset-password.json");
    assert_eq!(stage.handle(reset.clone(), at(1)).await.len(), 1);
    assert!(stage.handle(reset, at(2)).await.is_empty());
    let hash = stage.ses.only().token().hash();
    let kept = stage.tokens.find(&hash, app_domain::Purpose::ResetPassword, at(3)).await.unwrap();
    assert_eq!(kept.unwrap().user_id, ada().id);
}

#[tokio::test]
async fn one_that_fails_holds_no_other_back() {
    let stage = Stage::with_ada().await;
    let body = || serde_json::to_string(&job(changed())).unwrap();
    stage.ses.fail_once(503, "ServiceUnavailable", "later");
    let failed = stage.handle(queued(&[body(), body(), "poison".to_owned(), body()]), at(1)).await;
    assert_eq!(failed, ["m0", "m2"]);
    assert_eq!(stage.ses.sent().len(), 2);
}

#[tokio::test]
async fn while_the_table_is_away_everything_comes_again() {
    let stage = Stage::on(&missing_table().await);
    let body = || serde_json::to_string(&job(changed())).unwrap();
    assert_eq!(stage.handle(queued(&[body(), body()]), at(1)).await, ["m0", "m1"]);
    assert!(stage.ses.sent().is_empty());
}
