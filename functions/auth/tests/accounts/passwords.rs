//! Proving an address, and passwords that are forgotten or changed.

use crate::support::{Auth, PASSWORD, access, ada, auth, me, now};
use app_domain::{
    ApiKey, ApiKeyId, ApiKeyName, AuditEntry, AuditEvent, MailKind, Origin, Permission, Purpose, SecretToken,
    Timestamp, ToProve,
};
use app_store::{ApiKeys, OneTimeTokens};
use app_testing::{Call, Reply};
use serde_json::{Value, json};

const NEW: &str = "AnotherSecret9?";

async fn reset(auth: &Auth, token: &str, password: &str) -> Reply {
    auth.post("/auth/password/reset", &json!({"token": token, "password": password})).await
}

async fn change(auth: &Auth, token: &str, current: &str) -> Reply {
    let body = json!({"currentPassword": current, "newPassword": NEW});
    Call::post("/auth/password/change", &body).as_caller(token).send(&auth.app).await
}

async fn api_key_of(auth: &Auth, account: &Value) -> ApiKeys {
    let (keys, owner) =
        (ApiKeys::new(auth.table.clone()), account["user"]["id"].as_str().unwrap().parse().unwrap());
    let secret = SecretToken::generate().unwrap();
    let key = ApiKey {
        id: ApiKeyId::new(now()),
        owner,
        name: ApiKeyName::parse("a key").unwrap(),
        prefix: "mak_abcd".to_owned(),
        hash: secret.hash(),
        permissions: vec![Permission::ReadMemories],
        usage_limit: 10,
        expires_at: None,
        created_at: now(),
    };
    let audit = AuditEntry::new(owner, AuditEvent::ApiKeyCreated, Origin::default(), now());
    keys.create(&key, &audit).await.unwrap();
    keys
}

#[tokio::test]
async fn the_mailed_token_proves_the_address_once() {
    let auth = auth().await;
    let account = auth.register(&ada()).await.json();
    assert_eq!(account["user"]["isVerified"], false);
    let token = auth.mailed_token(&account, Purpose::VerifyEmail).await;
    let body = json!({"token": token});
    let verify = || auth.post("/auth/verify-email", &body);
    assert_eq!(verify().await.status, 204);
    assert_eq!(verify().await.error_type(), "InvalidMailToken");
    assert_eq!(me(&auth.app, access(&account)).await.json()["user"]["isVerified"], true);
    assert_eq!(auth.audit(&account).await[0], "emailVerified");
}

#[tokio::test]
async fn another_mail_can_be_asked_for() {
    let auth = auth().await;
    let account = auth.register(&ada()).await.json();
    let resend = Call::post("/auth/verify-email/resend", &json!({})).as_caller(access(&account));
    assert_eq!(resend.send(&auth.app).await.status, 202);
    assert_eq!(auth.mail().len(), 2);
}

#[tokio::test]
async fn asking_for_a_reset_tells_nothing_about_accounts() {
    let auth = auth().await;
    auth.register(&ada()).await;
    let forgot = async |email: &str| auth.post("/auth/password/forgot", &json!({"email": email})).await;
    let (known, unknown) = (forgot("ada@example.com").await, forgot("nobody@example.com").await);
    assert_eq!((known.status.as_u16(), known.text), (202, unknown.text));
    assert_eq!(unknown.status, 202);
    let asked = auth.mail().split_off(1);
    assert!(asked.iter().all(|job| matches!(job.kind, MailKind::ResetPassword { .. })), "one job for either");
    assert_eq!(asked.len(), 2);
    assert_eq!(forgot("no address").await.wrong_fields(), ["email"]);
}

