//! Messages that are brought in as they were elsewhere, or at another time: many in each transaction, with one change of what their memory
//! knows of them.

use std::collections::{HashMap, HashSet};

use app_domain::{Attachments, FileId, FileStatus, MemoryId, Message, MessageId, StoreError, UserId};
use serde::Deserialize;

use crate::keys;
use crate::memory_item::MessageItem;
use crate::message_item::StoredMessage;
use crate::message_removal::Below;
use crate::messages::{MessageError, Messages};
use crate::restore_batch::{Batch, New};
use crate::restore_threads::Threads;
use crate::restored::{NO_VERSION, Restored, after, is_version, unless_older};
use crate::tries::Tries;

/// How many messages are looked up at once.
const PORTION: usize = 200;

/// What is there while messages of a memory are brought in.
pub(crate) struct Known {
    /// What the memory knows of its messages.
    pub(crate) summary: MessageItem,
    /// Those that are to be brought in and are there.
    there: HashMap<MessageId, StoredMessage>,
    /// Those that can be replied to, with what they reply to themselves.
    parents: HashMap<MessageId, Option<MessageId>>,
    files: HashMap<FileId, Attachable>,
}

/// What a message replies to, if it is there.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parent {
    id: MessageId,
    #[serde(default)]
    parent_id: Option<MessageId>,
}

/// With what a file is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attachable {
    id: FileId,
    status: FileStatus,
    #[serde(default)]
    memory_id: Option<MemoryId>,
    #[serde(default)]
    message_id: Option<MessageId>,
}

/// What is to be done with one message.
enum Step {
    Make(New),
    Change { before: StoredMessage, after: Message },
    Nothing(Restored),
}

impl Messages {
    /// Brings in messages of a memory as they are: with their ids, versions and times, any number, each told what came of it. One that replies
    /// to a reply joins its thread; one that replies to nothing that is there becomes one that replies to nothing, and files that are not
    /// there, or are with another memory, are left out. One that is there and older is changed, and stays in its thread. Those that were
    /// deleted stay so, here and there: one that holds the place of replies is there before them.
    ///
    /// # Errors
    /// See [`MessageError`]. Some may have been brought in.
    pub async fn restore(
        &self,
        owner: UserId,
        memory: MemoryId,
        messages: &[Message],
    ) -> Result<Vec<Restored>, MessageError> {
        let threads = Threads::of(messages);
        let mut outcomes: Vec<Option<Restored>> = vec![None; messages.len()];
        for places in threads.in_order().chunks(PORTION) {
            let mut tries = Tries::begin();
            loop {
                let left: Vec<usize> =
                    places.iter().copied().filter(|place| outcomes[*place].is_none()).collect();
                if left.is_empty() {
                    break;
                }
                let known = self.known((owner, memory), messages, &threads, &left).await?;
                if self.bring((owner, memory), messages, &threads, &left, known, &mut outcomes).await? {
                    break;
                }
                tries.again().await?;
            }
        }
        Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or(Restored::Same)).collect())
    }

    /// Brings in the messages at these places. `Ok(false)` if another writer came first: then some are left.
    async fn bring(
        &self,
        below: Below,
        messages: &[Message],
        threads: &Threads<'_>,
        places: &[usize],
        mut known: Known,
        outcomes: &mut [Option<Restored>],
    ) -> Result<bool, StoreError> {
        let mut batch = Batch::new(below);
        let mut met = HashSet::new();
        for place in places.iter().copied() {
            let Some(message) = messages.get(place) else { continue };
            if !met.insert(message.id) {
                outcomes[place] = Some(Restored::Same);
                continue;
            }
            let step = match self.step(below, message, threads, place, &known).await? {
                Step::Nothing(restored) => {
                    outcomes[place] = Some(restored);
                    continue;
                }
                step => step,
            };
            let fits = match &step {
                Step::Make(new) => batch.has_room_for(new),
                Step::Change { after, .. } => batch.can_change(after),
                Step::Nothing(_) => true,
            };
            if !fits && !self.flush(&mut batch, &mut known, outcomes).await? {
                return Ok(false);
            }
            match step {
                Step::Make(new) => {
                    known.comes(&new);
                    batch.make(place, new);
                }
                Step::Change { before, after } => batch.change(place, before.own.version, after),
                Step::Nothing(_) => {}
            }
        }
        self.flush(&mut batch, &mut known, outcomes).await
    }

    /// Writes what has gathered. `Ok(false)` if another writer came first.
    async fn flush(
        &self,
        batch: &mut Batch,
        known: &mut Known,
        outcomes: &mut [Option<Restored>],
    ) -> Result<bool, StoreError> {
        if batch.is_empty() {
            return Ok(true);
        }
        let full = std::mem::replace(batch, batch.next());
        let (writes, summary) = self.writes(&full, &known.summary).await?;
        if self.table.transact(writes).await?.is_err() {
            return Ok(false);
        }
        known.summary = summary;
        for (place, restored) in full.outcomes() {
            outcomes[place] = Some(restored);
        }
        Ok(true)
    }

    async fn step(
        &self,
        (owner, memory): Below,
        message: &Message,
        threads: &Threads<'_>,
        place: usize,
        known: &Known,
    ) -> Result<Step, StoreError> {
        if !is_version(message.version) {
            return Ok(Step::Nothing(Restored::Refused(NO_VERSION)));
        }
        if let Some(before) = known.there.get(&message.id) {
            let there = self.items.message(before.clone()).await?;
            return Ok(match standing(&there, message) {
                Some(restored) => Step::Nothing(restored),
                None => Step::Change { before: before.clone(), after: caught_up(there, message) },
            });
        }
        let origin = threads.origin(place);
        let parent = known.parent(origin.together).or_else(|| known.parent(origin.elsewhere));
        let (attachments, attach) = known.attached(memory, message);
        let message = Message {
            owner,
            memory,
            parent: parent.filter(|parent| *parent != message.id),
            attachments,
            reply_count: 0,
            ..message.clone()
        };
        let own = self.items.attributes(&message).await?;
        Ok(Step::Make(New { message, own, attach }))
    }

    /// What is there of the messages at these places, and of what they name.
    async fn known(
        &self,
        (owner, memory): Below,
        messages: &[Message],
        threads: &Threads<'_>,
        places: &[usize],
    ) -> Result<Known, MessageError> {
        let these = || places.iter().filter_map(|place| messages.get(*place));
        let ids: HashSet<MessageId> = these().map(|message| message.id).collect();
        let origins = places.iter().map(|place| threads.origin(*place));
        let above = origins.flat_map(|origin| [origin.together, origin.elsewhere]).flatten();
        let above: HashSet<MessageId> = above.filter(|id| !ids.contains(id)).collect();
        let files: HashSet<FileId> = these().flat_map(|message| message.attachments.ids()).copied().collect();
        let message = |id: MessageId| keys::message(owner, memory, id);
        let there = self.table.get_all::<StoredMessage>(ids.into_iter().map(message).collect());
        let above = self.table.get_parts::<Parent>(above.into_iter().map(message).collect(), "id, parentId");
        let files = files.into_iter().map(|file| keys::file(owner, file)).collect();
        let files = self.table.get_all::<Attachable>(files);
        let rest = async { Ok(tokio::try_join!(there, above, files)?) };
        let (summary, (there, above, files)) = tokio::try_join!(self.summary(owner, memory), rest)?;
        let parents = there.iter().map(|found| (found.own.id, found.own.parent_id));
        Ok(Known {
            summary,
            parents: parents.chain(above.into_iter().map(|found| (found.id, found.parent_id))).collect(),
            there: there.into_iter().map(|found| (found.own.id, found)).collect(),
            files: files.into_iter().map(|file| (file.id, file)).collect(),
        })
    }
}

