//! Messages that are brought in as they were elsewhere, or at another time: many in each transaction, with one change of what their memory
//! knows of them.

use std::collections::HashSet;

use app_domain::{FileId, MemoryId, Message, StoreError, UserId};

use crate::message_item::StoredMessage;
use crate::message_removal::Below;
use crate::messages::{MessageError, Messages};
use crate::restore_batch::{Batch, New};
use crate::restore_known::Known;
use crate::restore_threads::Threads;
use crate::restored::{NO_VERSION, Precedence, Restored, after, is_version};
use crate::tries::Tries;

/// How many messages are looked up at once.
const PORTION: usize = 200;

/// What is to be done with one message.
enum Step {
    Make(New),
    Change { before: StoredMessage, after: Message, attach: Vec<FileId> },
    Nothing(Restored),
}

impl Messages {
    /// Brings in messages of a memory as they are: with their ids, versions and times, any number, each told what came of it. One that replies
    /// to a reply joins its thread; one that replies to nothing that is there becomes one that replies to nothing, and files that are not
    /// there, or are with another memory, are left out. One that is there is changed if the given one has precedence, and stays in its
    /// thread. Those that were deleted stay so, here and there, unless what was deleted comes back: one that holds the place of replies is
    /// there before them.
    ///
    /// # Errors
    /// See [`MessageError`]. Some may have been brought in.
    pub async fn restore(
        &self,
        owner: UserId,
        memory: MemoryId,
        messages: &[Message],
        precedence: Precedence,
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
                let known = self.known((owner, memory), messages, &threads, &left, precedence).await?;
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
                Step::Change { after, attach, .. } => batch.can_change(after, attach),
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
                Step::Change { before, after, attach } => {
                    known.takes(&after, &attach);
                    batch.change(place, before.own.version, after, attach);
                }
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
            return Ok(match standing(&there, message, known.precedence) {
                Some(restored) => Step::Nothing(restored),
                None => {
                    let was_deleted = there.is_deleted();
                    let mut after = caught_up(there, message);
                    let mut attach = Vec::new();
                    if was_deleted {
                        (after.attachments, attach) = known.attached(memory, message);
                    }
                    Step::Change { before: before.clone(), after, attach }
                }
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
}

/// What comes of a message that is there, if not a change.
fn standing(there: &Message, given: &Message, precedence: Precedence) -> Option<Restored> {
    let says = |message: &Message| {
        let Message { content, message_type, metadata, status, is_ai_generated, .. } = message.clone();
        (content, message_type, metadata, status, is_ai_generated)
    };
    if says(there) == says(given) {
        return Some(Restored::Same);
    }
    match (there.is_deleted(), given.is_deleted()) {
        (true, _) if precedence.brings_back() => None,
        // Who deleted it meant it.
        (true, _) | (_, true) => Some(Restored::Newer),
        _ => precedence.settles(there.updated_at, given.updated_at),
    }
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
