//! Messages under a memory: sending, reading and changing one. Removing them and lists of them have modules of their own.
//!
//! The memory carries how many there are and which five are the newest, written in the transaction that changes that. A memory
//! in the trash is not there, and refuses every write below it.

use app_domain::{
    FileId, Findable, InvalidMessage, MemoryId, Message, MessageId, MessagePatch, Sealing, StoreError,
    Timestamp, UserId, Version,
};
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem, Update};

use crate::changes;
use crate::keys;
use crate::memory_item::MessageItem;
use crate::message_item::{MessageItems, OPTIONAL, StoredMessage};
use crate::table::{self, PRESENT, Refused, Table, if_absent, number};
use crate::tries::Tries;

/// The messages of the table. Every call starts from their owner.
#[derive(Clone)]
pub struct Messages {
    pub(crate) table: Table,
    pub(crate) items: MessageItems,
}

/// Why nothing could be done with a message.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// Its memory is not there, or is in the trash.
    #[error("there is no such memory")]
    NoMemory,
    /// It is not there.
    #[error("there is no such message")]
    Missing,
    /// What it replies to is not a message of the same memory, is deleted, or is a reply itself.
    #[error("there is no such message to reply to")]
    NoParent,
    /// These files cannot come with it: they are not there, not ready, or with another memory.
    #[error("there are no such files to attach")]
    NoFiles(Vec<FileId>),
    /// It is not at the version that the change was made for.
    #[error("the message has been changed meanwhile")]
    Stale,
    /// The change itself breaks a rule.
    #[error("the change is not allowed")]
    Refused(#[from] InvalidMessage),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How many messages a memory names as its newest.
pub(crate) const RECENT: usize = 5;
/// The places of writes whose conditions may fail, in the transaction that sends a message.
const MEMORY: usize = 0;
const PARENT: usize = 2;

impl Messages {
    /// The messages of `table`, sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self { table, items: MessageItems::new(sealing) }
    }

    /// Sends a message: saves it, puts its files with it, counts it at its memory and at what it replies to, in one transaction.
    /// People reply to no deleted message; what Memo answers to a reply is saved even if the thread has lost its first message.
    ///
    /// # Errors
    /// See [`MessageError`].
    pub async fn create(&self, message: &Message) -> Result<(), MessageError> {
        let (owner, memory) = (message.owner, message.memory);
        let own = self.items.attributes(message).await?;
        let item = StoredMessage { own, reply_count: message.reply_count };
        let mut tries = Tries::begin();
        loop {
            let before = self.summary(owner, memory).await?;
            let mut recent = before.recent_messages.clone();
            recent.push(message.id);
            // Other machines have other clocks: whoever comes last is not always the newest.
            recent.sort_by(|one, other| other.cmp(one));
            recent.truncate(RECENT);
            let counted = self.summarised(owner, memory, &before, &recent, 1)?;
            let put = self.table.put(keys::message(owner, memory, message.id), &item)?;
            let mut writes = vec![table::update(counted)?, table::put(if_absent(put))];
            if let Some(parent) = message.parent {
                let entry = keys::thread_entry(owner, memory, parent, message.id);
                writes.push(self.replied(message, parent)?);
                writes.push(table::put(self.table.put(entry, &serde_json::json!({}))?));
            }
            writes.push(self.noted(owner, memory, message.id)?);
            let first_file = writes.len();
            writes.extend(self.attached(message)?);
            match self.table.transact(writes).await? {
                Ok(()) => return Ok(()),
                Err(refused) if refused.includes(MEMORY) => tries.again().await?,
                Err(refused) => return Err(refusal(message, &refused, first_file)),
            }
        }
    }

    /// One message of a memory.
    ///
    /// # Errors
    /// See [`MessageError`].
    pub async fn get(&self, owner: UserId, memory: MemoryId, id: MessageId) -> Result<Message, MessageError> {
        let (_, found) = self.found(owner, memory, id).await?;
        Ok(self.items.message(found).await?)
    }

    /// Those of several messages that are there, not deleted and can be read, in no order.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn readable(
        &self,
        owner: UserId,
        ids: &[(MemoryId, MessageId)],
    ) -> Result<Vec<Message>, StoreError> {
        let keys = ids.iter().map(|(memory, id)| keys::message(owner, *memory, *id)).collect();
        let open = |item| async { self.items.message(table::from_item(item)?).await };
        let mut messages = self.table.readable(owner, keys, open).await?;
        messages.retain(|message| !message.is_deleted());
        Ok(messages)
    }

    /// Changes a message, which must be at `expected` if that is given. The change is made anew if another writer came first; one that
    /// changes nothing is not written.
    ///
    /// # Errors
    /// See [`MessageError`].
    pub async fn patch(
        &self,
        owner: UserId,
        memory: MemoryId,
        id: MessageId,
        expected: Option<Version>,
        patch: &MessagePatch,
        now: Timestamp,
    ) -> Result<Message, MessageError> {
        let mut tries = Tries::begin();
        loop {
            let (_, found) = self.written(owner, memory, id, expected).await?;
            let before = self.items.message(found).await?;
            let after = before.clone().patched(patch.clone(), now)?;
            if after == before {
                return Ok(after);
            }
            let writes = vec![
                table::update(self.replaced(&after, before.version).await?)?,
                self.memory_is_there(owner, memory)?,
                self.noted(owner, memory, id)?,
            ];
            if self.table.transact(writes).await?.is_ok() {
                return Ok(after);
            }
            tries.again().await?;
        }
    }

    /// What a memory that is there knows of its messages, and one of them.
    pub(crate) async fn found(
        &self,
        owner: UserId,
        memory: MemoryId,
        id: MessageId,
    ) -> Result<(MessageItem, StoredMessage), MessageError> {
        let found = async { Ok(self.table.get(keys::message(owner, memory, id)).await?) };
        let (summary, found) = tokio::try_join!(self.summary(owner, memory), found)?;
        Ok((summary, found.ok_or(MessageError::Missing)?))
    }

    /// The same of a message that can be changed: one that is not deleted, and at `expected` if that is given.
    pub(crate) async fn written(
        &self,
        owner: UserId,
        memory: MemoryId,
        id: MessageId,
        expected: Option<Version>,
    ) -> Result<(MessageItem, StoredMessage), MessageError> {
        let (summary, found) = self.found(owner, memory, id).await?;
        if found.is_deleted() {
            return Err(MessageError::Missing);
        }
        if expected.is_some_and(|expected| expected != found.own.version) {
            return Err(MessageError::Stale);
        }
        Ok((summary, found))
    }

    /// What a memory that is there knows of its messages.
    pub(crate) async fn summary(&self, owner: UserId, memory: MemoryId) -> Result<MessageItem, MessageError> {
        let request = self.table.client().get_item().table_name(self.table.name()).consistent_read(true);
        let answer = request
            .set_key(Some(keys::memory(owner, memory).attributes()))
            .projection_expression("pk, messageCount, recentMessages")
            .send()
            .await
            .map_err(table::failed)?;
        Ok(table::from_item(answer.item.ok_or(MessageError::NoMemory)?)?)
    }

    /// The change of what a memory knows of its messages, refused if others have come meanwhile.
    pub(crate) fn summarised(
        &self,
        owner: UserId,
        memory: MemoryId,
        before: &MessageItem,
        recent: &[MessageId],
        more: i64,
    ) -> Result<UpdateBuilder, StoreError> {
        Ok(Update::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::memory(owner, memory).attributes()))
            .update_expression("SET recentMessages = :after ADD messageCount :more")
            .condition_expression("recentMessages = :before")
            .expression_attribute_values(":before", table::attribute(&before.recent_messages)?)
            .expression_attribute_values(":after", table::attribute(&recent)?)
            .expression_attribute_values(":more", number(more)))
    }

    /// The replacement of a message's own attributes, refused if it is not at the version `before`.
    pub(crate) async fn replaced(
        &self,
        after: &Message,
        before: Version,
    ) -> Result<UpdateBuilder, StoreError> {
        let own = self.items.attributes(after).await?;
        let update =
            self.table.replace(keys::message(after.owner, after.memory, after.id), &own, &OPTIONAL)?;
        Ok(update
            .condition_expression("version = :version")
            .expression_attribute_values(":version", number(before.get())))
    }

    /// Counts a reply at what it replies to, which must not be a reply itself and, for a person's reply, not deleted.
    fn replied(&self, reply: &Message, parent: MessageId) -> Result<TransactWriteItem, StoreError> {
        let there = if reply.is_ai_generated { PRESENT } else { "attribute_exists(sealed)" };
        let update = Update::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::message(reply.owner, reply.memory, parent).attributes()))
            .update_expression("ADD replyCount :one")
            .condition_expression(format!("{there} AND attribute_not_exists(parentId)"))
            .expression_attribute_values(":one", number(1));
        table::update(update)
    }

    /// The write that notes that a message has changed.
    pub(crate) fn noted(
        &self,
        owner: UserId,
        memory: MemoryId,
        id: MessageId,
    ) -> Result<TransactWriteItem, StoreError> {
        changes::note(&self.table, owner, Findable::Message(memory, id))
    }

    pub(crate) fn memory_is_there(
        &self,
        owner: UserId,
        memory: MemoryId,
    ) -> Result<TransactWriteItem, StoreError> {
        let there = ConditionCheck::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::memory(owner, memory).attributes()))
            .condition_expression(PRESENT);
        let there = there.build().map_err(table::corrupt)?;
        Ok(TransactWriteItem::builder().condition_check(there).build())
    }
}

/// Why a message cannot be sent whose memory is as it was read.
fn refusal(message: &Message, refused: &Refused, first_file: usize) -> MessageError {
    if message.parent.is_some() && refused.includes(PARENT) {
        return MessageError::NoParent;
    }
    let files = Messages::unattachable(message, refused, first_file);
    if files.is_empty() { StoreError::Conflict.into() } else { MessageError::NoFiles(files) }
}
