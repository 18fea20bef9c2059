//! What waits for its vector because the model that makes vectors did not answer.

use app_domain::{Findable, StoreError, UserId};
use aws_sdk_dynamodb::types::Select;
use serde_json::json;

use crate::keys;
use crate::memories::KeyOnly;
use crate::table::{self, Table, text};

/// What waits for its vector. Cloning shares the client.
#[derive(Clone)]
pub struct Unembedded(Table);

impl Unembedded {
    /// What waits in `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// Notes that these wait.
    ///
    /// # Errors
    /// If the store fails. Some may be noted.
    pub async fn add(&self, owner: UserId, waiting: &[Findable]) -> Result<(), StoreError> {
        let put = |of: &Findable| self.0.put(keys::unembedded_one(owner, *of), &json!({}));
        self.0.put_all(waiting.iter().map(put).collect::<Result<_, _>>()?).await
    }

    /// Notes that these do not wait any more.
    ///
    /// # Errors
    /// If the store fails. Some may still be noted.
    pub async fn remove(&self, owner: UserId, done: &[Findable]) -> Result<(), StoreError> {
        self.0.delete_all(done.iter().map(|of| keys::unembedded_one(owner, *of)).collect()).await
    }

    /// Some of those of a person's that wait: at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn some(&self, owner: UserId, limit: u32) -> Result<Vec<Findable>, StoreError> {
        let (found, _) = self.0.query::<KeyOnly>(keys::unembedded(owner), "", None, Some(limit)).await?;
        found.iter().map(|key| key.sk.parse().map_err(table::corrupt)).collect()
    }

    /// How many of a person's wait, of at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn count(&self, owner: UserId, limit: u32) -> Result<u64, StoreError> {
        let query = self.0.client().query().table_name(self.0.name());
        let answer = query
            .key_condition_expression("pk = :waiting")
            .expression_attribute_values(":waiting", text(keys::unembedded(owner)))
            .consistent_read(true)
            .select(Select::Count)
            .limit(limit.cast_signed())
            .send()
            .await
            .map_err(table::failed)?;
        Ok(u64::try_from(answer.count).unwrap_or_default())
    }
}
