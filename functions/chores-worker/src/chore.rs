//! One attempt at a chore.

use app_domain::{Chore, ConversationId, MemoryId, StoreError, Timestamp, UserId};
use app_runtime::QueueError;
use app_store::{DueKind, DueWork};

use crate::Worker;
use crate::claim::{Kept, claim_inbox, empty_inbox};
use crate::deadline::Deadline;
use crate::refile::{clear_category, retag, trash_whatsapp};
use crate::remind::send_reminders;
use crate::sweep::sweep;

/// How many memories are removed between two looks at the time.
const PORTION: u32 = 25;

/// How many turns of a conversation are removed between two looks at the time.
const TURNS: usize = 500;

/// What was done of a chore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) ending: Ending,
    /// How many memories, files, conversations, reminders, messages or pieces of due work it was done on.
    pub(crate) items: u64,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Nothing is left to do.
    Done,
    /// The rest is in the queue again.
    SentOn,
    /// There was nothing to do: it has been done before, or is not wanted any more.
    Needless,
}

/// Why a chore has to come again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The rest could not be sent on.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// Memories are listed under a category that they are not in: a bug.
    #[error("memories are left in a deleted category")]
    NotCleared,
}

impl Ending {
    /// In the log.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::SentOn => "sent on",
            Self::Needless => "needless",
        }
    }

    pub(crate) fn after(self, items: u64) -> Outcome {
        Outcome { ending: self, items }
    }
}

/// Does a chore, or as much of it as there is time for, and sends the rest on.
pub(crate) async fn attempt(worker: &Worker, chore: Chore, deadline: Deadline) -> Result<Outcome, Failure> {
    match chore {
        Chore::Sweep { after } => sweep(worker, after, deadline).await,
        Chore::SendReminders { after } => send_reminders(worker, after, deadline).await,
        Chore::ClearCategory { owner, category, day, walk } => {
            clear_category(worker, (owner, category), day, walk, deadline).await
        }
        Chore::Retag { owner, from, to, walk } => retag(worker, owner, (from, to), walk, deadline).await,
        Chore::PurgeMemory { owner, memory } => {
            let is_to_go = worker.memories.is_to_go(owner, memory, (worker.now)()).await?;
            Ok(once(is_to_go && purge(worker, owner, memory).await?))
        }
        Chore::EmptyTrash { owner, until } => empty_trash(worker, owner, until, deadline).await,
        Chore::RemoveConversation { owner, conversation, day } => {
            remove_conversation(worker, (owner, conversation), day, deadline).await
        }
        Chore::ExpireUpload { owner, file } => {
            Ok(once(worker.files.expire(owner, file, (worker.now)()).await?))
        }
        Chore::EraseFile { owner, file } => {
            worker.files.erase(owner, file).await?;
            Ok(once(true))
        }
        Chore::ClaimInbox { owner } => claim_inbox(worker, owner, deadline).await,
        Chore::EmptyInbox { owner, until, phone, hidden } => {
            empty_inbox(worker, owner, until, Kept { phone, hidden }, deadline).await
        }
        Chore::TrashWhatsapp { owner, until, walk } => {
            trash_whatsapp(worker, owner, until, walk, deadline).await
        }
    }
}

/// Removes what was in the trash at a time, the first deleted first.
async fn empty_trash(
    worker: &Worker,
    owner: UserId,
    until: Timestamp,
    deadline: Deadline,
) -> Result<Outcome, Failure> {
    let mut items = 0;
    loop {
        let some = worker.memories.in_trash(owner, until, PORTION).await?;
        if some.is_empty() {
            return Ok(Ending::Done.after(items));
        }
        for memory in some {
            items += u64::from(purge(worker, owner, memory).await?);
        }
        if deadline.is_over(worker) {
            worker.queue.send(&Chore::EmptyTrash { owner, until }).await?;
            return Ok(Ending::SentOn.after(items));
        }
    }
}

/// Removes what was said in a conversation that is gone, and then forgets that this was to be done.
async fn remove_conversation(
    worker: &Worker,
    (owner, conversation): (UserId, ConversationId),
    day: String,
    deadline: Deadline,
) -> Result<Outcome, Failure> {
    while !worker.conversations.remove_turns(owner, conversation, TURNS).await? {
        if deadline.is_over(worker) {
            worker.queue.send(&Chore::RemoveConversation { owner, conversation, day }).await?;
            return Ok(Ending::SentOn.after(0));
        }
    }
    let work = DueWork { kind: DueKind::Conversation, owner, id: conversation.as_uuid() };
    worker.due.done(&day, work).await?;
    Ok(Ending::Done.after(1))
}

/// Removes a memory in the trash for good: first so that it cannot be restored any more, then its files, because without it
/// nobody would know of them.
async fn purge(worker: &Worker, owner: UserId, memory: MemoryId) -> Result<bool, StoreError> {
    let now = (worker.now)();
    if !worker.memories.doom(owner, memory, now).await? {
        return Ok(false);
    }
    worker.files.delete_of(owner, memory, now).await?;
    worker.memories.purge(owner, memory, now).await
}

fn once(done: bool) -> Outcome {
    if done { Ending::Done.after(1) } else { Ending::Needless.after(0) }
}
