//! A sign-in up to where the browser comes back, and what is asserted of its end.

use std::sync::Arc;
use std::time::Duration;

use app_connectors::oidc::{
    AuthorizationRequest, CodeExchange, Identity, OidcError, Provider, ProviderName, Providers, pkce,
};
use app_domain::Timestamp;
use app_testing::TestKeys;
use app_testing::oidc::{Callback, FakeApple, FakeGoogle, Person};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};
use url::Url;

/// A page of the frontend.
pub(crate) const PAGE: &str = "http://127.0.0.1:9/signed-in";
/// Our own address for Apple's form.
pub(crate) const CALLBACK: &str = "http://127.0.0.1:9/api/auth/apple/callback";

pub(crate) fn now() -> Timestamp {
    jiff::Timestamp::now().into()
}

pub(crate) fn in_s(seconds: u64) -> Timestamp {
    now().plus(Duration::from_secs(seconds))
}

/// What signs people in with these settings.
pub(crate) fn provider(name: ProviderName, settings: &Value) -> Arc<Provider> {
    Providers::parse(&json!({name.as_str(): settings}).to_string()).unwrap().get(name).unwrap()
}

/// A Google and what signs people in with it.
pub(crate) fn google() -> (FakeGoogle, Arc<Provider>) {
    let fake = FakeGoogle::start(&[PAGE]);
    let provider = provider(ProviderName::Google, &fake.settings());
    (fake, provider)
}

/// An Apple and what signs people in with it.
pub(crate) fn apple() -> (FakeApple, Arc<Provider>) {
    let fake = FakeApple::start(CALLBACK);
    let provider = provider(ProviderName::Apple, &fake.settings(&[PAGE]));
    (fake, provider)
}

pub(crate) fn ada() -> Person {
    Person::google("10769150350006150715113082367", "ada@example.com")
}

/// Where the browser is sent, and what ends the sign-in but for the code.
pub(crate) async fn begin(provider: &Provider, now: Timestamp) -> (Url, CodeExchange) {
    let verifier = pkce::verifier().unwrap();
    let request = AuthorizationRequest {
        state: "state-of-this-browser".to_owned(),
        nonce: "nonce-of-this-sign-in".to_owned(),
        code_challenge: pkce::challenge(&verifier),
        redirect_uri: PAGE.to_owned(),
    };
    let url = provider.authorization_url(&request, now).await.unwrap();
    let end = CodeExchange {
        code: String::new(),
        redirect_uri: PAGE.to_owned(),
        code_verifier: Some(verifier),
        nonce: Some(request.nonce),
    };
    (url, end)
}

/// A sign-in of this person, up to where the browser has come back.
pub(crate) async fn come_back(
    provider: &Provider,
    now: Timestamp,
    visit: impl FnOnce(&Url) -> Result<Callback, &'static str>,
) -> CodeExchange {
    let (url, end) = begin(provider, now).await;
    let callback = visit(&url).unwrap();
    assert_eq!(callback.state, "state-of-this-browser");
    CodeExchange { code: callback.code, ..end }
}

/// A whole sign-in of this person with Google.
pub(crate) async fn sign_in(
    fake: &FakeGoogle,
    provider: &Provider,
    now: Timestamp,
) -> Result<Identity, OidcError> {
    fake.set_time(now);
    let end = come_back(provider, now, |url| fake.visit(url, &ada())).await;
    provider.sign_in(&end, now).await
}

/// What is wrong with the token.
pub(crate) fn bad_token(outcome: Result<Identity, OidcError>) -> &'static str {
    match outcome {
        Err(OidcError::BadToken(broken)) => broken,
        other => panic!("it should be a bad token: {other:?}"),
    }
}

/// Signs any text as header and claims.
pub(crate) fn signed(keys: &TestKeys, algorithm: Algorithm, header: &Value, claims: &str) -> String {
    let secret: Value = serde_json::from_str(&keys.secret()).unwrap();
    let pem = secret["keys"][0]["privateKeyPem"].as_str().unwrap();
    let key = EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let message = format!("{}.{}", part(&header.to_string()), part(claims));
    let signature = crypto::sign(message.as_bytes(), &key, algorithm).unwrap();
    format!("{message}.{signature}")
}
