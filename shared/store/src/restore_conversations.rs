//! Conversations that are brought in as they were, and taken back. What was said in them has a module of its own.
//!
//! A conversation comes before its turns, and does not go on from a turn that is not there: until that comes, it goes on from the newest
//! that has.

use app_domain::{Conversation, ConversationId, StoreError, Timestamp, UserId};
use aws_sdk_dynamodb::types::Delete;
use serde::de::IgnoredAny;

use crate::Conversations;
use crate::conversation_item::by_updated;
use crate::conversation_removal::removal_of;
use crate::conversations::Talk;
use crate::due::{self, Due};
use crate::keys;
use crate::restored::{Precedence, Restored, Unmade};
use crate::table::{self, if_absent, text};
use crate::tries::Tries;

impl Conversations {
    /// Brings in a conversation as it is, without its turns: those come with [`Self::restore_turns`], and are counted then. One that is there
    /// gets title, summary and place of the given one, if that has precedence.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn restore(
        &self,
        conversation: &Conversation,
        precedence: Precedence,
    ) -> Result<Restored, StoreError> {
        let talk = (conversation.owner, conversation.id);
        let mut tries = Tries::begin();
        loop {
            let done = match self.get(talk.0, talk.1).await? {
                Some(there) => {
                    if is_alike(&there, conversation) {
                        return Ok(Restored::Same);
                    }
                    if let Some(restored) = precedence.settles(there.updated_at, conversation.updated_at) {
                        return Ok(restored);
                    }
                    self.catch_up(&there, conversation).await?.then_some(Restored::Updated)
                }
                None => {
                    // What is left of one that was deleted would come back with it.
                    self.clear(talk, usize::MAX).await?;
                    let header = self.items.awaiting(conversation).await?;
                    let put = if_absent(self.table.put(keys::conversation(talk.0, talk.1), &header)?);
                    self.table.transact(vec![table::put(put)]).await?.is_ok().then_some(Restored::Made)
                }
            };
            match done {
                Some(restored) => return Ok(restored),
                None => tries.again().await?,
            }
        }
    }

    /// Removes a conversation that was last changed then, with all that was said in it: as much as one request can, and the rest by a chore.
    /// Doing it again changes nothing.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn unmake(
        &self,
        owner: UserId,
        id: ConversationId,
        updated_at: Timestamp,
        now: Timestamp,
    ) -> Result<Unmade, StoreError> {
        let header = Delete::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::conversation(owner, id).attributes()))
            .condition_expression("updatedAt = :then")
            .expression_attribute_values(":then", text(updated_at));
        let (day, work) = (now.day(), removal_of(owner, id));
        let writes = vec![table::delete(header)?, due::put(&self.table, &day, work)?];
        if self.table.transact(writes).await?.is_err() {
            let there = self.get(owner, id).await?;
            return Ok(there.map_or(Unmade::Missing, |_| Unmade::Changed));
        }
        if self.remove_turns(owner, id, AT_ONCE).await? {
            Due::new(self.table.clone()).done(&day, work).await?;
        }
        Ok(Unmade::Gone)
    }

    /// Writes a conversation that is there as another copy has it. `Ok(false)` if another writer came first.
    async fn catch_up(&self, there: &Conversation, given: &Conversation) -> Result<bool, StoreError> {
        let (talk, updated_at): (Talk, _) = ((there.owner, there.id), given.updated_at);
        let title = self.items.title(talk.0, talk.1, &given.title).await?;
        let mut expression = "SET sealedTitle = :title, updatedAt = :now, byUpdated = :byUpdated".to_owned();
        let mut update = self
            .update(talk)
            .condition_expression("updatedAt = :before")
            .expression_attribute_values(":before", text(there.updated_at))
            .expression_attribute_values(":title", table::attribute(&title)?)
            .expression_attribute_values(":now", text(updated_at))
            .expression_attribute_values(":byUpdated", text(by_updated(talk.1, updated_at)));
        if let Some(summary) = &given.summary {
            let sealed = self.items.summary(talk.0, talk.1, summary).await?;
            expression.push_str(", sealedSummary = :summary, summaryUpTo = :upTo");
            update = update
                .expression_attribute_values(":summary", table::attribute(&sealed)?)
                .expression_attribute_values(":upTo", text(summary.up_to));
        }
        if let Some(leaf) = given.leaf.filter(|leaf| there.leaf != Some(*leaf)) {
            let turn: Option<IgnoredAny> = self.table.get(keys::turn(talk.0, talk.1, leaf)).await?;
            expression.push_str(if turn.is_some() { ", leaf = :leaf" } else { ", awaitedLeaf = :leaf" });
            update = update.expression_attribute_values(":leaf", text(leaf));
        }
        let writes = vec![table::update(update.update_expression(expression))?];
        Ok(self.table.transact(writes).await?.is_ok())
    }
}

/// How many turns one request removes.
const AT_ONCE: usize = 500;

/// Whether a conversation says the same of itself. Its turns are another matter.
fn is_alike(there: &Conversation, given: &Conversation) -> bool {
    there.title == given.title && there.summary == given.summary && there.focus == given.focus
}
