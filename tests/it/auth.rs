//! Accounts, sessions and tokens on the deployed stack.

use std::sync::Arc;

use app_testing::{TestKeys, claims};
use e2e::{Person, Stack};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

crate::trials!(
    an_account_signs_in_refreshes_and_signs_out,
    a_reused_refresh_token_ends_the_session,
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
    assert_eq!(refresh(first).await.status, 401);
    assert_eq!(refresh(&second).await.status, 401);
}

async fn an_email_address_is_taken_once_even_at_the_same_time(stack: Arc<Stack>) {
    let ada = Person::stranger(&stack);
    let account = json!({"email": ada.email, "password": ada.password, "firstName": "A", "lastName": "B"});
    let replies = futures_util::future::join_all((0..5).map(|_| ada.post("/auth/register", &account))).await;
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
    let secrets = aws_sdk_secretsmanager::Client::new(&stack.aws());
    let secret =
        secrets.get_secret_value().secret_id(stack.output("JwtSigningKeySecretArn")).send().await.unwrap();
    let set: Value = serde_json::from_str(secret.secret_string().unwrap()).unwrap();
    let key = &set["keys"][0];
    let header = Header { kid: key["kid"].as_str().map(str::to_owned), ..Header::new(Algorithm::RS256) };
    let pem = EncodingKey::from_rsa_pem(key["privateKeyPem"].as_str().unwrap().as_bytes()).unwrap();
    let mut expired = claims_of(ada.token());
    expired["exp"] = json!(expired["iat"].as_i64().unwrap() - 1);
    let reply = ada.with_token(&encode(&header, &expired, &pem).unwrap()).get("/auth/me").await;
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