impl Known {
    /// The message that one replies to which replies to `above`: that, or what it replies to itself. Nothing if it is not there.
    fn parent(&self, above: Option<MessageId>) -> Option<MessageId> {
        let above = above?;
        self.parents.get(&above).map(|parent| parent.unwrap_or(above))
    }

    /// The files that can come with a message, and those of them that are not with it yet.
    fn attached(&self, memory: MemoryId, message: &Message) -> (Attachments, Vec<FileId>) {
        let file = |id: &FileId| {
            let is_here = |file: &&Attachable| {
                file.status == FileStatus::Ready && file.memory_id.is_none_or(|with| with == memory)
            };
            self.files.get(id).filter(is_here)
        };
        let ids: Vec<FileId> =
            message.attachments.ids().iter().copied().filter(|id| file(id).is_some()).collect();
        let is_loose = |id: &FileId| file(id).is_some_and(|file| file.message_id.is_none());
        let attach = ids.iter().copied().filter(is_loose).collect();
        // As many as there were at most.
        (Attachments::parse(&ids).unwrap_or_default(), attach)
    }

    /// A message is going to be there.
    fn comes(&mut self, new: &New) {
        let Message { id, memory, parent, .. } = new.message;
        self.parents.insert(id, parent);
        for file in &new.attach {
            if let Some(file) = self.files.get_mut(file) {
                (file.memory_id, file.message_id) = (Some(memory), Some(id));
            }
        }
    }
}

/// What comes of a message that is there, if not a change.
fn standing(there: &Message, given: &Message) -> Option<Restored> {
    let says = |message: &Message| {
        let Message { content, message_type, metadata, status, is_ai_generated, .. } = message.clone();
        (content, message_type, metadata, status, is_ai_generated)
    };
    if says(there) == says(given) {
        return Some(Restored::Same);
    }
    // Who deleted it meant it.
    let is_deleted = there.is_deleted() || given.is_deleted();
    if is_deleted { Some(Restored::Newer) } else { unless_older(there.updated_at, given.updated_at) }
}

/// A message that is there, as another copy says it.
fn caught_up(there: Message, given: &Message) -> Message {
    Message {
        content: given.content.clone(),
        message_type: given.message_type,
        metadata: given.metadata.clone(),
        status: given.status,
        is_ai_generated: given.is_ai_generated,
        edited_at: given.edited_at,
        updated_at: given.updated_at,
        version: after(there.version, given.version),
        ..there
    }
}
