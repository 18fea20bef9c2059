//! Guessing passwords: what it costs whoever tries, and what it tells them.

use crate::support::{Auth, PASSWORD, ada, auth, auth_limited, now};
use app_domain::{MailKind, Timestamp};
use app_store::{FailureSubject, SignInFailures};
use app_testing::Call;
use serde_json::{Value, json};

fn comparable(mut body: Value) -> Value {
    body["error"]["requestId"].take();
    body
}

/// So many failures at an account, the last some seconds ago.
async fn failed_before(auth: &Auth, account: &Value, count: usize, seconds: i64) {
    let subject = FailureSubject::account(account["user"]["id"].as_str().unwrap().parse().unwrap());
    let then = Timestamp::from_millis(now().as_millis() - seconds * 1000).unwrap();
    for _ in 0..count {
        SignInFailures::new(auth.table.clone()).add(&subject, then).await.unwrap();
    }
}

#[tokio::test]
async fn after_five_failures_attempts_wait_whether_or_not_there_is_an_account() {
    let auth = auth().await;
    auth.register(&ada()).await;
    let mut answers = Vec::new();
    for name in ["ada@example.com", "nobody@example.com", "Nobody42"] {
        for _ in 0..5 {
            assert_eq!(auth.login(name, "wrong").await.error_type(), "InvalidCredentials");
        }
        let waiting = auth.login(name, PASSWORD).await;
        assert_eq!(waiting.status, 429);
        let wait: u64 = waiting.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((25..=30).contains(&wait), "{wait}");
        let mut body = comparable(waiting.json());
        body["error"]["message"].take();
        answers.push(body);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
}

#[tokio::test]
async fn failures_by_username_and_by_address_add_up() {
    let auth = auth().await;
    auth.register(&ada()).await;
    for name in ["ada1815", "ada@example.com", "ADA1815", "ADA@example.com", "ada1815"] {
        assert_eq!(auth.login(name, "wrong").await.status, 401);
    }
    assert_eq!(auth.login("ada@example.com", PASSWORD).await.error_type(), "TooManyAttempts");
}

#[tokio::test]
async fn waiting_helps_and_success_forgets() {
    let auth = auth().await;
    let account = auth.register(&ada()).await.json();
    failed_before(&auth, &account, 5, 31).await;
    assert_eq!(auth.login("ada1815", PASSWORD).await.status, 200);
    for _ in 0..4 {
        assert_eq!(auth.login("ada1815", "wrong").await.status, 401);
    }
    assert_eq!(auth.login("ada1815", PASSWORD).await.status, 200, "the failures before were forgotten");
}

#[tokio::test]
async fn many_failures_are_told_to_the_owner_once() {
    let auth = auth().await;
    let account = auth.register(&ada()).await.json();
    let notices =
        || auth.mail().iter().filter(|job| matches!(job.kind, MailKind::SignInDelayed { .. })).count();
    failed_before(&auth, &account, 9, 3600).await;
    assert_eq!(auth.login("ada1815", "wrong").await.status, 401);
    assert_eq!(notices(), 1);
    failed_before(&auth, &account, 1, 3601).await;
    assert_eq!(auth.login("ada1815", "wrong").await.status, 401);
    assert_eq!(notices(), 1);
    let log = auth.audit(&account).await;
    assert_eq!(&log[..3], ["signInFailed", "signInDelayed", "signInFailed"]);
}

#[tokio::test]
async fn one_address_cannot_try_many_accounts() {
    let auth = auth().await;
    let address = FailureSubject::address(Some("203.0.113.7".parse().unwrap()));
    for _ in 0..100 {
        SignInFailures::new(auth.table.clone()).add(&address, now()).await.unwrap();
    }
    let body = json!({"email": "somebody@example.com", "password": "wrong"});
    let from = async |ip: &str| Call::post("/auth/login", &body).from_address(ip).send(&auth.app).await;
    assert_eq!(from("203.0.113.7").await.error_type(), "TooManyAttempts");
    assert_eq!(from("203.0.113.8").await.error_type(), "InvalidCredentials");
}

#[tokio::test]
async fn ten_thousand_wrong_passwords_get_five_looks() {
    let auth = auth_limited("auth=5/1h").await;
    let account = auth.register(&ada()).await.json();
    let mut looked_at = 0;
    for _ in 0..10_000 {
        let reply = auth.login("Ada@example.com", "wrong").await;
        if reply.status == 401 {
            looked_at += 1;
        } else {
            assert_eq!((reply.status.as_u16(), reply.error_type()), (429, json!("RateLimited")));
            assert_eq!(reply.headers["ratelimit-remaining"], "0");
        }
    }
    // One of the five was the registration. At the turn of an hour five more are possible.
    assert!((4..=9).contains(&looked_at), "{looked_at}");
    assert!(auth.audit(&account).await.len() <= 2 + 9);
}
