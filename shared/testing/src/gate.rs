//! A gate that lets everybody through whose token is good, and counts nothing.

use app_domain::{
    ApiKey, Gate, Grant, IpRules, KeyUsage, RateClass, Role, SessionId, StoreError, TokenHash, UserId, Window,
};
use app_http::Authenticator;
use app_store::{AccessGate, Table};
use async_trait::async_trait;
use uuid::Uuid;

use crate::TestKeys;

const ROLES: [Role; 3] = [Role::User, Role::Premium, Role::Admin];
/// The rates of tests that are not about rates.
pub const RATES: &str = "auth=1000/1h,free.api=100000/1h,free.upload=100000/1h,free.ai=100000/1h,\
                         premium.api=100000/1h,premium.upload=100000/1h,premium.ai=100000/1h";

/// Lets through whoever has one of the tokens that [`crate::caller`] gives.
struct OpenGate;

/// A new session's id that says which role its person has, for the open gate to read.
pub(crate) fn session_of(role: Role) -> Uuid {
    let mut bytes = *Uuid::new_v4().as_bytes();
    bytes[15] = ROLES.iter().position(|known| *known == role).unwrap_or_default() as u8;
    Uuid::from_bytes(bytes)
}

#[async_trait]
impl Gate for OpenGate {
    async fn session(&self, _: UserId, session: SessionId) -> Result<Option<Grant>, StoreError> {
        let role = ROLES.get(usize::from(session.as_uuid().as_bytes()[15]));
        Ok(role.map(|role| Grant { role: *role, tier: role.tier() }))
    }

    async fn api_key(&self, _: &TokenHash) -> Result<Option<(ApiKey, Grant)>, StoreError> {
        Ok(None)
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

/// Knows the tokens of the shared keys, and asks `table` about their sessions and counts, as the functions do.
pub fn gated(table: Table) -> Authenticator {
    gated_at(table, RATES)
}

/// The same, with rates of one's own.
pub fn gated_at(table: Table, rates: &str) -> Authenticator {
    let now = || jiff::Timestamp::now().into();
    let rates = rates.parse().expect("rates");
    Authenticator::new(TestKeys::shared().published_source(), AccessGate::new(table, now), rates)
}

/// Knows the tokens of the shared keys, whatever session they name.
pub fn authenticator() -> Authenticator {
    Authenticator::new(TestKeys::shared().published_source(), OpenGate, RATES.parse().expect("rates"))
}
