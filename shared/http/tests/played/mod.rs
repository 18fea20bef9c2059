//! A gate that counts in memory, knows whom it is told of, and fails when it is told to; and operations behind it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use app_domain::{
    ApiKey, ApiKeyId, ApiKeyName, Gate, Grant, IpRules, KeyUsage, RateClass, Role, SecretToken, SessionId,
    StoreError, TokenHash, UserId, Window,
};
use app_http::{
    AccessAi, Authenticator, Caller, DeleteMemories, FieldErrors, InPerson, Known, Now, Parse, ValidJson,
    Visitor, service,
};
use app_testing::TestKeys;
use async_trait::async_trait;
use axum::extract::State as Shared;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

/// The gate. Cloning shares what it knows.
#[derive(Clone, Default)]
pub(crate) struct PlayedGate(Arc<Mutex<State>>);

#[derive(Default)]
pub(crate) struct State {
    pub(crate) sessions: HashMap<SessionId, Grant>,
    pub(crate) keys: HashMap<TokenHash, (ApiKey, Grant)>,
    pub(crate) rules: IpRules,
    /// The operations that fail.
    pub(crate) failing: Vec<&'static str>,
    counts: HashMap<(String, i64), u64>,
    calls: HashMap<&'static str, usize>,
}

impl PlayedGate {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// How often an operation was called.
    pub(crate) fn calls(&self, operation: &str) -> usize {
        self.state().calls.get(operation).copied().unwrap_or_default()
    }

    /// A person of this role who is signed in, and an access token of theirs.
    pub(crate) fn signed_in(&self, role: Role) -> (UserId, String) {
        let user = UserId::new(jiff::Timestamp::now().into());
        let claims = app_testing::claims(user, role);
        self.admit(&claims, role);
        (user, TestKeys::shared().sign(&claims))
    }

    /// Lets the session of these claims live.
    pub(crate) fn admit(&self, claims: &Value, role: Role) {
        let session: SessionId = claims["sid"].as_str().unwrap().parse().unwrap();
        self.state().sessions.insert(session, Grant { role, tier: role.tier() });
    }

    /// An API key of somebody of this role, changed as the test needs it.
    pub(crate) fn key(&self, role: Role, change: impl FnOnce(&mut ApiKey)) -> String {
        let now = jiff::Timestamp::now().into();
        let text = format!("{}{}", app_http::API_KEY_PREFIX, SecretToken::generate().unwrap().expose());
        let mut key = ApiKey {
            id: ApiKeyId::new(now),
            owner: UserId::new(now),
            name: ApiKeyName::parse("laptop").unwrap(),
            prefix: text[..8].to_owned(),
            hash: TokenHash::of(&text),
            permissions: Role::Admin.permissions().to_vec(),
            usage_limit: ApiKey::DEFAULT_USAGE_LIMIT,
            expires_at: None,
            created_at: now,
        };
        change(&mut key);
        self.state().keys.insert(key.hash.clone(), (key, Grant { role, tier: role.tier() }));
        text
    }

    /// What knows the tokens of the shared keys and asks this gate.
    pub(crate) fn authenticator(&self, rates: &str) -> Authenticator {
        Authenticator::new(TestKeys::shared().published_source(), self.clone(), rates.parse().unwrap())
    }

    /// Notes a call, and lets others run in between, as a table does.
    async fn called(&self, operation: &'static str) -> Result<(), StoreError> {
        tokio::task::yield_now().await;
        let mut state = self.state();
        *state.calls.entry(operation).or_default() += 1;
        if state.failing.contains(&operation) {
            return Err(StoreError::Unavailable("played failure".into()));
        }
        Ok(())
    }

    fn add(&self, subject: String, index: i64) -> u64 {
        let mut state = self.state();
        let count = state.counts.entry((subject, index)).or_default();
        *count += 1;
        *count
    }
}

#[async_trait]
impl Gate for PlayedGate {
    async fn session(&self, _: UserId, session: SessionId) -> Result<Option<Grant>, StoreError> {
        self.called("session").await?;
        Ok(self.state().sessions.get(&session).copied())
    }

    async fn api_key(&self, hash: &TokenHash) -> Result<Option<(ApiKey, Grant)>, StoreError> {
        self.called("api_key").await?;
        Ok(self.state().keys.get(hash).cloned())
    }

    async fn count(&self, subject: &str, window: Window) -> Result<u64, StoreError> {
        self.called("count").await?;
        Ok(self.add(subject.to_owned(), window.index))
    }

    async fn count_key(
        &self,
        key: &ApiKey,
        class: RateClass,
        window: Window,
        month: &str,
    ) -> Result<KeyUsage, StoreError> {
        self.called("count_key").await?;
        let in_window = self.add(format!("{}#{}", class.as_str(), key.id), window.index);
        Ok(KeyUsage { in_window, in_month: self.add(format!("{month}#{}", key.id), 0) })
    }

    async fn ip_rules(&self) -> Result<IpRules, StoreError> {
        self.called("ip_rules").await?;
        Ok(self.state().rules.clone())
    }
}

#[derive(Deserialize)]
struct Note {
    text: String,
    #[serde(default)]
    more: Value,
}

impl Parse for Note {
    type Parsed = String;

    fn parse(self) -> Result<String, FieldErrors> {
        Ok(format!("{} {}", self.text, self.more))
    }
}

/// Operations of every kind.
pub(crate) fn app(authenticator: Authenticator) -> Router {
    let router = Router::new()
        .route("/known", get(known))
        .route("/ask", get(async |_: Caller<AccessAi>| "asked"))
        .route("/delete", get(async |_: Caller<DeleteMemories>| "deleted"))
        .route("/person", get(async |person: InPerson| person.user_id.to_string()))
        .route("/visit", get(async |visitor: Visitor| Json(json!(visitor.ip))))
        .route("/sign-in/{name}", get(sign_in))
        .route("/note", post(async |_: Caller, ValidJson(note): ValidJson<Note>| note))
        .with_state(authenticator);
    service(router, "*")
}

async fn known(caller: Caller<Known>) -> Json<Value> {
    Json(json!({
        "userId": caller.user_id,
        "sessionId": caller.session_id,
        "apiKeyId": caller.api_key_id,
        "role": caller.role,
        "tier": caller.tier,
        "userAgent": caller.origin.user_agent,
    }))
}

async fn sign_in(
    Shared(authenticator): Shared<Authenticator>,
    visitor: Visitor,
    Now(now): Now,
    axum::extract::Path(name): axum::extract::Path<String>,
) -> Result<&'static str, app_http::ApiError> {
    authenticator.attempt(&visitor, &name, now).await?;
    Ok("looked at")
}
