//! Sessions, API keys, and what they may do.

use std::time::Duration;

use app_domain::{Grant, Permission, Role, Tier, Timestamp, UserId};
use app_testing::{Call, TestKeys};
use serde_json::{Value, json};

use crate::{outcome, played, with_key};

#[tokio::test]
async fn a_token_of_a_session_that_has_ended_is_refused() {
    let (gate, _, router) = played();
    let claims = app_testing::claims(UserId::new(jiff::Timestamp::now().into()), Role::User);
    let token = TestKeys::shared().sign(&claims);
    for _ in 0..2 {
        let reply = Call::get("/known").as_caller(&token).send(&router).await;
        assert_eq!(outcome(&reply), (401, json!("SessionEnded")));
        assert_eq!(reply.headers["www-authenticate"], "Bearer");
    }
    gate.admit(&claims, Role::User);
    let reply = Call::get("/known").as_caller(&token).send(&router).await;
    assert_eq!(reply.status, 200, "that it had ended is not remembered");
}

#[tokio::test]
async fn what_the_gate_says_is_believed_for_a_while() {
    let (gate, authenticator, router) = played();
    let (user, token) = gate.signed_in(Role::User);
    let key = gate.key(Role::User, |_| ());
    for _ in 0..5 {
        let reply = Call::get("/known").as_caller(&token).send(&router).await;
        assert_eq!(reply.json()["userId"], user.to_string());
        assert_eq!(with_key("/known", &key).send(&router).await.status, 200);
    }
    assert_eq!(["session", "api_key", "ip_rules"].map(|operation| gate.calls(operation)), [1; 3]);
    assert_eq!((gate.calls("count"), gate.calls("count_key")), (5, 5), "each is counted by one call");
    gate.state().sessions.clear();
    gate.state().keys.clear();
    assert_eq!(Call::get("/known").as_caller(&token).send(&router).await.status, 200);
    authenticator.forget();
    let reply = Call::get("/known").as_caller(&token).send(&router).await;
    assert_eq!(outcome(&reply), (401, json!("SessionEnded")));
    assert_eq!(outcome(&with_key("/known", &key).send(&router).await), (401, json!("InvalidApiKey")));
}

#[tokio::test]
async fn while_the_gate_does_not_answer_nobody_passes() {
    let (gate, authenticator, router) = played();
    let (_, token) = gate.signed_in(Role::User);
    let key = gate.key(Role::User, |_| ());
    gate.state().failing = vec!["session", "api_key"];
    for reply in [
        Call::get("/known").as_caller(&token).send(&router).await,
        with_key("/known", &key).send(&router).await,
    ] {
        assert_eq!(outcome(&reply), (503, json!("Unavailable")));
        assert!(!reply.text.contains("played failure"));
    }
    gate.state().failing = vec!["ip_rules"];
    authenticator.forget();
    for call in [Call::get("/known").as_caller(&token), with_key("/known", &key), Call::get("/visit")] {
        assert_eq!(outcome(&call.send(&router).await), (503, json!("Unavailable")));
    }
}

#[tokio::test]
async fn the_role_is_what_the_gate_says_and_not_the_token() {
    let (gate, _, router) = played();
    let says = |role: Role| app_testing::claims(UserId::new(jiff::Timestamp::now().into()), role);
    let (was_admin, is_admin) = (says(Role::Admin), says(Role::User));
    gate.admit(&was_admin, Role::User);
    gate.admit(&is_admin, Role::Admin);
    let [was_admin, is_admin] = [was_admin, is_admin].map(|claims| TestKeys::shared().sign(&claims));
    let refused = Call::get("/delete").as_caller(&was_admin).send(&router).await;
    assert_eq!(outcome(&refused), (403, json!("PermissionDenied")));
    let known = Call::get("/known").as_caller(&was_admin).send(&router).await.json();
    assert_eq!((&known["role"], &known["tier"]), (&json!("user"), &json!("free")));
    assert_eq!(Call::get("/delete").as_caller(&is_admin).send(&router).await.text, "deleted");
}

