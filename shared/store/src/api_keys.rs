//! API keys: found by hash when one calls, and by owner when they look at their keys.

use std::collections::HashMap;

use app_domain::{
    ApiKey, ApiKeyId, ApiKeyName, AuditEntry, Permission, StoreError, Timestamp, TokenHash, UserId,
};
use aws_sdk_dynamodb::types::Delete;
use serde::{Deserialize, Serialize};

use crate::audit::entry;
use crate::keys::{self, API_KEY_PREFIX};
use crate::table::{self, PRESENT, Table, if_absent};

/// The API keys of the table.
#[derive(Clone)]
pub struct ApiKeys(Table);

/// Of each key there are two: one in its owner's partition, one under its hash.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ApiKeyItem {
    id: ApiKeyId,
    owner: UserId,
    name: ApiKeyName,
    prefix: String,
    hash: TokenHash,
    permissions: Vec<Permission>,
    usage_limit: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    created_at: Timestamp,
}

/// How much a key has been used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UsedSoFar {
    /// Requests in the month asked about.
    pub in_month: u64,
    /// When the last was.
    pub last_used_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UsageItem {
    sk: String,
    requests: u64,
    last_used_at: Option<Timestamp>,
}

impl ApiKeys {
    /// The API keys of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// Keeps a new key, and notes it in the audit log, in one transaction.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn create(&self, key: &ApiKey, audit: &AuditEntry) -> Result<(), StoreError> {
        let item = ApiKeyItem::new(key);
        let of_owner = self.0.put(keys::api_key(key.owner, key.id), &item)?;
        let by_hash = self.0.put(keys::api_key_hash(&key.hash), &item)?;
        let writes =
            vec![table::put(if_absent(of_owner)), table::put(if_absent(by_hash)), entry(&self.0, audit)?];
        self.0.transact(writes).await?.map_err(|_| StoreError::Conflict)
    }

    /// The key with this hash.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn by_hash(&self, hash: &TokenHash) -> Result<Option<ApiKey>, StoreError> {
        let item: Option<ApiKeyItem> = self.0.get(keys::api_key_hash(hash)).await?;
        Ok(item.map(ApiKeyItem::into_key))
    }

    /// One key of its owner.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, owner: UserId, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
        let item: Option<ApiKeyItem> = self.0.get(keys::api_key(owner, id)).await?;
        Ok(item.map(ApiKeyItem::into_key))
    }

    /// All keys of a person, newest first. There are few: [`ApiKey::MAX_PER_PERSON`].
    ///
    /// # Errors
    /// If the store fails.
    pub async fn of_owner(&self, owner: UserId) -> Result<Vec<ApiKey>, StoreError> {
        let (items, _) = self.0.query(keys::owner(owner), API_KEY_PREFIX, None, None).await?;
        Ok(items.into_iter().map(ApiKeyItem::into_key).collect())
    }

    /// How much each of a person's keys has been used in `month`, such as `2026-11`; none if it is not listed.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn usage(
        &self,
        owner: UserId,
        month: &str,
    ) -> Result<HashMap<ApiKeyId, UsedSoFar>, StoreError> {
        let prefix = keys::key_usage_prefix(month);
        let (items, _): (Vec<UsageItem>, _) = self.0.query(keys::owner(owner), &prefix, None, None).await?;
        let used = items.into_iter().map(|item| {
            let id = item.sk.rsplit('#').next().unwrap_or_default().parse().map_err(table::corrupt)?;
            Ok((id, UsedSoFar { in_month: item.requests, last_used_at: item.last_used_at }))
        });
        used.collect()
    }

    /// Revokes a key, and notes it in the audit log, in one transaction. `Ok(false)` if it is not there.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn revoke(&self, key: &ApiKey, audit: &AuditEntry) -> Result<bool, StoreError> {
        let of_owner = Delete::builder()
            .table_name(self.0.name())
            .set_key(Some(keys::api_key(key.owner, key.id).attributes()))
            .condition_expression(PRESENT);
        let by_hash = Delete::builder()
            .table_name(self.0.name())
            .set_key(Some(keys::api_key_hash(&key.hash).attributes()));
        let writes = vec![table::delete(of_owner)?, table::delete(by_hash)?, entry(&self.0, audit)?];
        Ok(self.0.transact(writes).await?.is_ok())
    }
}

impl ApiKeyItem {
    fn new(key: &ApiKey) -> Self {
        let key = key.clone();
        Self {
            id: key.id,
            owner: key.owner,
            name: key.name,
            prefix: key.prefix,
            hash: key.hash,
            permissions: key.permissions,
            usage_limit: key.usage_limit,
            expires_at: key.expires_at,
            created_at: key.created_at,
        }
    }

    fn into_key(self) -> ApiKey {
        ApiKey {
            id: self.id,
            owner: self.owner,
            name: self.name,
            prefix: self.prefix,
            hash: self.hash,
            permissions: self.permissions,
            usage_limit: self.usage_limit,
            expires_at: self.expires_at,
            created_at: self.created_at,
        }
    }
}
