//! Copies of conversations: the branch up to a turn, as a conversation of its own.
//!
//! The turns are copied before anybody can see them: the conversation itself is written last. That the turns are to be removed again is
//! noted before the first of them, for a day on which no copy can still be going on, and taken back by the transaction that writes the
//! conversation. So of a copy that fails halfway, nothing stays behind.

use std::time::Duration;

use app_domain::{Conversation, ConversationId, StoreError, TurnId, UserId};

use crate::Conversations;
use crate::conversation_item::TurnItem;
use crate::conversation_removal::removal_of;
use crate::conversations::{ConversationError, Talk};
use crate::due;
use crate::keys;
use crate::table::{self, if_absent};
use crate::turns::{Branch, BranchLimits};

/// The most that is copied: it is read by one request, and held in its memory.
const LIMITS: BranchLimits = BranchLimits { max_turns: 1_000, max_bytes: 16 * 1024 * 1024 };
/// How long after it began a copy that failed is removed, at least half of it: days begin at midnight.
const REMOVED_AFTER: Duration = Duration::from_secs(2 * 24 * 60 * 60);

impl Conversations {
    /// Copies a conversation up to a turn. Turns keep their ids. What an answer proposes and nobody has decided on is declined in the copy, and
    /// an answer that is pending is interrupted there. Returns `new` as it is then: it goes on from that turn, and keeps a summary only
    /// of what was copied.
    ///
    /// # Errors
    /// See [`ConversationError`].
    pub async fn fork(
        &self,
        owner: UserId,
        source: ConversationId,
        at: TurnId,
        new: Conversation,
    ) -> Result<Conversation, ConversationError> {
        let branch = async { Ok(self.branch((owner, source), at, LIMITS).await?) };
        let taken = async { Ok(self.get(owner, new.id).await?.is_some()) };
        let ((), branch, taken) = tokio::try_join!(self.exists((owner, source)), branch, taken)?;
        if taken || new.owner != owner {
            return Err(StoreError::Conflict.into());
        }
        let turns = whole(branch)?;
        let was_copied = |turn: TurnId| turns.iter().any(|item| item.id == turn);
        let summary = new.summary.clone().filter(|summary| was_copied(summary.up_to));
        let new = Conversation { leaf: Some(at), turns: turns.len() as u64, summary, ..new };

        let day = new.created_at.plus(REMOVED_AFTER).day();
        let work = removal_of(owner, new.id);
        let noted = due::put(&self.table, &day, work)?;
        self.table.transact(vec![noted]).await?.map_err(|_| StoreError::Conflict)?;
        self.copy(turns, (owner, new.id)).await?;
        let header = self.table.put(keys::conversation(owner, new.id), &self.items.header(&new).await?)?;
        let writes = vec![table::put(if_absent(header)), due::done_if_noted(&self.table, &day, work)?];
        self.table.transact(writes).await?.map_err(|_| StoreError::Conflict)?;
        Ok(new)
    }

    /// Writes turns as those of another conversation, with what is sealed as it is wherever that says the same.
    async fn copy(&self, turns: Vec<TurnItem>, (owner, id): Talk) -> Result<(), StoreError> {
        let mut puts = Vec::with_capacity(turns.len());
        for item in turns {
            let mut item = TurnItem { conversation_id: id, ..item };
            if item.is_open() {
                let version = item.version.next();
                let copied = self.items.turn(item).await?.copied_to(id);
                item = TurnItem { version, ..self.items.said(&copied).await? };
            }
            puts.push(self.table.put(keys::turn(owner, id, item.id), &item)?);
        }
        self.table.put_all(puts).await
    }
}

/// The turns of a branch, if they are all of it.
fn whole(branch: Branch) -> Result<Vec<TurnItem>, ConversationError> {
    let Some(first) = branch.turns.last() else { return Err(ConversationError::NoTurn) };
    if branch.is_cut {
        return Err(ConversationError::TooLong);
    }
    // What it follows is gone: the conversation was deleted while it was read.
    if first.parent_id.is_some() {
        return Err(ConversationError::Missing);
    }
    Ok(branch.turns)
}
