//! What the table knows of those who call: their sessions, keys and counts.

use app_domain::{
    ApiKey, Gate, Grant, IpRules, KeyUsage, RateClass, SessionId, StoreError, Timestamp, TokenHash, UserId,
    Window,
};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use crate::keys::{self, Key};
use crate::table::{self, Item, TTL, Table, number, text};
use crate::{ApiKeys, Sessions, Settings, Users};

/// Counters are of no use after their time; a day more leaves something to look at.
const KEEP_COUNTERS_S: i64 = 24 * 60 * 60;
/// A month's counter is kept until the next month is over.
const KEEP_USAGE_S: i64 = 62 * 24 * 60 * 60;
/// So many windows before the present one are dropped from a key's counter with each request.
const WINDOWS_DROPPED: i64 = 8;

/// The gate of the table.
#[derive(Clone)]
pub struct AccessGate {
    table: Table,
    now: fn() -> Timestamp,
}

impl AccessGate {
    /// The gate of `table`; `now` tells the time, by which sessions are over.
    pub fn new(table: Table, now: fn() -> Timestamp) -> Self {
        Self { table, now }
    }

    async fn add(&self, key: Key, what: &str, ttl_s: i64) -> Result<Item, StoreError> {
        let request = self.table.client().update_item().table_name(self.table.name());
        let answer = request
            .set_key(Some(key.attributes()))
            .update_expression(format!("SET #ttl = :ttl, lastUsedAt = :now {what}"))
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":now", text((self.now)()))
            .expression_attribute_values(":ttl", number(ttl_s))
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::AllNew)
            .send()
            .await
            .map_err(table::failed)?;
        Ok(answer.attributes.unwrap_or_default())
    }
}

#[async_trait]
impl Gate for AccessGate {
    async fn session(&self, user: UserId, session: SessionId) -> Result<Option<Grant>, StoreError> {
        let (sessions, users) = (Sessions::new(self.table.clone()), Users::new(self.table.clone()));
        let (session, user) = tokio::try_join!(sessions.get(user, session), users.get(user))?;
        Ok(session.zip(user).and_then(|(session, user)| {
            user.recognises(&session, (self.now)()).then_some(Grant { role: user.role, tier: user.tier })
        }))
    }

    async fn api_key(&self, hash: &TokenHash) -> Result<Option<(ApiKey, Grant)>, StoreError> {
        let Some(key) = ApiKeys::new(self.table.clone()).by_hash(hash).await? else { return Ok(None) };
        let owner = Users::new(self.table.clone()).get(key.owner).await?.filter(|user| user.is_active);
        Ok(owner.map(|owner| (key, Grant { role: owner.role, tier: owner.tier })))
    }

    async fn count(&self, subject: &str, window: Window) -> Result<u64, StoreError> {
        let key = keys::rate(subject, window.index);
        let counted = self.add(key, "ADD requests :one", window.ends_at_s + KEEP_COUNTERS_S).await?;
        count_in(&counted, "requests")
    }

    /// The month and the window are counted in one item, so that it stays one write. A window is an attribute of its own;
    /// those just passed are dropped on the way.
    async fn count_key(
        &self,
        key: &ApiKey,
        class: RateClass,
        window: Window,
        month: &str,
    ) -> Result<KeyUsage, StoreError> {
        let attribute = |index: i64| format!("{}_{index}", class.as_str());
        let past: Vec<String> = (1..=WINDOWS_DROPPED).map(|back| attribute(window.index - back)).collect();
        let this = attribute(window.index);
        let change = format!("ADD requests :one, {this} :one REMOVE {}", past.join(", "));
        let ttl_s = window.ends_at_s + KEEP_USAGE_S;
        let counted = self.add(keys::key_usage(key.owner, month, key.id), &change, ttl_s).await?;
        Ok(KeyUsage { in_window: count_in(&counted, &this)?, in_month: count_in(&counted, "requests")? })
    }

    async fn ip_rules(&self) -> Result<IpRules, StoreError> {
        Settings::new(self.table.clone()).ip_rules().await
    }
}

fn count_in(item: &Item, attribute: &str) -> Result<u64, StoreError> {
    let count = item.get(attribute).and_then(|value| AttributeValue::as_n(value).ok());
    let count = count.and_then(|count| count.parse().ok());
    count.ok_or_else(|| StoreError::Corrupt("a counter holds no number".into()))
}
