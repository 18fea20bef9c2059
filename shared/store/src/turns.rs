//! Reading what was said in a conversation: one turn, all of them page by page, or the branch that ends in one.

use app_domain::{ConversationId, StoreError, Timestamp, Turn, TurnId, UserId};
use uuid::Uuid;

use crate::Conversations;
use crate::conversation_item::TurnItem;
use crate::conversations::{ConversationError, Talk};
use crate::keys;
use crate::table::{self, text};

/// The most turns that are read of a branch at once.
const PORTION: usize = 100;
/// The fewest, unless fewer are wanted: what is not read then would have cost hardly more than the next call.
const LEAST: usize = 8;

/// How much of a branch is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BranchLimits {
    /// The most turns.
    pub max_turns: usize,
    /// The most bytes, as they are stored; the last turn is there however long it is.
    pub max_bytes: usize,
}

/// A part of a branch, from its last turn upwards.
pub(crate) struct Branch {
    /// The last first.
    pub(crate) turns: Vec<TurnItem>,
    /// Whether there are more than was wanted.
    pub(crate) is_cut: bool,
}

impl Conversations {
    /// One turn of a conversation, as it looks at a time.
    ///
    /// # Errors
    /// See [`ConversationError`].
    pub async fn turn(
        &self,
        owner: UserId,
        id: ConversationId,
        turn: TurnId,
        now: Timestamp,
    ) -> Result<Turn, ConversationError> {
        let item = self.found((owner, id), turn).await?;
        Ok(self.items.turn(item).await?.seen_at(now))
    }

    /// The turns of a conversation, of all branches, as they look at a time: those before `after`, the newest first, at most `limit` or a
    /// megabyte. With the last of them, if there are more.
    ///
    /// # Errors
    /// See [`ConversationError`].
    pub async fn turns(
        &self,
        owner: UserId,
        id: ConversationId,
        after: Option<TurnId>,
        limit: u32,
        now: Timestamp,
    ) -> Result<(Vec<Turn>, Option<TurnId>), ConversationError> {
        let from = after.map_or(u128::MAX, |after| after.as_uuid().as_u128().saturating_sub(1));
        // One more than is wanted tells whether there are more.
        let read = async {
            Ok(self.read((owner, id), Uuid::from_u128(from), limit.saturating_add(1) as usize).await?)
        };
        let ((), (mut items, mut is_last)) = tokio::try_join!(self.exists((owner, id)), read)?;
        is_last &= items.len() <= limit as usize;
        items.truncate(limit as usize);
        let next = items.last().filter(|_| !is_last).map(|item| item.id);
        let mut turns = Vec::with_capacity(items.len());
        for item in items {
            turns.push(self.items.turn(item).await?.seen_at(now));
        }
        Ok((turns, next))
    }

    /// The branch that ends in `leaf`, as it looks at a time, the oldest first: as much of its end as the limits let through.
    ///
    /// # Errors
    /// See [`ConversationError`].
    pub async fn path(
        &self,
        owner: UserId,
        id: ConversationId,
        leaf: TurnId,
        limits: BranchLimits,
        now: Timestamp,
    ) -> Result<Vec<Turn>, ConversationError> {
        let branch = async { Ok(self.branch((owner, id), leaf, limits).await?) };
        let ((), branch) = tokio::try_join!(self.exists((owner, id)), branch)?;
        if branch.turns.is_empty() && limits.max_turns > 0 {
            return Err(ConversationError::NoTurn);
        }
        let mut turns = Vec::with_capacity(branch.turns.len());
        for item in branch.turns.into_iter().rev() {
            turns.push(self.items.turn(item).await?.seen_at(now));
        }
        Ok(turns)
    }

    /// A turn of a conversation that is there.
    pub(crate) async fn found(&self, talk: Talk, turn: TurnId) -> Result<TurnItem, ConversationError> {
        let found = async { Ok(self.table.get(keys::turn(talk.0, talk.1, turn)).await?) };
        let ((), found) = tokio::try_join!(self.exists(talk), found)?;
        found.ok_or(ConversationError::NoTurn)
    }

    /// `Missing` if a conversation is not there.
    pub(crate) async fn exists(&self, (owner, id): Talk) -> Result<(), ConversationError> {
        let request = self.table.client().get_item().table_name(self.table.name()).consistent_read(true);
        let request =
            request.set_key(Some(keys::conversation(owner, id).attributes())).projection_expression(keys::PK);
        let found = request.send().await.map_err(table::failed)?.item;
        found.map(drop).ok_or(ConversationError::Missing)
    }

    /// The turns from `leaf` upwards, each the one that the last follows. What lies between them in the table belongs to other branches.
    /// A turn names the next, so every read begins with one that is wanted; and the more others it meets, the less the next one reads.
    /// So what is read is a small multiple of what is wanted, however long the conversation is.
    pub(crate) async fn branch(
        &self,
        talk: Talk,
        leaf: TurnId,
        limits: BranchLimits,
    ) -> Result<Branch, StoreError> {
        let mut turns: Vec<TurnItem> = Vec::new();
        let (mut wanted, mut bytes, mut portion) = (Some(leaf), 0, PORTION);
        while let Some(from) = wanted {
            let left = limits.max_turns.saturating_sub(turns.len());
            if left == 0 {
                return Ok(Branch { turns, is_cut: true });
            }
            let (read, _) = self.read(talk, from.as_uuid(), portion.min(left)).await?;
            let (had, read_count) = (turns.len(), read.len());
            for item in read.into_iter() {
                if Some(item.id) != wanted {
                    continue;
                }
                bytes += item.sealed.len();
                if bytes > limits.max_bytes && !turns.is_empty() {
                    return Ok(Branch { turns, is_cut: true });
                }
                wanted = item.parent_id;
                turns.push(item);
            }
            let met = turns.len() - had;
            if met == 0 {
                // It is not there, or has been removed a moment ago.
                break;
            }
            portion = if met * 2 < read_count { portion.min(read_count).div_ceil(2) } else { portion * 2 };
            portion = portion.clamp(LEAST, PORTION);
        }
        Ok(Branch { turns, is_cut: false })
    }

    /// Turns from one on, the newest first: at most `limit` or a megabyte. With whether these are the last.
    async fn read(
        &self,
        (owner, id): Talk,
        from: Uuid,
        limit: usize,
    ) -> Result<(Vec<TurnItem>, bool), StoreError> {
        let query = self.table.client().query().table_name(self.table.name());
        let answer = query
            .key_condition_expression("pk = :talk AND sk <= :from")
            .expression_attribute_values(":talk", text(keys::talk(owner, id)))
            .expression_attribute_values(":from", text(from))
            .consistent_read(true)
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(table::failed)?;
        let is_last = answer.last_evaluated_key.is_none();
        let items = answer.items.unwrap_or_default().into_iter().map(table::from_item);
        Ok((items.collect::<Result<_, _>>()?, is_last))
    }
}
