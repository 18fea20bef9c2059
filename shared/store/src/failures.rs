//! Wrong passwords, counted by account and by address.

use std::net::IpAddr;

use app_domain::{FAILURES_KEPT_FOR, Failures, StoreError, Timestamp, TokenHash, UserId, counted_as};
use aws_sdk_dynamodb::types::ReturnValue;
use serde::Deserialize;

use crate::keys;
use crate::table::{self, TTL, Table, from_item, number, text, ttl};

/// The failures of the table.
#[derive(Clone)]
pub struct SignInFailures(Table);

/// Whose failures: an account, a name that is nobody's, or an address. Hashed, so that keys hold nothing private.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureSubject(String);

impl FailureSubject {
    /// An account.
    pub fn account(user: UserId) -> Self {
        Self(format!("account#{user}"))
    }

    /// A name that somebody tries to sign in with and that no account has.
    pub fn nobody(name: &str) -> Self {
        Self(format!("name#{}", TokenHash::of(name).as_str()))
    }

    /// An address.
    pub fn address(ip: Option<IpAddr>) -> Self {
        Self(format!("address#{}", TokenHash::of(&counted_as(ip)).as_str()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FailuresItem {
    failures: u32,
    last_at: Timestamp,
}

impl FailuresItem {
    fn into_failures(self) -> Failures {
        Failures { count: self.failures, last_at: self.last_at }
    }
}

impl SignInFailures {
    /// The failures of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// The failures of a subject since its last success.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn of(&self, subject: &FailureSubject) -> Result<Option<Failures>, StoreError> {
        let item: Option<FailuresItem> = self.0.get(keys::failures(subject)).await?;
        Ok(item.map(FailuresItem::into_failures))
    }

    /// Counts one more, exactly, and says how many there are.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn add(&self, subject: &FailureSubject, now: Timestamp) -> Result<Failures, StoreError> {
        let request = self.0.client().update_item().table_name(self.0.name());
        let answer = request
            .set_key(Some(keys::failures(subject).attributes()))
            .update_expression("SET lastAt = :now, #ttl = :ttl ADD failures :one")
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":ttl", ttl(now.plus(FAILURES_KEPT_FOR)))
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::AllNew)
            .send()
            .await
            .map_err(table::failed)?;
        from_item(answer.attributes.unwrap_or_default()).map(FailuresItem::into_failures)
    }

    /// Forgets them.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn forget(&self, subject: &FailureSubject) -> Result<(), StoreError> {
        let request = self.0.client().delete_item().table_name(self.0.name());
        let request = request.set_key(Some(keys::failures(subject).attributes()));
        request.send().await.map(drop).map_err(table::failed)
    }
}
