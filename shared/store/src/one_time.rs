//! Tokens that were mailed. Only their hashes are kept.

use app_domain::{Email, Purpose, StoreError, Timestamp, ToProve, TokenHash, UserId};
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use serde::{Deserialize, Serialize};

use crate::keys;
use crate::table::{self, Table, if_absent, text};

/// The mailed tokens of the table.
#[derive(Clone)]
pub struct OneTimeTokens(Table);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OneTimeItem {
    user_id: UserId,
    email: Email,
    purpose: Purpose,
    expires_at: Timestamp,
    ttl: i64,
}

impl OneTimeTokens {
    /// The mailed tokens of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// Keeps a token that is about to be mailed.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn issue(&self, hash: &TokenHash, proves: &ToProve) -> Result<(), StoreError> {
        let item = OneTimeItem {
            user_id: proves.user_id,
            email: proves.email.clone(),
            purpose: proves.purpose,
            expires_at: proves.expires_at,
            ttl: proves.expires_at.as_seconds(),
        };
        let put = if_absent(self.0.put(keys::one_time(hash), &item)?);
        self.0.transact(vec![table::put(put)]).await?.map_err(|_| StoreError::Conflict)
    }

    /// What a token proves, if it was mailed for this purpose, has not been used and has not expired.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn find(
        &self,
        hash: &TokenHash,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Option<ToProve>, StoreError> {
        let item: Option<OneTimeItem> = self.0.get(keys::one_time(hash)).await?;
        let item = item.filter(|item| item.purpose == purpose && item.expires_at > now);
        Ok(item.map(|item| ToProve {
            user_id: item.user_id,
            email: item.email,
            purpose: item.purpose,
            expires_at: item.expires_at,
        }))
    }
}

/// The using up of a token, as a part of the transaction that it allows: refused if it was used already or allows something else.
pub(crate) fn used(
    table: &Table,
    hash: &TokenHash,
    proves: &ToProve,
    now: Timestamp,
) -> Result<TransactWriteItem, StoreError> {
    let delete = Delete::builder()
        .table_name(table.name())
        .set_key(Some(keys::one_time(hash).attributes()))
        .condition_expression("expiresAt > :now AND purpose = :purpose AND userId = :user")
        .expression_attribute_values(":now", text(now))
        .expression_attribute_values(":purpose", text(proves.purpose.as_str()))
        .expression_attribute_values(":user", text(proves.user_id));
    table::delete(delete)
}
