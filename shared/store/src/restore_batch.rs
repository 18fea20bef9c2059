//! Messages that are brought in by one transaction: as many as fit, with one change of each item.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use app_domain::{FileId, Findable, Message, MessageId, Metadata, StoreError, Version};
use aws_sdk_dynamodb::types::{TransactWriteItem, Update};

use crate::changes;
use crate::keys;
use crate::memory_item::MessageItem;
use crate::message_item::{MessageAttributes, StoredMessage};
use crate::message_removal::Below;
use crate::messages::{Messages, RECENT};
use crate::restored::Restored;
use crate::table::{self, if_absent, number, text};

/// The most writes and bytes of a transaction; DynamoDB takes four megabytes.
const WRITES: usize = 100;
const BYTES: usize = 3_500_000;
/// About how many bytes of a message are not sealed, and come with it as a note, a place in its thread and so on.
const BESIDES: usize = 3_000;

/// A message that is not there.
pub(crate) struct New {
    pub(crate) message: Message,
    pub(crate) own: MessageAttributes,
    /// Its files that are not with it yet.
    pub(crate) attach: Vec<FileId>,
}

struct Change {
    place: usize,
    before: Version,
    after: Message,
    /// Its files that are not with it yet.
    attach: Vec<FileId>,
}

/// What is written at once.
pub(crate) struct Batch {
    below: Below,
    new: Vec<(usize, New)>,
    changes: Vec<Change>,
    changed: BTreeSet<MessageId>,
    /// How many replies each message gets, whether it is new or was there.
    replies: BTreeMap<MessageId, u64>,
    /// Which of the new messages is which.
    made: HashMap<MessageId, usize>,
    writes: usize,
    bytes: usize,
}

impl Batch {
    pub(crate) fn new(below: Below) -> Self {
        Self {
            below,
            new: Vec::new(),
            changes: Vec::new(),
            changed: BTreeSet::new(),
            replies: BTreeMap::new(),
            made: HashMap::new(),
            // What the memory knows of its messages.
            writes: 1,
            bytes: 0,
        }
    }

    /// An empty one for the same memory.
    pub(crate) fn next(&self) -> Self {
        Self::new(self.below)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.new.is_empty() && self.changes.is_empty()
    }

    /// What came of the messages at their places, once it is written.
    pub(crate) fn outcomes(&self) -> impl Iterator<Item = (usize, Restored)> {
        let made = self.new.iter().map(|(place, _)| (*place, Restored::Made));
        made.chain(self.changes.iter().map(|change| (change.place, Restored::Updated)))
    }

    /// Whether a new message still fits. No item can be written twice: what it replies to must not be changed here.
    pub(crate) fn has_room_for(&self, new: &New) -> bool {
        let is_free = new.message.parent.is_none_or(|parent| !self.changed.contains(&parent));
        is_free && self.writes + self.writes_of(new) <= WRITES && self.bytes + size(&new.own) <= BYTES
    }

    /// Whether a message can still be changed.
    pub(crate) fn can_change(&self, after: &Message, attach: &[FileId]) -> bool {
        let (writes, bytes) = (2 + 3 * attach.len(), size_of_change(after));
        !self.replies.contains_key(&after.id) && self.writes + writes <= WRITES && self.bytes + bytes <= BYTES
    }

    pub(crate) fn make(&mut self, place: usize, new: New) {
        self.writes += self.writes_of(&new);
        self.bytes += size(&new.own);
        if let Some(parent) = new.message.parent {
            *self.replies.entry(parent).or_default() += 1;
        }
        self.made.insert(new.message.id, place);
        self.new.push((place, new));
    }

    pub(crate) fn change(&mut self, place: usize, before: Version, after: Message, attach: Vec<FileId>) {
        self.writes += 2 + 3 * attach.len();
        self.bytes += size_of_change(&after);
        self.changed.insert(after.id);
        self.changes.push(Change { place, before, after, attach });
    }

    /// Itself, its note, its place in its thread, the number of replies there, and its files.
    fn writes_of(&self, new: &New) -> usize {
        let thread = new.message.parent.map_or(0, |parent| {
            let is_counted = self.made.contains_key(&parent) || self.replies.contains_key(&parent);
            1 + usize::from(!is_counted)
        });
        2 + thread + 3 * new.attach.len()
    }

