//! How messages go: one without replies at once, one with replies when the last of them goes. Until then nothing that anybody wrote
//! is left of it.

use app_domain::{MemoryId, MessageId, StoreError, Timestamp, UserId, Version};
use aws_sdk_dynamodb::types::builders::DeleteBuilder;
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, Update};

use crate::keys::{self, Key};
use crate::memory_item::MessageItem;
use crate::message_item::StoredMessage;
use crate::message_pages::Span;
use crate::messages::{MessageError, Messages, RECENT};
use crate::table::{self, number};
use crate::tries::Tries;

/// Whose messages they are.
pub(crate) type Below = (UserId, MemoryId);

impl Messages {
    /// Deletes a message, which must be at `expected` if that is given. Its files stay with the memory.
    ///
    /// # Errors
    /// See [`MessageError`].
    pub async fn delete(
        &self,
        owner: UserId,
        memory: MemoryId,
        id: MessageId,
        expected: Option<Version>,
        now: Timestamp,
    ) -> Result<(), MessageError> {
        let mut tries = Tries::begin();
        loop {
            let (summary, found) = self.written(owner, memory, id, expected).await?;
            let detached = self.detached(owner, id, found.own.attachments.ids(), now).await?;
            let mut writes = if found.reply_count > 0 {
                self.emptied(found, now).await?
            } else {
                self.removed((owner, memory), id, &summary, &found).await?
            };
            writes.extend(detached);
            writes.push(self.noted(owner, memory, id)?);
            // Whatever was refused is decided anew: a reply may have come, or the last one gone, or a file.
            if self.table.transact(writes).await?.is_ok() {
                return Ok(());
            }
            tries.again().await?;
        }
    }

    /// The writes that leave of a message the place of its replies.
    async fn emptied(
        &self,
        found: StoredMessage,
        now: Timestamp,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let before = found.own.version;
        let after = self.items.message(found).await?.deleted(now);
        let update = self
            .replaced(&after, before)
            .await?
            .condition_expression("version = :version AND replyCount > :none")
            .expression_attribute_values(":none", number(0));
        Ok(vec![table::update(update)?, self.memory_is_there(after.owner, after.memory)?])
    }

    /// The writes that remove a message without replies, and with the last reply to a deleted message that one too.
    async fn removed(
        &self,
        below: Below,
        id: MessageId,
        summary: &MessageItem,
        found: &StoredMessage,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let itself = self
            .delete_at(keys::message(below.0, below.1, id))
            .condition_expression("version = :version AND replyCount = :none")
            .expression_attribute_values(":version", number(found.own.version.get()))
            .expression_attribute_values(":none", number(0));
        let mut writes = vec![table::delete(itself)?];
        let mut gone = vec![id];
        if let Some(parent) = found.own.parent_id {
            writes.push(table::delete(self.delete_at(keys::thread_entry(below.0, below.1, parent, id)))?);
            let (last, write) = self.reply_taken_back(below, parent).await?;
            gone.extend(last.then_some(parent));
            writes.push(write);
        }
        let recent = self.recent_without(below, &summary.recent_messages, &gone).await?;
        let fewer = -i64::try_from(gone.len()).unwrap_or(i64::MAX);
        let counted = self
            .summarised(below.0, below.1, summary, &recent, fewer)?
            // Who moves up was read before: another that came or went in between must be seen, even if it is none of the newest.
            .condition_expression("recentMessages = :before AND messageCount = :count")
            .expression_attribute_values(":count", number(summary.message_count));
        writes.push(table::update(counted)?);
        Ok(writes)
    }

    /// The write that counts one reply less, or removes a deleted message with its last reply: then the answer begins with true.
    async fn reply_taken_back(
        &self,
        below: Below,
        parent: MessageId,
    ) -> Result<(bool, TransactWriteItem), StoreError> {
        let key = keys::message(below.0, below.1, parent);
        let found: Option<StoredMessage> = self.table.get(key.clone()).await?;
        if found.is_some_and(|found| found.is_deleted() && found.reply_count == 1) {
            let delete = self
                .delete_at(key)
                .condition_expression("attribute_not_exists(sealed) AND replyCount = :one")
                .expression_attribute_values(":one", number(1));
            return Ok((true, table::delete(delete)?));
        }
        let update = Update::builder()
            .table_name(self.table.name())
            .set_key(Some(key.attributes()))
            .update_expression("ADD replyCount :less")
            .condition_expression("attribute_exists(sealed) OR replyCount > :one")
            .expression_attribute_values(":less", number(-1))
            .expression_attribute_values(":one", number(1));
        Ok((false, table::update(update)?))
    }

    /// The newest messages without those that go. Reads only if one of them is among the newest.
    pub(crate) async fn recent_without(
        &self,
        (owner, memory): Below,
        recent: &[MessageId],
        gone: &[MessageId],
    ) -> Result<Vec<MessageId>, StoreError> {
        if !recent.iter().any(|id| gone.contains(id)) {
            return Ok(recent.to_vec());
        }
        let mut left = self.ids(&Span::newest_first(owner, memory), RECENT + gone.len()).await?;
        left.retain(|id| !gone.contains(id));
        left.truncate(RECENT);
        Ok(left)
    }

    pub(crate) fn delete_at(&self, key: Key) -> DeleteBuilder {
        Delete::builder().table_name(self.table.name()).set_key(Some(key.attributes()))
    }
}