#[tokio::test]
async fn an_api_key_may_do_what_it_and_its_owner_may() {
    let (gate, authenticator, router) = played();
    let all = gate.key(Role::User, |_| ());
    let only_read = gate.key(Role::Admin, |key| key.permissions = vec![Permission::ReadMemories]);
    let delete = gate.key(Role::Premium, |key| key.permissions = vec![Permission::DeleteMemories]);
    for key in [&all, &only_read] {
        let reply = with_key("/delete", key).send(&router).await;
        assert_eq!(outcome(&reply), (403, json!("PermissionDenied")));
        assert_eq!(with_key("/known", key).send(&router).await.status, 200);
    }
    assert_eq!(with_key("/delete", &delete).send(&router).await.text, "deleted");
    assert_eq!(outcome(&with_key("/ask", &delete).send(&router).await), (403, json!("PermissionDenied")));
    let known = with_key("/known", &delete).send(&router).await.json();
    assert_eq!(known["sessionId"], Value::Null);
    assert!(known["apiKeyId"].is_string() && known["tier"] == json!("premium"));
    for (_, grant) in gate.state().keys.values_mut() {
        *grant = Grant { role: Role::User, tier: Tier::Free };
    }
    authenticator.forget();
    let lost = with_key("/delete", &delete).send(&router).await;
    assert_eq!(outcome(&lost), (403, json!("PermissionDenied")), "the owner may no longer");
}

#[tokio::test]
async fn an_api_key_may_come_where_tokens_do() {
    let (gate, _, router) = played();
    let key = gate.key(Role::User, |_| ());
    let known = Call::get("/known").as_caller(&key).send(&router).await;
    assert!(known.json()["apiKeyId"].is_string(), "{}", known.text);
    assert_eq!(known.text, with_key("/known", &key).send(&router).await.text);
    let unknown = format!("mak_{}", "A".repeat(43));
    let refused = Call::get("/known").as_caller(&unknown).send(&router).await;
    assert_eq!(outcome(&refused), (401, json!("InvalidApiKey")));
    let both = with_key("/known", &key).as_caller(&key).send(&router).await;
    assert_eq!(outcome(&both), (400, json!("TwoCredentials")));
}

#[tokio::test]
async fn an_api_key_that_is_none_is_refused() {
    let (gate, _, router) = played();
    let now: Timestamp = jiff::Timestamp::now().into();
    let expired = gate.key(Role::User, |key| key.expires_at = Some(now));
    let reply = with_key("/known", &expired).send(&router).await;
    assert_eq!(outcome(&reply), (401, json!("ApiKeyExpired")));
    let expiring = gate.key(Role::User, |key| key.expires_at = Some(now.plus(Duration::from_secs(60))));
    assert_eq!(with_key("/known", &expiring).send(&router).await.status, 200);
    assert_eq!(gate.calls("count_key"), 1, "an expired one is not counted");

    let unknown = format!("mak_{}", "A".repeat(43));
    assert_eq!(outcome(&with_key("/known", &unknown).send(&router).await), (401, json!("InvalidApiKey")));
    let asked = gate.calls("api_key");
    let good = gate.key(Role::User, |_| ());
    let malformed = [
        String::new(),
        "mak_".to_owned(),
        good[..46].to_owned(),
        format!("{good}A"),
        good.replace("mak_", "MAK_"),
        good.replace("mak_", "sk__"),
        format!("Bearer {good}"),
        format!("{good},{good}"),
        "A".repeat(100_000),
    ];
    for key in malformed {
        let reply = with_key("/known", &key).send(&router).await;
        assert_eq!(outcome(&reply), (401, json!("InvalidApiKey")), "{} characters", key.len());
    }
    assert_eq!(gate.calls("api_key"), asked, "nobody is asked about what cannot be a key");
}

#[tokio::test]
async fn two_credentials_are_refused_before_either_is_looked_at() {
    let (gate, _, router) = played();
    let (_, token) = gate.signed_in(Role::User);
    let key = gate.key(Role::User, |_| ());
    let two = [
        with_key("/known", &key).as_caller(&token),
        with_key("/known", "nonsense").as_caller(&token),
        with_key("/known", &key).as_caller("nonsense"),
        with_key("/person", &key).as_caller(&token),
        Call::get("/known").as_caller(&token).as_caller(&token),
        Call::get("/known").as_caller("nonsense").as_caller(&token),
        with_key("/known", &key).header("x-api-key", &key),
    ];
    for call in two {
        assert_eq!(outcome(&call.send(&router).await), (400, json!("TwoCredentials")));
    }
    assert_eq!(["session", "api_key", "count", "count_key"].map(|operation| gate.calls(operation)), [0; 4]);
}

#[tokio::test]
async fn some_things_only_a_person_may_do() {
    let (gate, _, router) = played();
    let (user, token) = gate.signed_in(Role::User);
    assert_eq!(Call::get("/person").as_caller(&token).send(&router).await.text, user.to_string());
    let key = gate.key(Role::Admin, |_| ());
    assert_eq!(outcome(&with_key("/person", &key).send(&router).await), (403, json!("SessionRequired")));
    assert_eq!(outcome(&Call::get("/person").send(&router).await), (401, json!("Unauthenticated")));
    assert_eq!(outcome(&with_key("/person", "x").send(&router).await), (401, json!("InvalidApiKey")));
}
