//! Accounts, sessions and tokens on the deployed stack.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use app_testing::{TestKeys, claims};
use e2e::{Person, Stack, eventually, repository};
use futures_util::future::join_all;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

crate::trials!(
    an_account_signs_in_refreshes_and_signs_out,
    a_reused_refresh_token_ends_the_session,
    a_token_refreshed_twice_at_once_signs_nobody_out,
    guessing_passwords_is_slowed_down,
    the_keys_are_rotated_while_people_are_signed_in,
    an_email_address_is_taken_once_even_at_the_same_time,
    forged_tokens_are_refused,
    a_real_token_that_expired_is_refused_as_expired,
    the_published_keys_check_the_tokens,
);

async fn an_account_signs_in_refreshes_and_signs_out(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let login = ada
        .post("/auth/login", &json!({"email": ada.email, "password": ada.password, "rememberMe": true}))
        .await;
    assert_eq!(login.status, 200, "{}", login.body);
    let refreshed = ada.post("/auth/refresh", &json!({"refreshToken": login.body["refreshToken"]})).await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.body);
    let again = ada.with_token(refreshed.body["accessToken"].as_str().unwrap());
    let me = again.get("/auth/me").await;
    assert_eq!(me.body["user"]["email"], ada.email);
    assert_eq!(me.body["user"]["role"], "premium");
    assert_eq!(again.post("/auth/logout", &json!({})).await.status, 204);
    let ended = ada.post("/auth/refresh", &json!({"refreshToken": refreshed.body["refreshToken"]})).await;
    assert_eq!(ended.status, 401);
    let wrong = ada.post("/auth/login", &json!({"email": ada.email, "password": "wrong"})).await;
    assert_eq!((wrong.status.as_u16(), wrong.error_type()), (401, &json!("InvalidCredentials")));
}

async fn a_reused_refresh_token_ends_the_session(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let refresh = async |token: &Value| ada.post("/auth/refresh", &json!({"refreshToken": token})).await;
    let first = &ada.account["refreshToken"];
    let second = refresh(first).await.body["refreshToken"].clone();
    // For ten seconds it could be the same client again.
    tokio::time::sleep(Duration::from_millis(10_500)).await;
    assert_eq!(refresh(first).await.status, 401);
    assert_eq!(refresh(&second).await.status, 401);
    eventually("the access token to end with its session", || async {
        (ada.get("/auth/me").await.error_type() == "SessionEnded").then_some(())
    })
    .await;
    let again = ada.post("/auth/login", &json!({"email": ada.email, "password": ada.password})).await;
    let ada = ada.with_token(again.body["accessToken"].as_str().unwrap());
    let log = ada.get("/users/me/audit").await.body["entries"].clone();
    let events: Vec<&Value> = log.as_array().unwrap().iter().map(|entry| &entry["event"]).collect();
    assert_eq!(events, ["signedIn", "refreshTokenReused", "signedIn", "registered"]);
}

async fn a_token_refreshed_twice_at_once_signs_nobody_out(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let mut token = ada.account["refreshToken"].clone();
    for _ in 0..3 {
        let body = json!({"refreshToken": token});
        let replies = join_all((0..4).map(|_| ada.post("/auth/refresh", &body))).await;
        for reply in &replies {
            assert_eq!(
                (reply.status.as_u16(), &reply.body["refreshToken"]),
                (200, &replies[0].body["refreshToken"])
            );
        }
        token = replies[0].body["refreshToken"].clone();
    }
    assert_eq!(ada.get("/auth/me").await.status, 200);
}

async fn guessing_passwords_is_slowed_down(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let guesses = join_all((0..30).map(|_| {
        let body = json!({"email": ada.email, "password": "wrong"});
        let ada = ada.clone();
        async move { ada.post("/auth/login", &body).await }
    }))
    .await;
    let looked_at = guesses.iter().filter(|reply| reply.status == 401).count();
    // Registering was the first of the five in a quarter of an hour. At its turn five more are possible.
    assert!((4..=9).contains(&looked_at), "{looked_at}");
    let refused = guesses.iter().find(|reply| reply.status == 429).unwrap();
    assert!(refused.headers.contains_key("retry-after"));
    let stranger = Person::stranger(&stack);
    assert_eq!(
        stranger.post("/auth/login", &json!({"email": stranger.email, "password": "x"})).await.status,
        401
    );
}

