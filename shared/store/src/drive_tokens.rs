//! What opens people's drives, sealed. Whoever gets other tokens has a lease meanwhile: a refresh token may work only once.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use app_domain::{DriveConnection, DriveProvider, Origin, Sealing, StoreError, Timestamp, UserId};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use uuid::Uuid;

use crate::DriveConnections;
use crate::keys;
use crate::table::{self, Table, number, text, unless_refused};

/// The tokens of everybody's drives. Cloning shares the client.
#[derive(Clone)]
pub struct DriveTokens {
    table: Table,
    sealing: Arc<dyn Sealing>,
}

/// The tokens of a drive. Of a bucket they are the id of its access key and the secret one, which never end.
#[derive(Clone)]
pub struct KeptTokens {
    /// What the person agreed to, another one each time: tokens of one never replace those of another.
    pub grant: Uuid,
    /// Counts the tokens of a grant.
    pub generation: u64,
    /// What calls are made with.
    pub access_token: SecretString,
    /// How long it works.
    pub ends_at: Timestamp,
    /// What others can be had with.
    pub refresh_token: SecretString,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokensItem {
    grant: Uuid,
    generation: u64,
    /// Whoever gets other tokens has them until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    leased_until: Option<Timestamp>,
    sealed: ByteBuf,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sealed {
    access_token: String,
    ends_at: Timestamp,
    refresh_token: String,
}

/// Not what opens a drive.
impl fmt::Debug for KeptTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeptTokens({} of {}, until {})", self.generation, self.grant, self.ends_at)
    }
}

impl KeptTokens {
    /// The first tokens of a new grant.
    pub fn new(access_token: SecretString, ends_at: Timestamp, refresh_token: SecretString) -> Self {
        Self { grant: Uuid::new_v4(), generation: 1, access_token, ends_at, refresh_token }
    }

    /// The next ones of the same grant. Without a refresh token the one that was stays.
    #[must_use]
    pub fn renewed(
        &self,
        access_token: SecretString,
        ends_at: Timestamp,
        refresh_token: Option<SecretString>,
    ) -> Self {
        let refresh_token = refresh_token.unwrap_or_else(|| self.refresh_token.clone());
        Self { grant: self.grant, generation: self.generation + 1, access_token, ends_at, refresh_token }
    }
}

