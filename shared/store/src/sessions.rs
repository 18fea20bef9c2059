//! Sessions and their refresh tokens. A session that is not there has ended, whatever tokens of it are still around.

use app_domain::{AuditEntry, Origin, Session, SessionId, StoreError, Timestamp, TokenHash, UserId};
use aws_sdk_dynamodb::types::{ConditionCheck, Delete, TransactWriteItem, Update};
use serde::{Deserialize, Serialize};

use crate::audit::entry;
use crate::keys::{self, SESSION_PREFIX};
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
    /// When it was exchanged for a newer one, if it was.
    pub used_at: Option<Timestamp>,
    /// The newer one, sealed so that only who has this one can read it.
    pub successor: Option<String>,
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
    #[serde(flatten)]
    origin: Origin,
    created_at: Timestamp,
    last_active_at: Timestamp,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    successor: Option<String>,
    expires_at: Timestamp,
    ttl: i64,
}

impl Sessions {
    /// The sessions of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// Begins a session with its first refresh token, and notes it in the audit log, in one transaction.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn begin(
        &self,
        session: &Session,
        token: &TokenHash,
        audit: &AuditEntry,
    ) -> Result<(), StoreError> {
        let writes = self.beginning(session, token, audit)?;
        self.0.transact(writes).await?.map_err(|_| StoreError::Conflict)
    }

    /// The same for somebody who has shown a password, as long as it is still theirs: `Ok(false)` if it was changed while it
    /// was looked at. Changing it ends the sessions that are there, and this one would come a moment later.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn begin_by_password(
        &self,
        session: &Session,
        token: &TokenHash,
        password_hash: &str,
        audit: &AuditEntry,
    ) -> Result<bool, StoreError> {
        let unchanged = ConditionCheck::builder()
            .table_name(self.0.name())
            .set_key(Some(keys::profile(session.user_id).attributes()))
            .condition_expression("passwordHash = :shown")
            .expression_attribute_values(":shown", text(password_hash));
        let mut writes = self.beginning(session, token, audit)?;
        let unchanged = unchanged.build().map_err(table::corrupt)?;
        writes.push(TransactWriteItem::builder().condition_check(unchanged).build());
        Ok(self.0.transact(writes).await?.is_ok())
    }

    fn beginning(
        &self,
        session: &Session,
        token: &TokenHash,
        audit: &AuditEntry,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let put = self.0.put(keys::session(session.user_id, session.id), &SessionItem::new(session))?;
        Ok(vec![table::put(if_absent(put)), self.new_token(session, token)?, entry(&self.0, audit)?])
    }

    /// A session that is stored. Whether it still counts is for [`app_domain::User::recognises`] to say.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, user: UserId, id: SessionId) -> Result<Option<Session>, StoreError> {
        let item: Option<SessionItem> = self.0.get(keys::session(user, id)).await?;
        Ok(item.map(SessionItem::into_session))
    }

    /// A person's newest `limit` sessions that are stored, those begun before `after`, and the last one's id if more may
    /// follow.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn page(
        &self,
        user: UserId,
        after: Option<SessionId>,
        limit: u32,
    ) -> Result<(Vec<Session>, Option<SessionId>), StoreError> {
        let (owner, after) = (keys::owner(user), after.map(|id| keys::session(user, id)));
        let (items, more) = self.0.query(owner, SESSION_PREFIX, after, Some(limit)).await?;
        let sessions: Vec<Session> = items.into_iter().map(SessionItem::into_session).collect();
        let last = sessions.last().map(|session| session.id).filter(|_| more);
        Ok((sessions, last))
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
            used_at: item.used_at,
            successor: item.successor,
            expires_at: item.expires_at,
        }))
    }

    /// Exchanges a refresh token for a new one and prolongs the session, in one transaction. `successor` is the new one,
    /// sealed for whoever has the old one.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn rotate(
        &self,
        session: &Session,
        old: &TokenHash,
        new: &TokenHash,
        successor: &str,
        now: Timestamp,
    ) -> Result<Rotation, StoreError> {
        let use_up = Update::builder()
            .table_name(self.0.name())
            .set_key(Some(keys::token(old).attributes()))
            .update_expression("SET usedAt = :now, successor = :successor")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(usedAt)")
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":successor", text(successor));
        let prolong = Update::builder()
            .table_name(self.0.name())
            .set_key(Some(keys::session(session.user_id, session.id).attributes()))
            .update_expression("SET expiresAt = :until, lastActiveAt = :now, #ttl = :ttl")
            .condition_expression(PRESENT)
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":until", text(session.expires_at))
            .expression_attribute_values(":ttl", ttl(session.expires_at));
        let writes = vec![table::update(use_up)?, table::update(prolong)?, self.new_token(session, new)?];
        Ok(match self.0.transact(writes).await? {
            Ok(()) => Rotation::Done,
            Err(refused) if refused.includes(1) => Rotation::Ended,
            Err(_) => Rotation::Raced,
        })
    }

    /// Ends a session, and notes it in the audit log: none of its tokens works from now on. `Ok(false)`, and no entry, if
    /// it has ended already.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn end(&self, user: UserId, id: SessionId, audit: &AuditEntry) -> Result<bool, StoreError> {
        let delete = Delete::builder()
            .table_name(self.0.name())
            .set_key(Some(keys::session(user, id).attributes()))
            .condition_expression(PRESENT);
        // In a transaction it waits for a refresh that is at the same session, instead of failing beside it.
        Ok(self.0.transact(vec![table::delete(delete)?, entry(&self.0, audit)?]).await?.is_ok())
    }

    fn new_token(&self, session: &Session, hash: &TokenHash) -> Result<TransactWriteItem, StoreError> {
        let item = TokenItem {
            user_id: session.user_id,
            session_id: session.id,
            used_at: None,
            successor: None,
            expires_at: session.expires_at,
            ttl: session.expires_at.as_seconds(),
        };
        Ok(table::put(if_absent(self.0.put(keys::token(hash), &item)?)))
    }
}

impl SessionItem {
    fn new(session: &Session) -> Self {
        Self {
            id: session.id,
            user_id: session.user_id,
            remember_me: session.remember_me,
            origin: session.origin.clone(),
            created_at: session.created_at,
            last_active_at: session.last_active_at,
            expires_at: session.expires_at,
            ttl: session.expires_at.as_seconds(),
        }
    }

    fn into_session(self) -> Session {
        Session {
            id: self.id,
            user_id: self.user_id,
            remember_me: self.remember_me,
            origin: self.origin,
            created_at: self.created_at,
            last_active_at: self.last_active_at,
            expires_at: self.expires_at,
        }
    }
}