#[tokio::test]
async fn a_reset_sets_the_password_once_and_ends_all_sessions() {
    let auth = auth().await;
    let account = auth.register(&ada()).await.json();
    let token = auth.mailed_token(&account, Purpose::ResetPassword).await;
    assert_eq!(
        reset(&auth, &token, "weak").await.wrong_fields(),
        ["password"],
        "and the token is not used up"
    );
    assert_eq!(reset(&auth, &token, NEW).await.status, 204);
    assert_eq!(reset(&auth, &token, PASSWORD).await.error_type(), "InvalidMailToken");
    assert_eq!(auth.login("ada1815", PASSWORD).await.status, 401);
    assert_eq!(auth.refresh(&account["refreshToken"]).await.status, 401);
    assert_eq!(me(&auth.app, access(&account)).await.error_type(), "SessionEnded");
    let again = auth.login("ada1815", NEW).await.json();
    assert_eq!(again["user"]["isVerified"], true, "the mail has proved the address");
    let log = auth.audit(&account).await;
    assert!(log.contains(&"passwordReset".to_owned()), "{log:?}");
    assert!(matches!(auth.mail().last().unwrap().kind, MailKind::PasswordChanged { .. }));
}

#[tokio::test]
async fn of_two_resets_at_once_one_counts() {
    let auth = auth().await;
    let account = auth.register(&ada()).await.json();
    let token = auth.mailed_token(&account, Purpose::ResetPassword).await;
    let (one, two) = tokio::join!(reset(&auth, &token, NEW), reset(&auth, &token, "YetAnother9?"));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 401]);
}

#[tokio::test]
async fn tokens_for_another_purpose_expired_or_made_up_do_nothing() {
    let auth = auth().await;
    let account = auth.register(&ada()).await.json();
    let verify = auth.mailed_token(&account, Purpose::VerifyEmail).await;
    let expired = SecretToken::generate().unwrap();
    let then = Timestamp::from_millis(now().as_millis() - 61 * 60 * 1000).unwrap();
    let owner = account["user"]["id"].as_str().unwrap().parse().unwrap();
    let proves = ToProve::new(owner, "Ada@Example.com".parse().unwrap(), Purpose::ResetPassword, then);
    OneTimeTokens::new(auth.table.clone()).issue(&expired.hash(), &proves).await.unwrap();
    for token in [verify.as_str(), expired.expose(), "made up", ""] {
        assert_eq!(reset(&auth, token, NEW).await.error_type(), "InvalidMailToken", "{token}");
    }
    assert_eq!(auth.login("ada1815", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn proving_an_address_for_the_first_time_closes_every_other_door() {
    let auth = auth().await;
    let account = auth.register(&ada()).await.json();
    let owner = account["user"]["id"].as_str().unwrap().parse().unwrap();
    let keys = api_key_of(&auth, &account).await;
    let token = auth.mailed_token(&account, Purpose::ResetPassword).await;
    assert_eq!(reset(&auth, &token, NEW).await.status, 204);
    assert!(keys.of_owner(owner).await.unwrap().is_empty(), "a stranger may have made the account");

    api_key_of(&auth, &account).await;
    let token = auth.mailed_token(&account, Purpose::ResetPassword).await;
    assert_eq!(reset(&auth, &token, PASSWORD).await.status, 204);
    assert_eq!(keys.of_owner(owner).await.unwrap().len(), 1, "the owner has made this one");
}

#[tokio::test]
async fn a_changed_password_ends_all_other_sessions() {
    let auth = auth().await;
    let one = auth.register(&ada()).await.json();
    let two = auth.login("ada1815", PASSWORD).await.json();
    assert_eq!(change(&auth, access(&two), PASSWORD).await.status, 204);
    assert_eq!(me(&auth.app, access(&one)).await.error_type(), "SessionEnded");
    assert_eq!(auth.refresh(&one["refreshToken"]).await.status, 401);
    assert_eq!(me(&auth.app, access(&two)).await.status, 200);
    assert_eq!(auth.refresh(&two["refreshToken"]).await.status, 200);
    assert_eq!(auth.login("ada1815", NEW).await.status, 200);
    let log = auth.audit(&one).await;
    assert!(log.contains(&"passwordChanged".to_owned()), "{log:?}");
}

#[tokio::test]
async fn a_wrong_current_password_counts_as_a_failed_sign_in() {
    let auth = auth().await;
    let account = auth.register(&ada()).await.json();
    for _ in 0..5 {
        assert_eq!(change(&auth, access(&account), "wrong").await.error_type(), "WrongPassword");
    }
    let waiting = change(&auth, access(&account), PASSWORD).await;
    assert_eq!(waiting.error_type(), "TooManyAttempts");
    assert_eq!(auth.login("ada1815", PASSWORD).await.error_type(), "TooManyAttempts");
}