async fn the_keys_are_rotated_while_people_are_signed_in(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let rotation = Command::new(repository().join(".local/venv/bin/python"))
        .arg(repository().join("infra/keys.py"))
        .args(["rotate", "--wait-seconds", "1", "--signing-secret", stack.output("JwtSigningKeySecretArn")])
        .args(["--public-secret", stack.output("JwtPublicKeysSecretArn")])
        .envs(stack.environment())
        .output()
        .unwrap();
    assert!(rotation.status.success(), "{}", String::from_utf8_lossy(&rotation.stderr));
    assert_eq!(ada.get("/auth/me").await.status, 200, "the token of the key before still works");
    let refreshed = ada.post("/auth/refresh", &json!({"refreshToken": ada.account["refreshToken"]})).await;
    let refreshed = ada.with_token(refreshed.body["accessToken"].as_str().unwrap());
    assert_eq!(refreshed.get("/memories").await.status, 200);
    // A token of the new key, as the signer will issue them, works everywhere at once.
    let newest = signed_with_the_newest_key(&stack, &claims_of(ada.token())).await;
    for path in ["/auth/me", "/memories", "/sync/status"] {
        assert_eq!(ada.with_token(&newest).get(path).await.status, 200, "{path}");
    }
}

async fn signed_with_the_newest_key(stack: &Stack, claims: &Value) -> String {
    let secrets = aws_sdk_secretsmanager::Client::new(&stack.aws());
    let secret = secrets.get_secret_value().secret_id(stack.output("JwtSigningKeySecretArn"));
    let secret = secret.send().await.unwrap();
    let set: Value = serde_json::from_str(secret.secret_string().unwrap()).unwrap();
    let key = set["keys"].as_array().unwrap().iter().find(|key| key["kid"] == set["active"]).unwrap();
    let header = Header { kid: key["kid"].as_str().map(str::to_owned), ..Header::new(Algorithm::RS256) };
    let pem = EncodingKey::from_rsa_pem(key["privateKeyPem"].as_str().unwrap().as_bytes()).unwrap();
    encode(&header, claims, &pem).unwrap()
}

async fn an_email_address_is_taken_once_even_at_the_same_time(stack: Arc<Stack>) {
    let ada = Person::stranger(&stack);
    let account = json!({"email": ada.email, "password": ada.password, "firstName": "A", "lastName": "B"});
    let replies = join_all((0..5).map(|_| ada.post("/auth/register", &account))).await;
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409]);
}

async fn forged_tokens_are_refused(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let published = ada.get("/auth/jwks.json").await.body;
    let good: Value = claims_of(ada.token());
    let kid = published["keys"][0]["kid"].as_str().unwrap();
    let unsigned = {
        let header = base64(&json!({"alg": "none", "typ": "JWT", "kid": kid}));
        format!("{header}.{}.", base64(&good))
    };
    let hmac = {
        let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::HS256) };
        let modulus = published["keys"][0]["n"].as_str().unwrap();
        encode(&header, &good, &EncodingKey::from_secret(modulus.as_bytes())).unwrap()
    };
    let other_key = TestKeys::generate().called(kid).sign(&good);
    let changed = {
        let mut claims = good.clone();
        claims["userId"] = json!("01900000-0000-7000-8000-000000000000");
        let parts: Vec<&str> = ada.token().split('.').collect();
        format!("{}.{}.{}", parts[0], base64(&claims), parts[2])
    };
    for token in [unsigned, hmac, other_key, changed, "nonsense".to_owned()] {
        let reply = ada.with_token(&token).get("/auth/me").await;
        assert_eq!((reply.status.as_u16(), reply.error_type()), (401, &json!("InvalidToken")));
    }
}

async fn a_real_token_that_expired_is_refused_as_expired(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let mut expired = claims_of(ada.token());
    expired["exp"] = json!(expired["iat"].as_i64().unwrap() - 1);
    let reply = ada.with_token(&signed_with_the_newest_key(&stack, &expired).await).get("/auth/me").await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (401, &json!("TokenExpired")));
}

async fn the_published_keys_check_the_tokens(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let jwks = ada.get("/auth/jwks.json").await.body.to_string();
    let source = app_http::KeySource::new(move || std::future::ready(Ok::<_, std::io::Error>(jwks.clone())));
    let claims = app_http::TokenVerifier::new(source).verify(ada.token()).await.unwrap();
    assert_eq!(claims.user_id.to_string(), ada.account["user"]["id"].as_str().unwrap());
    let expected = claims_shape(&self::claims(claims.user_id.into(), claims.role));
    assert_eq!(claims_shape(&claims_of(ada.token())), expected);
}

fn claims_shape(claims: &Value) -> Vec<String> {
    claims.as_object().unwrap().keys().cloned().collect()
}

fn claims_of(token: &str) -> Value {
    use base64::Engine;
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn base64(json: &Value) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json.to_string())
}
