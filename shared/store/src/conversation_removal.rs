//! How conversations go: first the conversation itself, from when on nothing of it is found or written, then what was said in it, some
//! in the request and the rest by a chore.

use app_domain::{ConversationId, StoreError, Timestamp, UserId};
use aws_sdk_dynamodb::types::Delete;

use crate::Conversations;
use crate::conversations::{ConversationError, HEADER, Talk};
use crate::due::{self, Due, DueKind, DueWork};
use crate::keys::{self, Key};
use crate::memories::KeyOnly;
use crate::table::{self, PRESENT, from_item, text};

/// How many turns one request removes.
const AT_ONCE: usize = 500;

impl Conversations {
    /// Deletes a conversation, and as many of its turns as one request can. Returns whether that is all of them: if not, the rest is due
    /// on the day of `now`, for [`Self::remove_turns`].
    ///
    /// # Errors
    /// See [`ConversationError`].
    pub async fn delete(
        &self,
        owner: UserId,
        id: ConversationId,
        now: Timestamp,
    ) -> Result<bool, ConversationError> {
        let key = Some(keys::conversation(owner, id).attributes());
        let header =
            Delete::builder().table_name(self.table.name()).set_key(key).condition_expression(PRESENT);
        let (day, work) = (now.day(), removal_of(owner, id));
        let writes = vec![table::delete(header)?, due::put(&self.table, &day, work)?];
        match self.table.transact(writes).await? {
            Ok(()) => {}
            Err(refused) if refused.includes(HEADER) => return Err(ConversationError::Missing),
            Err(_) => return Err(StoreError::Conflict.into()),
        }
        let removed = async {
            let is_done = self.clear((owner, id), AT_ONCE).await?;
            if is_done {
                Due::new(self.table.clone()).done(&day, work).await?;
            }
            Ok::<_, StoreError>(is_done)
        };
        // It is deleted, whatever becomes of the rest, which is noted.
        Ok(removed.await.unwrap_or_else(|error| {
            tracing::warn!(userId = owner.hashed(), error = %error, "turns are left of a deleted conversation");
            false
        }))
    }

    /// Removes turns of a conversation that is gone, or of a copy that has failed: at most `at_most`. Returns whether nothing is left
    /// to remove; nor is there of a conversation that is there.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn remove_turns(
        &self,
        owner: UserId,
        id: ConversationId,
        at_most: usize,
    ) -> Result<bool, StoreError> {
        match self.exists((owner, id)).await {
            Ok(()) => Ok(true),
            Err(ConversationError::Store(error)) => Err(error),
            Err(_) => self.clear((owner, id), at_most).await,
        }
    }

    /// Removes turns, whether their conversation is there or not: at most so many. Whether nothing is left.
    pub(crate) async fn clear(&self, (owner, id): Talk, at_most: usize) -> Result<bool, StoreError> {
        let partition = keys::talk(owner, id);
        let mut left = at_most;
        loop {
            let query = self.table.client().query().table_name(self.table.name());
            let answer = query
                .key_condition_expression("pk = :talk")
                .expression_attribute_values(":talk", text(&partition))
                .projection_expression(keys::SK)
                .consistent_read(true)
                // One more than may go tells whether there are more.
                .limit(i32::try_from(left.saturating_add(1)).unwrap_or(i32::MAX))
                .send()
                .await
                .map_err(table::failed)?;
            // An answer ends after a megabyte, too.
            let is_last = answer.last_evaluated_key.is_none();
            let found = answer.items.unwrap_or_default().into_iter().map(from_item::<KeyOnly>);
            let found: Vec<KeyOnly> = found.collect::<Result<_, _>>()?;
            let is_more = found.len() > left;
            let key = |found: KeyOnly| Key { pk: partition.clone(), sk: found.sk };
            let keys: Vec<Key> = found.into_iter().take(left).map(key).collect();
            left -= keys.len();
            self.table.delete_all(keys).await?;
            if is_more || is_last {
                return Ok(!is_more);
            }
        }
    }
}

/// The removal of what was said in a conversation.
pub(crate) fn removal_of(owner: UserId, id: ConversationId) -> DueWork {
    DueWork { kind: DueKind::Conversation, owner, id: id.as_uuid() }
}
