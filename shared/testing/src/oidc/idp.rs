//! What both providers have: keys, codes, id tokens, and faults on demand.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use app_domain::Timestamp;
use aws_lc_rs::digest::{SHA256, digest};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use uuid::Uuid;

use super::form::{Form, Refused};
use super::visit::Code;
use super::{Endpoint, Fault, Person};
use crate::TestKeys;

type Forge = Box<dyn FnOnce(Value, &TestKeys) -> String + Send>;

/// What both providers have in common.
pub struct Idp {
    issuer: String,
    state: Mutex<State>,
}

struct State {
    now: Option<Timestamp>,
    keys: TestKeys,
    published: Vec<TestKeys>,
    cache_control: Option<String>,
    codes: HashMap<String, Code>,
    tokens: HashMap<String, Token>,
    faults: HashMap<Endpoint, Fault>,
    calls: HashMap<Endpoint, usize>,
    forge: Option<Forge>,
}

/// A refresh token that was given away.
struct Token {
    revoked: bool,
}

impl Idp {
    pub(super) fn new(issuer: String) -> Self {
        let keys = TestKeys::shared();
        let state = State {
            now: None,
            published: vec![keys.clone()],
            keys,
            cache_control: Some("public, max-age=3600, must-revalidate".to_owned()),
            codes: HashMap::new(),
            tokens: HashMap::new(),
            faults: HashMap::new(),
            calls: HashMap::new(),
            forge: None,
        };
        Self { issuer, state: Mutex::new(state) }
    }

    /// Its URL, below which discovery is.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// How often an endpoint was called, faults included.
    pub fn calls(&self, endpoint: Endpoint) -> usize {
        self.state().calls.get(&endpoint).copied().unwrap_or_default()
    }

    /// Lets an endpoint fail from now on.
    pub fn fail(&self, endpoint: Endpoint, fault: Fault) {
        self.state().faults.insert(endpoint, fault);
    }

    /// Lets an endpoint work again.
    pub fn recover(&self, endpoint: Endpoint) {
        self.state().faults.remove(&endpoint);
    }

    /// Stops its clock at this time. It goes by the system's until then.
    pub fn set_time(&self, now: Timestamp) {
        self.state().now = Some(now);
    }

    /// Signs with these keys from now on, and publishes them beside or instead of those before.
    pub fn sign_with(&self, keys: &TestKeys, keep_publishing_others: bool) {
        let mut state = self.state();
        state.keys = keys.clone();
        if !keep_publishing_others {
            state.published.clear();
        }
        state.published.push(keys.clone());
    }

    /// What it says of how long its keys may be kept.
    pub fn set_cache_control(&self, value: Option<&str>) {
        self.state().cache_control = value.map(str::to_owned);
    }

    /// Lets the next id token be whatever this makes of the good claims and the keys.
    pub fn forge_next(&self, forge: impl FnOnce(Value, &TestKeys) -> String + Send + 'static) {
        self.state().forge = Some(Box::new(forge));
    }

    /// Whether this refresh token was given away here and has been revoked.
    pub fn has_revoked(&self, refresh_token: &str) -> bool {
        self.state().tokens.get(refresh_token).is_some_and(|token| token.revoked)
    }

    /// A refresh token that can be revoked.
    pub fn grant_refresh_token(&self) -> String {
        let token = format!("r-{}", Uuid::new_v4().simple());
        self.state().tokens.insert(token.clone(), Token { revoked: false });
        token
    }

    /// Notes a call. If the endpoint should fail, this is how.
    pub(super) async fn called(&self, endpoint: Endpoint) -> Option<Response> {
        let fault = {
            let mut state = self.state();
            *state.calls.entry(endpoint).or_default() += 1;
            state.faults.get(&endpoint).cloned()
        };
        Some(fault?.answer().await)
    }

    pub(super) fn published_keys(&self) -> Response {
        let state = self.state();
        let keys: Vec<Value> = state.published.iter().map(public_key).collect();
        let body = ([(header::CONTENT_TYPE, "application/json")], json!({"keys": keys}).to_string());
        match &state.cache_control {
            Some(value) => ([(header::CACHE_CONTROL, value.clone())], body).into_response(),
            None => body.into_response(),
        }
    }

    /// Seconds since 1970.
    pub(super) fn now_s(&self) -> i64 {
        let now = self.state().now.unwrap_or_else(|| jiff::Timestamp::now().into());
        now.as_seconds()
    }

    pub(super) fn give_code(&self, code: Code) -> String {
        let text = format!("c-{}", Uuid::new_v4().simple());
        self.state().codes.insert(text.clone(), code);
        text
    }

    /// Takes a code back: once, in time, and from whoever has the verifier. `redirect_mismatch` is what the provider says to
    /// another redirect address.
    pub(super) fn redeem(&self, form: &Form, redirect_mismatch: &'static str) -> Result<Code, Refused> {
        let refused = |description| Refused::new("invalid_grant", description);
        let (text, redirect_uri) = (form.required("code")?, form.required("redirect_uri")?);
        let now_s = self.now_s();
        let mut state = self.state();
        let code = state.codes.get_mut(text).ok_or(refused("The code is not known."))?;
        if code.used {
            return Err(refused("The code has already been used."));
        }
        // Used up even if something else is wrong: a client must not get to guess.
        code.used = true;
        if now_s >= code.expires_at {
            return Err(refused("The code has expired."));
        }
        if code.redirect_uri != redirect_uri {
            return Err(Refused::new(redirect_mismatch, "The redirect address is another."));
        }
        let challenge = form.optional("code_verifier").map(|verifier| hash(verifier.as_bytes(), 32));
        if challenge != code.challenge {
            return Err(refused("The code verifier is another."));
        }
        Ok(code.clone())
    }

    /// The id token of a code, and the access token that it belongs to.
    pub(super) fn sign(
        &self,
        code: &Code,
        client_id: &str,
        lifetime_s: i64,
        more: Value,
    ) -> (String, String) {
        let Person { subject, claims: told, .. } = &code.person;
        let access_token = format!("a-{}", Uuid::new_v4().simple());
        let now_s = self.now_s();
        let mut claims = json!({
            "iss": self.issuer, "sub": subject, "aud": client_id, "iat": now_s, "exp": now_s + lifetime_s,
            "at_hash": hash(access_token.as_bytes(), 16),
        });
        if let Some(nonce) = &code.nonce {
            claims["nonce"] = json!(nonce);
        }
        for (name, value) in told.iter().chain(more.as_object().into_iter().flatten()) {
            claims[name] = value.clone();
        }
        let mut state = self.state();
        let id_token = match state.forge.take() {
            Some(forge) => forge(claims, &state.keys),
            None => state.keys.sign(&claims),
        };
        (id_token, access_token)
    }

    /// Revokes a refresh token. `false` if there is none that is still good.
    pub(super) fn revoke(&self, token: &str) -> bool {
        match self.state().tokens.get_mut(token) {
            Some(token) => !std::mem::replace(&mut token.revoked, true),
            None => false,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The one key that a pair publishes.
fn public_key(keys: &TestKeys) -> Value {
    let mut set: Value = serde_json::from_str(&keys.jwks()).expect("keys in JSON");
    set["keys"][0].take()
}

/// The beginning of the SHA-256 in base64url.
fn hash(bytes: &[u8], length: usize) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, bytes).as_ref().split_at(length).0)
}
