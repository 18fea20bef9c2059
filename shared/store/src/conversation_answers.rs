//! How answers end, and what people decide on what they propose. Each happens once.

use app_domain::{
    ActionState, AnswerState, ConversationId, Said, StoreError, Turn, TurnAction, TurnId, UserId,
};
use aws_sdk_dynamodb::types::Update;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;

use crate::Conversations;
use crate::conversations::ConversationError;
use crate::keys;
use crate::table::{self, number, text};
use crate::tries::Tries;

impl Conversations {
    /// Replaces a pending answer by what has become of it. `Ok(false)` if it is not pending any more or not there, or if `answer` is still
    /// pending. `Ok(true)` again if it has been settled so before.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn settle(&self, answer: &Turn) -> Result<bool, StoreError> {
        let ended = answer.answer().is_some_and(|answer| answer.state != AnswerState::Pending);
        if !ended {
            return Ok(false);
        }
        let update = self
            .replaced(answer, 2)
            .await?
            .condition_expression("answerState = :pending")
            .expression_attribute_values(":pending", text(AnswerState::Pending.as_str()));
        let writes = vec![self.is_there((answer.owner, answer.conversation))?, table::update(update)?];
        if self.table.transact(writes).await?.is_ok() {
            return Ok(true);
        }
        match self.found((answer.owner, answer.conversation), answer.id).await {
            Ok(found) => Ok(self.items.turn(found).await?.said == answer.clone().bounded().said),
            Err(ConversationError::Store(error)) => Err(error),
            Err(_) => Ok(false),
        }
    }

    /// Replaces an action of an answer that has ended, if it is in the state `from`. Of several who do so at once, one succeeds. Returns
    /// the answer with it.
    ///
    /// # Errors
    /// See [`ConversationError`].
    pub async fn act(
        &self,
        owner: UserId,
        id: ConversationId,
        turn: TurnId,
        action: &str,
        from: ActionState,
        to: &TurnAction,
    ) -> Result<Turn, ConversationError> {
        let mut tries = Tries::begin();
        loop {
            let found = self.found((owner, id), turn).await?;
            let before = found.version;
            let mut turn = self.items.turn(found).await?;
            let known = match &mut turn.said {
                Said::Answer(answer) if answer.state != AnswerState::Pending => {
                    answer.actions.iter_mut().find(|known| known.id == action)
                }
                _ => None,
            };
            let known = known.ok_or(ConversationError::NoAction)?;
            if known.state != from {
                return Err(ConversationError::AlreadyDecided);
            }
            *known = TurnAction { id: action.to_owned(), ..to.clone() };
            let turn = turn.bounded();
            let update = self
                .replaced(&turn, before.next().get())
                .await?
                .condition_expression("version = :before")
                .expression_attribute_values(":before", number(before.get()));
            let writes = vec![self.is_there((owner, id))?, table::update(update)?];
            if self.table.transact(writes).await?.is_ok() {
                return Ok(turn);
            }
            // Whatever was refused is decided anew: the conversation may be gone, or this action or another decided.
            tries.again().await?;
        }
    }

    /// The replacement of what an answer says. What it follows stays.
    async fn replaced(&self, answer: &Turn, version: u64) -> Result<UpdateBuilder, StoreError> {
        let item = self.items.said(answer).await?;
        Ok(Update::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::turn(answer.owner, answer.conversation, answer.id).attributes()))
            .update_expression(
                "SET answerState = :state, hasProposals = :proposals, version = :version, sealed = :sealed",
            )
            .expression_attribute_values(":state", table::attribute(&item.answer_state)?)
            .expression_attribute_values(":proposals", table::attribute(&item.has_proposals)?)
            .expression_attribute_values(":version", number(version))
            .expression_attribute_values(":sealed", table::attribute(&item.sealed)?))
    }
}
