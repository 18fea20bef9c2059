//! Messages that are taken back after they were brought in: removed for good, many in each transaction.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use app_domain::{FileId, MemoryId, MessageId, StoreError, UserId, Version};
use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use serde::Deserialize;

use crate::keys;
use crate::memory_item::MessageItem;
use crate::message_item::StoredMessage;
use crate::message_removal::Below;
use crate::messages::{MessageError, Messages};
use crate::restored::Unmade;
use crate::table::{self, number, text};
use crate::tries::Tries;

/// How many messages are looked up at once.
const PORTION: usize = 90;
/// The most writes of a transaction.
const WRITES: usize = 100;

/// What is there of messages that are to go.
struct Found {
    summary: MessageItem,
    /// They, and what they reply to.
    there: HashMap<MessageId, StoredMessage>,
    /// The files that name the message which they came with.
    files: HashMap<MessageId, Vec<FileId>>,
}

/// Which message a file came with.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CameWith {
    id: FileId,
    #[serde(default)]
    message_id: Option<MessageId>,
}

impl Messages {
    /// Removes a message for good that is at this version and that nobody has replied to. One of a memory that is not there, or in the
    /// trash, is not there. Its files stay, at the version that they are. Doing it again changes nothing.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn unmake(
        &self,
        owner: UserId,
        memory: MemoryId,
        id: MessageId,
        version: Version,
    ) -> Result<Unmade, StoreError> {
        let all = self.unmake_all(owner, memory, &[(id, version)]).await?;
        Ok(all.first().copied().unwrap_or(Unmade::Missing))
    }

    /// The same for many messages of a memory, in few transactions: a message goes with its replies if they go too.
    ///
    /// # Errors
    /// If the store fails. Some may be gone.
    pub async fn unmake_all(
        &self,
        owner: UserId,
        memory: MemoryId,
        messages: &[(MessageId, Version)],
    ) -> Result<Vec<Unmade>, StoreError> {
        let mut outcomes = HashMap::new();
        self.unmake_portions((owner, memory), messages, &mut outcomes).await?;
        // Replies may have gone after what they replied to was looked at.
        let has_gone = outcomes.values().any(|outcome| *outcome == Unmade::Gone);
        let again = |(id, _): &&(MessageId, Version)| outcomes.get(id) == Some(&Unmade::Changed);
        let again: Vec<_> = messages.iter().filter(again).copied().collect();
        if has_gone && !again.is_empty() && messages.len() > PORTION {
            for (id, _) in &again {
                outcomes.remove(id);
            }
            self.unmake_portions((owner, memory), &again, &mut outcomes).await?;
        }
        let outcome = |(id, _): &(MessageId, Version)| outcomes.get(id).copied().unwrap_or(Unmade::Missing);
        Ok(messages.iter().map(outcome).collect())
    }

    async fn unmake_portions(
        &self,
        below: Below,
        messages: &[(MessageId, Version)],
        outcomes: &mut HashMap<MessageId, Unmade>,
    ) -> Result<(), StoreError> {
        for portion in messages.chunks(PORTION) {
            let mut tries = Tries::begin();
            loop {
                let is_left = |(id, _): &&(MessageId, Version)| !outcomes.contains_key(id);
                let left: HashMap<MessageId, Version> = portion.iter().filter(is_left).copied().collect();
                if left.is_empty() {
                    break;
                }
                let Some(found) = self.found_below(below, &left).await? else {
                    outcomes.extend(left.keys().map(|id| (*id, Unmade::Missing)));
                    break;
                };
                if self.unmake_found(below, &left, found, outcomes).await? {
                    break;
                }
                tries.again().await?;
            }
        }
        Ok(())
    }

    /// Removes those of the messages that can go. `Ok(false)` if another writer came first: then some are left.
    async fn unmake_found(
        &self,
        below: Below,
        wanted: &HashMap<MessageId, Version>,
        mut found: Found,
        outcomes: &mut HashMap<MessageId, Unmade>,
    ) -> Result<bool, StoreError> {
        let mut going = Vec::new();
        for (id, version) in wanted {
            match found.there.get(id) {
                None => {
                    outcomes.insert(*id, Unmade::Missing);
                }
                Some(there) if there.own.version != *version => {
                    outcomes.insert(*id, Unmade::Changed);
                }
                Some(there) => going.push((there.own.parent_id.unwrap_or(*id), *id)),
            }
        }
        let mut replies: HashMap<MessageId, u64> = HashMap::new();
        for (thread, _) in going.iter().filter(|(thread, id)| thread != id) {
            *replies.entry(*thread).or_default() += 1;
        }
        let stays = |id: &MessageId| {
            let going = replies.get(id).copied().unwrap_or_default();
            found.there.get(id).is_some_and(|there| there.reply_count > going)
        };
        let (staying, mut going): (Vec<_>, Vec<_>) = going.into_iter().partition(|(_, id)| stays(id));
        outcomes.extend(staying.into_iter().map(|(_, id)| (id, Unmade::Changed)));
        // The newest thread first, and of each what was replied before what it replies to.
        going.sort_by_key(|(thread, id)| (Reverse(*thread), thread == id, Reverse(*id)));
        let mut rest = going.as_slice();
        while !rest.is_empty() {
            let (now, later) = rest.split_at(self.as_many_as_fit(rest, &found));
            let ids: Vec<MessageId> = now.iter().map(|(_, id)| *id).collect();
            let Some(gone) = self.unmake_at_once(below, &ids, &mut found).await? else { return Ok(false) };
            outcomes
                .extend(gone.into_iter().filter(|id| wanted.contains_key(id)).map(|id| (id, Unmade::Gone)));
            let is_left = later.iter().position(|(_, id)| !outcomes.contains_key(id));
            rest = is_left.map_or(&[], |from| later.split_at(from).1);
        }
        Ok(true)
    }

    /// How many of these messages go in one transaction.
    fn as_many_as_fit(&self, going: &[(MessageId, MessageId)], found: &Found) -> usize {
        let (mut writes, mut threads) = (1, HashSet::new());
        for (count, (thread, id)) in going.iter().enumerate() {
            // Itself and its note, its place in its thread, its files, and what it replies to.
            writes += 2 + usize::from(thread != id) + found.files.get(id).map_or(0, Vec::len);
            writes += usize::from(thread != id && threads.insert(thread));
            if writes > WRITES {
                return count.max(1);
            }
        }
        going.len()
    }

    /// Removes messages, and deleted ones with the last reply to them, in one transaction. Returns all that are gone; nothing if another
    /// writer came first.
    async fn unmake_at_once(
        &self,
        below: Below,
        ids: &[MessageId],
        found: &mut Found,
    ) -> Result<Option<Vec<MessageId>>, StoreError> {
        let mut writes = Vec::new();
        let mut gone: Vec<MessageId> = ids.to_vec();
        let mut fewer: HashMap<MessageId, u64> = HashMap::new();
        for id in ids {
            let Some(there) = found.there.get(id) else { continue };
            let key = keys::message(below.0, below.1, *id);
            let delete = self
                .delete_at(key)
                .condition_expression("version = :version AND replyCount = :replies")
                .expression_attribute_values(":version", number(there.own.version.get()))
                .expression_attribute_values(":replies", number(there.reply_count));
            writes.push(table::delete(delete)?);
            writes.push(self.noted(below.0, below.1, *id)?);
            if let Some(parent) = there.own.parent_id {
                let entry = keys::thread_entry(below.0, below.1, parent, *id);
                writes.push(table::delete(self.delete_at(entry))?);
                *fewer.entry(parent).or_default() += 1;
            }
            for file in found.files.get(id).into_iter().flatten() {
                writes.push(self.let_go(below.0, *id, *file)?);
            }
        }
        fewer.retain(|parent, _| !ids.contains(parent));
        for (parent, fewer) in &fewer {
            let Some(there) = found.there.get_mut(parent) else { continue };
            let key = keys::message(below.0, below.1, *parent);
            if there.is_deleted() && there.reply_count <= *fewer {
                let delete = self
                    .delete_at(key)
                    .condition_expression("attribute_not_exists(sealed) AND replyCount = :replies")
                    .expression_attribute_values(":replies", number(there.reply_count));
                writes.push(table::delete(delete)?);
                gone.push(*parent);
            } else {
                writes.push(self.fewer_replies(below, *parent, *fewer)?);
                there.reply_count = there.reply_count.saturating_sub(*fewer);
            }
        }
        let recent = self.recent_without(below, &found.summary.recent_messages, &gone).await?;
        let less = -i64::try_from(gone.len()).unwrap_or(i64::MAX);
        let counted = self
            .summarised(below.0, below.1, &found.summary, &recent, less)?
            // As when one is deleted.
            .condition_expression("recentMessages = :before AND messageCount = :count")
            .expression_attribute_values(":count", number(found.summary.message_count));
        writes.push(table::update(counted)?);
        if self.table.transact(writes).await?.is_err() {
            return Ok(None);
        }
        found.summary.recent_messages = recent;
        found.summary.message_count -= gone.len() as u64;
        Ok(Some(gone))
    }

    fn fewer_replies(
        &self,
        (owner, memory): Below,
        parent: MessageId,
        fewer: u64,
    ) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::message(owner, memory, parent).attributes()))
            .update_expression("ADD replyCount :less")
            .condition_expression("attribute_exists(sealed) OR replyCount > :fewer")
            .expression_attribute_values(":less", number(-i128::from(fewer)))
            .expression_attribute_values(":fewer", number(fewer));
        table::update(update)
    }

    /// The write after which a file names no message. It is no newer for it, nor at another version.
    fn let_go(
        &self,
        owner: UserId,
        message: MessageId,
        file: FileId,
    ) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::file(owner, file).attributes()))
            .update_expression("REMOVE messageId")
            .condition_expression("messageId = :message")
            .expression_attribute_values(":message", text(message));
        table::update(update)
    }

    /// What is there of these messages. Nothing if their memory is not.
    async fn found_below(
        &self,
        below: Below,
        wanted: &HashMap<MessageId, Version>,
    ) -> Result<Option<Found>, StoreError> {
        let key = |id: &MessageId| keys::message(below.0, below.1, *id);
        let there =
            async { Ok(self.table.get_all::<StoredMessage>(wanted.keys().map(key).collect()).await?) };
        let (summary, there) = match tokio::try_join!(self.summary(below.0, below.1), there) {
            Ok(found) => found,
            Err(MessageError::Store(error)) => return Err(error),
            Err(_) => return Ok(None),
        };
        let above: HashSet<MessageId> = there.iter().filter_map(|found| found.own.parent_id).collect();
        let above: Vec<_> = above.iter().filter(|id| !wanted.contains_key(id)).map(key).collect();
        let attached = there.iter().flat_map(|found| found.own.attachments.ids());
        let attached: HashSet<FileId> = attached.copied().collect();
        let attached = attached.into_iter().map(|file| keys::file(below.0, file)).collect();
        let (above, attached) = tokio::try_join!(
            self.table.get_all::<StoredMessage>(above),
            self.table.get_all::<CameWith>(attached)
        )?;
        let mut files: HashMap<MessageId, Vec<FileId>> = HashMap::new();
        for file in attached {
            if let Some(message) = file.message_id {
                files.entry(message).or_default().push(file.id);
            }
        }
        let there = there.into_iter().chain(above).map(|found| (found.own.id, found)).collect();
        Ok(Some(Found { summary, there, files }))
    }
}
