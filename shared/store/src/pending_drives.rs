//! Connections to drives that people have begun to make. Each ends once.

use app_domain::{DriveProvider, PendingDrive, Sealing, SessionId, StoreError, Timestamp, TokenHash, UserId};
use aws_sdk_dynamodb::types::ReturnValue;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use std::sync::Arc;

use crate::keys;
use crate::table::{self, ABSENT, Table, corrupt, from_item};

/// The connections of the table that have begun.
#[derive(Clone)]
pub struct PendingDrives {
    table: Table,
    sealing: Arc<dyn Sealing>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PendingItem {
    user_id: UserId,
    session_id: SessionId,
    provider: DriveProvider,
    /// PKCE's secret.
    sealed: ByteBuf,
    redirect_uri: String,
    expires_at: Timestamp,
    ttl: i64,
}

/// The name under which PKCE's secret is sealed.
const VERIFIER: &str = "drive-code-verifier";

impl PendingDrives {
    /// Those of `table`, with their secrets sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self { table, sealing: Arc::new(sealing) }
    }

    /// Keeps one that begins, under a hash of its state.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn begin(&self, state: &TokenHash, pending: &PendingDrive) -> Result<(), StoreError> {
        let sealed = self.sealing.seal(pending.user_id, VERIFIER, pending.code_verifier.as_bytes()).await?;
        let item = PendingItem {
            user_id: pending.user_id,
            session_id: pending.session_id,
            provider: pending.provider,
            sealed: ByteBuf::from(sealed),
            redirect_uri: pending.redirect_uri.clone(),
            expires_at: pending.expires_at,
            ttl: pending.expires_at.as_seconds(),
        };
        let put = self.table.put(keys::pending_drive(state), &item)?;
        let request = self.table.client().put_item().table_name(self.table.name());
        let request = request.set_item(Some(put.item)).condition_expression(ABSENT);
        request.send().await.map(drop).map_err(table::failed)
    }

    /// Ends one, whoever asks: of several who try at once, one gets it, and one that was begun by somebody else is over for everybody.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn end(&self, state: &TokenHash, now: Timestamp) -> Result<Option<PendingDrive>, StoreError> {
        let request = self.table.client().delete_item().table_name(self.table.name());
        let request = request.set_key(Some(keys::pending_drive(state).attributes()));
        let answer = request.return_values(ReturnValue::AllOld).send().await.map_err(table::failed)?;
        let item: Option<PendingItem> = answer.attributes.map(from_item).transpose()?;
        let Some(item) = item.filter(|item| item.expires_at > now) else { return Ok(None) };
        let verifier = self.sealing.open(item.user_id, VERIFIER, &item.sealed).await?;
        Ok(Some(PendingDrive {
            user_id: item.user_id,
            session_id: item.session_id,
            provider: item.provider,
            code_verifier: String::from_utf8(verifier).map_err(corrupt)?,
            redirect_uri: item.redirect_uri,
            expires_at: item.expires_at,
        }))
    }
}