    /// Those that were there and get replies.
    fn replied_to(&self) -> impl Iterator<Item = (MessageId, u64)> {
        let was_there = |(parent, _): &(&MessageId, &u64)| !self.made.contains_key(parent);
        self.replies.iter().filter(was_there).map(|(parent, more)| (*parent, *more))
    }
}

impl Messages {
    /// The writes of a batch, and what the memory knows of its messages after them.
    pub(crate) async fn writes(
        &self,
        batch: &Batch,
        before: &MessageItem,
    ) -> Result<(Vec<TransactWriteItem>, MessageItem), StoreError> {
        let (owner, memory) = batch.below;
        let mut recent = before.recent_messages.clone();
        recent.extend(batch.new.iter().map(|(_, new)| new.message.id));
        recent.sort_by(|one, other| other.cmp(one));
        recent.truncate(RECENT);
        let more = i64::try_from(batch.new.len()).unwrap_or(i64::MAX);
        let mut writes = vec![if batch.new.is_empty() {
            self.memory_is_there(owner, memory)?
        } else {
            table::update(self.summarised(owner, memory, before, &recent, more)?)?
        }];
        for (_, new) in &batch.new {
            let id = new.message.id;
            let reply_count = batch.replies.get(&id).copied().unwrap_or_default();
            let item = StoredMessage { own: new.own.clone(), reply_count };
            writes.push(table::put(if_absent(self.table.put(keys::message(owner, memory, id), &item)?)));
            writes.push(self.noted(owner, memory, id)?);
            if let Some(parent) = new.message.parent {
                let entry = keys::thread_entry(owner, memory, parent, id);
                writes.push(table::put(self.table.put(entry, &serde_json::json!({}))?));
            }
            for file in &new.attach {
                writes.extend(self.comes_with(&new.message, *file)?);
            }
        }
        for (parent, more) in batch.replied_to() {
            let update = Update::builder()
                .table_name(self.table.name())
                .set_key(Some(keys::message(owner, memory, parent).attributes()))
                .update_expression("ADD replyCount :more")
                .condition_expression("attribute_exists(pk) AND attribute_not_exists(parentId)")
                .expression_attribute_values(":more", number(more));
            writes.push(table::update(update)?);
        }
        for change in &batch.changes {
            writes.push(table::update(self.replaced(&change.after, change.before).await?)?);
            writes.push(self.noted(owner, memory, change.after.id)?);
            for file in &change.attach {
                writes.extend(self.comes_with(&change.after, *file)?);
            }
        }
        let message_count = before.message_count + batch.new.len() as u64;
        Ok((writes, MessageItem { message_count, recent_messages: recent }))
    }

    /// The writes that put a file with a message: a new version of it, but no newer.
    fn comes_with(&self, message: &Message, file: FileId) -> Result<[TransactWriteItem; 3], StoreError> {
        let Message { owner, memory, id, .. } = *message;
        let attach = Update::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::file(owner, file).attributes()))
            .update_expression("SET memoryId = :memory, messageId = :message ADD version :one")
            .condition_expression(
                "#status = :ready AND attribute_not_exists(messageId) \
                 AND (attribute_not_exists(memoryId) OR memoryId = :memory)",
            )
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":ready", text("ready"))
            .expression_attribute_values(":memory", text(memory))
            .expression_attribute_values(":message", text(id))
            .expression_attribute_values(":one", number(1));
        let link = self.table.put(keys::file_link(owner, memory, file), &serde_json::json!({}))?;
        let noted = changes::note(&self.table, owner, Findable::File(file))?;
        Ok([table::update(attach)?, table::put(link), noted])
    }
}

fn size(own: &MessageAttributes) -> usize {
    own.sealed_bytes() + BESIDES
}

fn size_of_change(after: &Message) -> usize {
    let content = after.content.as_ref().map_or(0, |content| content.as_str().len());
    // As JSON, every byte may be written as six.
    content * 6 + Metadata::MAX_BYTES + BESIDES
}
