//! What changes in a conversation besides what is said: its title, the turn that it goes on from, and what was said in short.

use app_domain::{
    Conversation, ConversationId, ConversationTitle, RunningSummary, StoreError, Timestamp, TurnId, UserId,
};
use aws_sdk_dynamodb::types::ReturnValue;

use crate::Conversations;
use crate::conversation_item::by_updated;
use crate::conversations::{ConversationError, HEADER};
use crate::keys;
use crate::table::{self, PRESENT, text};

impl Conversations {
    /// Gives a conversation another title.
    ///
    /// # Errors
    /// See [`ConversationError`].
    pub async fn rename(
        &self,
        owner: UserId,
        id: ConversationId,
        title: &ConversationTitle,
        now: Timestamp,
    ) -> Result<Conversation, ConversationError> {
        let sealed = self.items.title(owner, id, title).await?;
        let request = self.table.client().update_item().table_name(self.table.name());
        let answer = request
            .set_key(Some(keys::conversation(owner, id).attributes()))
            .update_expression("SET sealedTitle = :title, updatedAt = :now, byUpdated = :byUpdated")
            .condition_expression(PRESENT)
            .expression_attribute_values(":title", table::attribute(&sealed)?)
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":byUpdated", text(by_updated(id, now)))
            .return_values(ReturnValue::AllNew)
            .send()
            .await
            .map_err(table::failed);
        match answer {
            Ok(answer) => {
                let item = table::from_item(answer.attributes.unwrap_or_default())?;
                Ok(self.items.conversation(item).await?)
            }
            Err(StoreError::Conflict) => Err(ConversationError::Missing),
            Err(error) => Err(error.into()),
        }
    }

    /// Goes on from another of its turns.
    ///
    /// # Errors
    /// See [`ConversationError`].
    pub async fn go_to(
        &self,
        owner: UserId,
        id: ConversationId,
        leaf: TurnId,
    ) -> Result<(), ConversationError> {
        let update = self
            .update((owner, id))
            .update_expression("SET leaf = :leaf")
            .condition_expression(PRESENT)
            .expression_attribute_values(":leaf", text(leaf));
        let there = self.check(keys::turn(owner, id, leaf), PRESENT.to_owned())?;
        match self.table.transact(vec![table::update(update)?, there]).await? {
            Ok(()) => Ok(()),
            Err(refused) if refused.includes(HEADER) => Err(ConversationError::Missing),
            Err(_) => Err(ConversationError::NoTurn),
        }
    }

    /// Notes what was said up to a turn in short, in the place of a summary up to the turn `before`, or of none. `Ok(false)` if the
    /// conversation is not there, or has another summary by now.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn note_summary(
        &self,
        owner: UserId,
        id: ConversationId,
        summary: &RunningSummary,
        before: Option<TurnId>,
    ) -> Result<bool, StoreError> {
        let sealed = self.items.summary(owner, id, summary).await?;
        let request = self.table.client().update_item().table_name(self.table.name());
        let request = request
            .set_key(Some(keys::conversation(owner, id).attributes()))
            .update_expression("SET sealedSummary = :summary, summaryUpTo = :upTo")
            .expression_attribute_values(":summary", table::attribute(&sealed)?)
            .expression_attribute_values(":upTo", text(summary.up_to));
        let request = match before {
            Some(before) => request
                .condition_expression("summaryUpTo = :before")
                .expression_attribute_values(":before", text(before)),
            None => request.condition_expression(format!("{PRESENT} AND attribute_not_exists(summaryUpTo)")),
        };
        table::unless_refused(request.send().await)
    }
}
