//! Who may come in: people with their tokens, and programs of theirs with their keys.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use app_domain::{
    ApiKey, ApiKeyId, ApiKeyName, Gate, Grant, IpRules, KeyUsage, Permission, RateClass, Role, SessionId,
    StoreError, TokenHash, UserId, Window,
};
use app_http::API_KEY_PREFIX;
use app_runtime::now;
use app_testing::{Call, TestKeys, claims};
use async_trait::async_trait;
use uuid::Uuid;

/// Somebody, or a program of theirs.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) user: UserId,
    pub(crate) header: (&'static str, String),
}

impl Person {
    pub(crate) fn call(&self, call: Call) -> Call {
        call.header(self.header.0, &self.header.1)
    }
}

/// Lets in whoever it gave a token or a key.
#[derive(Clone, Default)]
pub(crate) struct Doors(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    sessions: HashMap<SessionId, Grant>,
    keys: HashMap<String, ApiKey>,
}

impl Doors {
    pub(crate) fn person(&self, role: Role) -> Person {
        let user = UserId::new(now());
        let claims = claims(user, role);
        let session = claims["sid"].as_str().unwrap().parse::<Uuid>().unwrap().into();
        self.0.lock().unwrap().sessions.insert(session, Grant { role, tier: role.tier() });
        Person { user, header: ("authorization", format!("Bearer {}", TestKeys::shared().sign(&claims))) }
    }

    pub(crate) fn program(&self, owner: UserId, permissions: &[Permission]) -> Person {
        let id = ApiKeyId::new(now());
        let secret = id.to_string();
        let text = format!("{API_KEY_PREFIX}{secret:x<43}");
        let hash = TokenHash::of(&text);
        let key = ApiKey {
            id,
            owner,
            name: ApiKeyName::parse("A program").unwrap(),
            prefix: API_KEY_PREFIX.to_owned(),
            hash: hash.clone(),
            permissions: permissions.to_vec(),
            usage_limit: ApiKey::MAX_USAGE_LIMIT,
            expires_at: None,
            created_at: now(),
        };
        self.0.lock().unwrap().keys.insert(hash.as_str().to_owned(), key);
        Person { user: owner, header: ("x-api-key", text) }
    }
}

#[async_trait]
impl Gate for Doors {
    async fn session(&self, _: UserId, session: SessionId) -> Result<Option<Grant>, StoreError> {
        Ok(self.0.lock().unwrap().sessions.get(&session).copied())
    }

    async fn api_key(&self, hash: &TokenHash) -> Result<Option<(ApiKey, Grant)>, StoreError> {
        let grant = Grant { role: Role::Premium, tier: Role::Premium.tier() };
        Ok(self.0.lock().unwrap().keys.get(hash.as_str()).map(|key| (key.clone(), grant)))
    }

    async fn count(&self, _: &str, _: Window) -> Result<u64, StoreError> {
        Ok(1)
    }

    async fn count_key(&self, _: &ApiKey, _: RateClass, _: Window, _: &str) -> Result<KeyUsage, StoreError> {
        Ok(KeyUsage { in_window: 1, in_month: 1 })
    }

    async fn ip_rules(&self) -> Result<IpRules, StoreError> {
        Ok(IpRules::default())
    }
}
