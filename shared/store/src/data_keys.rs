//! The wrapped data keys of people's sealed fields. Only KMS unwraps them: whoever reads the table alone learns nothing.

use std::fmt;

use app_domain::{StoreError, UserId};
use aws_sdk_dynamodb::types::{ConditionCheck, Delete, TransactWriteItem};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::keys::{self, DATA_KEY_PREFIX, PK, SK};
use crate::table::{self, ABSENT, Item, PRESENT, Table, corrupt, from_item, if_absent, text};

/// A transaction holds 100 writes: the mark and this many deletes.
const SHREDDED_AT_ONCE: i32 = 99;

/// The data keys of the table.
#[derive(Clone)]
pub struct DataKeys(Table);

/// A data key as KMS wrapped it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WrappedKey {
    /// Counted from 1; the newest seals.
    pub generation: u32,
    /// What KMS unwraps, in base64.
    pub wrapped: String,
}

/// What there is of a key that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredKey {
    /// There is no such key.
    Missing,
    /// The key.
    Wrapped(WrappedKey),
    /// All keys of this person were destroyed, and there will be no more.
    Shredded,
}

/// What became of adding a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyAddition {
    /// It is stored.
    Done,
    /// There is a key of this generation already.
    Raced,
    /// All keys of this person were destroyed, and there will be no more.
    Shredded,
}

/// Being there is all that it says.
#[derive(Serialize)]
struct ShreddedItem {}

impl DataKeys {
    /// The data keys of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// A person's newest key.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn newest(&self, owner: UserId) -> Result<StoredKey, StoreError> {
        let request = self.0.client().query().table_name(self.0.name());
        let answer = request
            .key_condition_expression("pk = :owner AND begins_with(sk, :keys)")
            .expression_attribute_values(":owner", text(keys::owner(owner)))
            .expression_attribute_values(":keys", text(DATA_KEY_PREFIX))
            // The mark of shredding sorts after every key, so it is what this finds when it is there.
            .scan_index_forward(false)
            .limit(1)
            .consistent_read(true)
            .send()
            .await
            .map_err(table::failed)?;
        let Some(item) = answer.items.unwrap_or_default().pop() else { return Ok(StoredKey::Missing) };
        if item.get(SK) == Some(&text(keys::data_keys_shredded(owner).sk)) {
            return Ok(StoredKey::Shredded);
        }
        Ok(StoredKey::Wrapped(from_item(item)?))
    }

    /// A person's key of one generation. The mark of shredding counts even while keys are still being deleted.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, owner: UserId, generation: u32) -> Result<StoredKey, StoreError> {
        let (shredded, key) = tokio::try_join!(
            self.0.get::<IgnoredAny>(keys::data_keys_shredded(owner)),
            self.0.get(keys::data_key(owner, generation)),
        )?;
        Ok(match (shredded, key) {
            (Some(_), _) => StoredKey::Shredded,
            (None, Some(key)) => StoredKey::Wrapped(key),
            (None, None) => StoredKey::Missing,
        })
    }

    /// Adds a key, unless there is one of its generation or the person's keys are shredded.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn add(&self, owner: UserId, key: &WrappedKey) -> Result<KeyAddition, StoreError> {
        let not_shredded = ConditionCheck::builder()
            .table_name(self.0.name())
            .set_key(Some(keys::data_keys_shredded(owner).attributes()))
            .condition_expression(ABSENT)
            .build()
            .map_err(corrupt)?;
        let put = if_absent(self.0.put(keys::data_key(owner, key.generation), key)?);
        let writes =
            vec![TransactWriteItem::builder().condition_check(not_shredded).build(), table::put(put)];
        Ok(match self.0.transact(writes).await? {
            Ok(()) => KeyAddition::Done,
            Err(refused) if refused.includes(0) => KeyAddition::Shredded,
            Err(_) => KeyAddition::Raced,
        })
    }

    /// Deletes all keys of a person and marks that no more may be added. Up to 99 keys go with the mark in one
    /// transaction; of more, the others follow. Returns how many this call deleted.
    ///
    /// # Errors
    /// If the store fails. What was begun stays; calling again finishes it.
    pub async fn shred(&self, owner: UserId) -> Result<u32, StoreError> {
        let (mut marked, mut shredded) = (false, 0);
        loop {
            // Asked again after the mark is there: a key may have come between the first question and the mark, none later.
            let found = self.some_keys(owner).await?;
            if marked && found.is_empty() {
                return Ok(shredded);
            }
            let count = u32::try_from(found.len()).map_err(corrupt)?;
            let mut writes = vec![table::put(self.0.put(keys::data_keys_shredded(owner), &ShreddedItem {})?)];
            for key in found {
                let delete = Delete::builder().table_name(self.0.name()).set_key(Some(key));
                writes.push(table::delete(delete.condition_expression(PRESENT))?);
            }
            // Refused only if another call deletes the same keys; then it is this one's turn to look again.
            if self.0.transact(writes).await?.is_ok() {
                marked = true;
                shredded += count;
            }
        }
    }

    /// The table's keys of a person's first data keys, as many as fit in a transaction.
    async fn some_keys(&self, owner: UserId) -> Result<Vec<Item>, StoreError> {
        let request = self.0.client().query().table_name(self.0.name());
        let answer = request
            .key_condition_expression("pk = :owner AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":owner", text(keys::owner(owner)))
            .expression_attribute_values(":first", text(keys::data_key(owner, 0).sk))
            .expression_attribute_values(":last", text(keys::data_key(owner, u32::MAX).sk))
            .projection_expression(format!("{PK}, {SK}"))
            .limit(SHREDDED_AT_ONCE)
            .consistent_read(true)
            .send()
            .await
            .map_err(table::failed)?;
        Ok(answer.items.unwrap_or_default())
    }
}

impl fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WrappedKey({}, …)", self.generation)
    }
}
