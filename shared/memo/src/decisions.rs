//! Deciding on what Memo proposes.

use app_domain::{ActionState, ConversationId, Permission, StoreError, TurnAction, TurnId};
use app_store::ConversationError;
use serde_json::json;

use crate::Memo;
use crate::brief::Asker;
use crate::deed::{Deed, DeedError};

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Do it.
    Approve,
    /// Leave it.
    Decline,
}

/// Why nothing was decided.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    /// The person may not do what is proposed.
    #[error("the permission {0} is missing")]
    Permission(Permission),
    /// There is no such action any more, or the store failed.
    #[error(transparent)]
    Conversation(#[from] ConversationError),
}

impl Memo {
    /// Does what Memo proposed, or lays it aside. Of two who decide at once, one does; what is done is done once.
    ///
    /// # Errors
    /// See [`DecisionError`]. If the store failed, it is still proposed.
    pub async fn decide(
        &self,
        asker: &Asker,
        conversation: ConversationId,
        turn: TurnId,
        action: &str,
        decision: Decision,
    ) -> Result<TurnAction, DecisionError> {
        let found = self.conversations.turn(asker.user, conversation, turn, self.now()).await?;
        let actions = found.answer().map_or(&[][..], |answer| &answer.actions);
        let proposed = actions.iter().find(|known| known.id == action).ok_or(ConversationError::NoAction)?;
        if proposed.state != ActionState::Proposed {
            return Err(ConversationError::AlreadyDecided.into());
        }
        let note = async |from, to: TurnAction| -> Result<TurnAction, DecisionError> {
            self.conversations.act(asker.user, conversation, turn, action, from, &to).await?;
            Ok(to)
        };
        if decision == Decision::Decline {
            let declined = TurnAction { state: ActionState::Declined, ..proposed.clone() };
            return note(ActionState::Proposed, declined).await;
        }
        let Ok(deed) = serde_json::from_value::<Deed>(proposed.arguments.clone()) else {
            return note(ActionState::Proposed, failed(proposed, "it cannot be read any more")).await;
        };
        if !asker.permissions.contains(&deed.permission()) {
            return Err(DecisionError::Permission(deed.permission()));
        }
        // It is taken before it is done: so of two who decide at once, one does. Who dies in between leaves it like this.
        note(ActionState::Proposed, failed(proposed, "it was begun, and is not known to have ended")).await?;
        match self.done(asker, proposed, &deed).await {
            Ok(done) => note(ActionState::Failed, done).await,
            Err(error) => {
                note(ActionState::Failed, proposed.clone()).await?;
                Err(ConversationError::Store(error).into())
            }
        }
    }

    async fn done(
        &self,
        asker: &Asker,
        proposed: &TurnAction,
        deed: &Deed,
    ) -> Result<TurnAction, StoreError> {
        match deed.perform(self, asker).await {
            Ok(outcome) => {
                Ok(TurnAction { state: ActionState::Done, outcome: Some(outcome), ..proposed.clone() })
            }
            Err(DeedError::Refused(reason)) => Ok(failed(proposed, &reason)),
            Err(DeedError::Store(error)) => Err(error),
        }
    }
}

fn failed(proposed: &TurnAction, reason: &str) -> TurnAction {
    TurnAction { state: ActionState::Failed, outcome: Some(json!({"reason": reason})), ..proposed.clone() }
}
