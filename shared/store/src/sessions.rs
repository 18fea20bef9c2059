//! Sessions and their refresh tokens. A session that is not there has ended, whatever tokens of it are still around.

use app_domain::{Session, SessionId, StoreError, Timestamp, TokenHash, UserId};
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, Update};
use serde::{Deserialize, Serialize};

use crate::keys;
use crate::table::{self, PRESENT, TTL, Table, if_absent, text, ttl};

/// The sessions of the table.
#[derive(Clone)]
pub struct Sessions(Table);

/// A refresh token that was issued.
#[derive(Debug, Clone)]
pub struct StoredToken {
    /// Whose.
    pub user_id: UserId,
    /// Of which session.
    pub session_id: SessionId,
    /// Whether it has been exchanged for a newer one.
    pub used: bool,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// What became of exchanging a refresh token for a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// The new one works.
    Done,
    /// Another request exchanged it at the same moment.
    Raced,
    /// The session has ended.
    Ended,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SessionItem {
    id: SessionId,
    user_id: UserId,
    remember_me: bool,
    created_at: Timestamp,
    expires_at: Timestamp,
    ttl: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenItem {
    user_id: UserId,
    session_id: SessionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    used_at: Option<Timestamp>,
    expires_at: Timestamp,
    ttl: i64,
}

impl Sessions {
    /// The sessions of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// Begins a session with its first refresh token, in one transaction.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn begin(&self, session: &Session, token: &TokenHash) -> Result<(), StoreError> {
        let item = SessionItem {
            id: session.id,
            user_id: session.user_id,
            remember_me: session.remember_me,
            created_at: session.created_at,
            expires_at: session.expires_at,
            ttl: session.expires_at.as_seconds(),
        };
        let put = self.0.put(keys::session(session.user_id, session.id), &item)?;
        let writes = vec![table::put(if_absent(put)), self.new_token(session, token)?];
        self.0.transact(writes).await?.map_err(|_| StoreError::Conflict)
    }

    /// A session that has not ended.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, user: UserId, id: SessionId) -> Result<Option<Session>, StoreError> {
        let item: Option<SessionItem> = self.0.get(keys::session(user, id)).await?;
        Ok(item.map(|item| Session {
            id: item.id,
            user_id: item.user_id,
            remember_me: item.remember_me,
            created_at: item.created_at,
            expires_at: item.expires_at,
        }))
    }

    /// A refresh token that was issued and is not long expired.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn token(&self, hash: &TokenHash) -> Result<Option<StoredToken>, StoreError> {
        let item: Option<TokenItem> = self.0.get(keys::token(hash)).await?;
        Ok(item.map(|item| StoredToken {
            user_id: item.user_id,
            session_id: item.session_id,
            used: item.used_at.is_some(),
            expires_at: item.expires_at,
        }))
    }

    /// Exchanges a refresh token for a new one and prolongs the session, in one transaction.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn rotate(
        &self,
        session: &Session,
        old: &TokenHash,
        new: &TokenHash,
        now: Timestamp,
    ) -> Result<Rotation, StoreError> {
        let use_up = Update::builder()
            .table_name(self.0.name())
            .set_key(Some(keys::token(old).attributes()))
            .update_expression("SET usedAt = :now")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(usedAt)")
            .expression_attribute_values(":now", text(now));
        let prolong = Update::builder()
            .table_name(self.0.name())
            .set_key(Some(keys::session(session.user_id, session.id).attributes()))
            .update_expression("SET expiresAt = :until, #ttl = :ttl")
            .condition_expression(PRESENT)
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":until", text(session.expires_at))
            .expression_attribute_values(":ttl", ttl(session.expires_at));
        let writes = vec![table::update(use_up)?, table::update(prolong)?, self.new_token(session, new)?];
        Ok(match self.0.transact(writes).await? {
            Ok(()) => Rotation::Done,
            Err(refused) if refused.includes(1) => Rotation::Ended,
            Err(_) => Rotation::Raced,
        })
    }

    /// Ends a session: none of its refresh tokens works from now on. Ending it twice is no error.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn end(&self, user: UserId, id: SessionId) -> Result<(), StoreError> {
        let delete = Delete::builder().table_name(self.0.name());
        let delete = delete.set_key(Some(keys::session(user, id).attributes()));
        // A transaction of one: it waits for a refresh that is at the same session, instead of failing beside it.
        self.0.transact(vec![table::delete(delete)?]).await?.map_err(|_| StoreError::Conflict)
    }

    fn new_token(&self, session: &Session, hash: &TokenHash) -> Result<TransactWriteItem, StoreError> {
        let item = TokenItem {
            user_id: session.user_id,
            session_id: session.id,
            used_at: None,
            expires_at: session.expires_at,
            ttl: session.expires_at.as_seconds(),
        };
        Ok(table::put(if_absent(self.0.put(keys::token(hash), &item)?)))
    }
}