impl DriveTokens {
    /// The tokens in `table`, sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self { table, sealing: Arc::new(sealing) }
    }

    /// The tokens of a person's drive.
    ///
    /// # Errors
    /// If the store fails, or the owner's keys are destroyed.
    pub async fn get(
        &self,
        owner: UserId,
        provider: DriveProvider,
    ) -> Result<Option<KeptTokens>, StoreError> {
        let item: Option<TokensItem> = self.table.get(keys::drive_tokens(owner, provider)).await?;
        let Some(item) = item else { return Ok(None) };
        let plain = self.sealing.open(owner, &record(provider), &item.sealed).await?;
        let sealed: Sealed = serde_json::from_slice(&plain).map_err(table::corrupt)?;
        Ok(Some(KeptTokens {
            grant: item.grant,
            generation: item.generation,
            access_token: sealed.access_token.into(),
            ends_at: sealed.ends_at,
            refresh_token: sealed.refresh_token.into(),
        }))
    }

    /// Keeps the tokens of a new grant, instead of all others.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn put(
        &self,
        owner: UserId,
        provider: DriveProvider,
        tokens: &KeptTokens,
    ) -> Result<(), StoreError> {
        let put = self
            .table
            .put(keys::drive_tokens(owner, provider), &self.item(owner, provider, tokens).await?)?;
        let request = self.table.client().put_item().table_name(self.table.name());
        request.set_item(Some(put.item)).send().await.map(drop).map_err(table::failed)
    }

    /// Connects a drive with a new grant, and keeps its tokens instead of all others, all or nothing: a connection never has tokens of another grant.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn connect(
        &self,
        drives: &DriveConnections,
        new: &DriveConnection,
        tokens: &KeptTokens,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<DriveConnection, StoreError> {
        let item = self.item(new.user_id, new.provider, tokens).await?;
        let put = self.table.put(keys::drive_tokens(new.user_id, new.provider), &item)?;
        drives.connect_with(new, Some(table::put(put)), origin, now).await
    }

    /// Removes the tokens of a grant. Those of a newer one stay.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn remove(
        &self,
        owner: UserId,
        provider: DriveProvider,
        grant: Uuid,
    ) -> Result<(), StoreError> {
        let request = self.table.client().delete_item().table_name(self.table.name());
        let request = request
            .set_key(Some(keys::drive_tokens(owner, provider).attributes()))
            .condition_expression("#grant = :grant")
            .expression_attribute_names("#grant", "grant")
            .expression_attribute_values(":grant", text(grant));
        unless_refused(request.send().await).map(drop)
    }

    /// Leases the getting of tokens that follow `before`. `Ok(false)` if somebody else has the lease, or there are other tokens by now. A lease
    /// that has run out is taken over.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn lease(
        &self,
        owner: UserId,
        provider: DriveProvider,
        before: &KeptTokens,
        now: Timestamp,
        span: Duration,
    ) -> Result<bool, StoreError> {
        let request = self.table.client().update_item().table_name(self.table.name());
        let request = request
            .set_key(Some(keys::drive_tokens(owner, provider).attributes()))
            .update_expression("SET leasedUntil = :until")
            .condition_expression(
                "#grant = :grant AND generation = :generation \
                 AND (attribute_not_exists(leasedUntil) OR leasedUntil <= :now)",
            )
            .expression_attribute_names("#grant", "grant")
            .expression_attribute_values(":grant", text(before.grant))
            .expression_attribute_values(":generation", number(before.generation))
            .expression_attribute_values(":until", text(now.plus(span)))
            .expression_attribute_values(":now", text(now));
        unless_refused(request.send().await)
    }

    /// Gives a lease back that was taken at `leased_at` for `span`, so that nobody has to wait for its end.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn release(
        &self,
        owner: UserId,
        provider: DriveProvider,
        leased_at: Timestamp,
        span: Duration,
    ) -> Result<(), StoreError> {
        let request = self.table.client().update_item().table_name(self.table.name());
        let request = request
            .set_key(Some(keys::drive_tokens(owner, provider).attributes()))
            .update_expression("REMOVE leasedUntil")
            .condition_expression("leasedUntil = :until")
            .expression_attribute_values(":until", text(leased_at.plus(span)));
        // Refused if it is somebody else's by now.
        unless_refused(request.send().await).map(drop)
    }

    /// Keeps the tokens that follow `before`, and ends the lease. `Ok(false)` if there are others by now.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn replace(
        &self,
        owner: UserId,
        provider: DriveProvider,
        before: &KeptTokens,
        after: &KeptTokens,
    ) -> Result<bool, StoreError> {
        let put =
            self.table.put(keys::drive_tokens(owner, provider), &self.item(owner, provider, after).await?)?;
        let request = self.table.client().put_item().table_name(self.table.name());
        let request = request
            .set_item(Some(put.item))
            .condition_expression("#grant = :grant AND generation = :generation")
            .expression_attribute_names("#grant", "grant")
            .expression_attribute_values(":grant", text(before.grant))
            .expression_attribute_values(":generation", number(before.generation));
        unless_refused(request.send().await)
    }

    async fn item(
        &self,
        owner: UserId,
        provider: DriveProvider,
        tokens: &KeptTokens,
    ) -> Result<TokensItem, StoreError> {
        let plain = serde_json::to_vec(&Sealed {
            access_token: tokens.access_token.expose_secret().to_owned(),
            ends_at: tokens.ends_at,
            refresh_token: tokens.refresh_token.expose_secret().to_owned(),
        });
        let plain = plain.map_err(table::corrupt)?;
        let sealed = self.sealing.seal(owner, &record(provider), &plain).await?;
        let (grant, generation) = (tokens.grant, tokens.generation);
        Ok(TokensItem { grant, generation, leased_until: None, sealed: ByteBuf::from(sealed) })
    }
}

/// The name under which they are sealed.
fn record(provider: DriveProvider) -> String {
    format!("drive-tokens/{provider}")
}
