//! Sign-ins through providers that have begun. Each ends once.

use app_domain::{PendingSignIn, StoreError, Timestamp, TokenHash};
use aws_sdk_dynamodb::types::ReturnValue;
use serde::{Deserialize, Serialize};

use crate::keys;
use crate::table::{self, ABSENT, PRESENT, Table, from_item, text, unless_refused};

/// The pending sign-ins of the table.
#[derive(Clone)]
pub struct PendingSignIns(Table);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PendingItem {
    provider: String,
    nonce: String,
    code_verifier: String,
    redirect_uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<String>,
    expires_at: Timestamp,
    ttl: i64,
}

impl PendingSignIns {
    /// The pending sign-ins of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// Keeps one that begins, under a hash of its state.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn begin(&self, state: &TokenHash, pending: &PendingSignIn) -> Result<(), StoreError> {
        let item = PendingItem::new(pending.clone());
        let put = self.0.put(keys::pending_sign_in(state), &item)?;
        let request = self.0.client().put_item().table_name(self.0.name()).set_item(Some(put.item));
        request.condition_expression(ABSENT).send().await.map(drop).map_err(table::failed)
    }

    /// One that has begun and is not over.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, state: &TokenHash, now: Timestamp) -> Result<Option<PendingSignIn>, StoreError> {
        let item: Option<PendingItem> = self.0.get(keys::pending_sign_in(state)).await?;
        Ok(item.map(PendingItem::into_pending).filter(|pending| pending.expires_at > now))
    }

    /// Notes what the provider said of the person's name. `Ok(false)` if the sign-in is over.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn name(
        &self,
        state: &TokenHash,
        first_name: &str,
        last_name: &str,
    ) -> Result<bool, StoreError> {
        let request = self.0.client().update_item().table_name(self.0.name());
        let request = request
            .set_key(Some(keys::pending_sign_in(state).attributes()))
            .update_expression("SET firstName = :first, lastName = :last")
            .condition_expression(PRESENT)
            .expression_attribute_values(":first", text(first_name))
            .expression_attribute_values(":last", text(last_name));
        unless_refused(request.send().await)
    }

    /// Ends one: of several who try at once, one gets it.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn end(&self, state: &TokenHash, now: Timestamp) -> Result<Option<PendingSignIn>, StoreError> {
        let request = self.0.client().delete_item().table_name(self.0.name());
        let request = request.set_key(Some(keys::pending_sign_in(state).attributes()));
        let answer = request.return_values(ReturnValue::AllOld).send().await.map_err(table::failed)?;
        let item: Option<PendingItem> = answer.attributes.map(from_item).transpose()?;
        Ok(item.map(PendingItem::into_pending).filter(|pending| pending.expires_at > now))
    }
}

impl PendingItem {
    fn new(pending: PendingSignIn) -> Self {
        Self {
            provider: pending.provider,
            nonce: pending.nonce,
            code_verifier: pending.code_verifier,
            redirect_uri: pending.redirect_uri,
            first_name: pending.first_name,
            last_name: pending.last_name,
            expires_at: pending.expires_at,
            ttl: pending.expires_at.as_seconds(),
        }
    }

    fn into_pending(self) -> PendingSignIn {
        PendingSignIn {
            provider: self.provider,
            nonce: self.nonce,
            code_verifier: self.code_verifier,
            redirect_uri: self.redirect_uri,
            first_name: self.first_name,
            last_name: self.last_name,
            expires_at: self.expires_at,
        }
    }
}
