//! Conversations with Memo: beginning one, asking on, and what is known of one. What was said in it, how an answer ends, other changes,
//! copies and removal have modules of their own.
//!
//! Whoever writes a turn needs, in the same transaction, the conversation to be there: once it is deleted, nothing of it comes back.

use app_domain::{Conversation, ConversationId, Sealing, StoreError, Timestamp, Turn, TurnId, UserId};
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem, Update};

use crate::conversation_item::{ConversationItems, by_updated};
use crate::keys::{self, Key};
use crate::table::{self, PRESENT, Table, if_absent, number, text};

/// The conversations of the table. Every call starts from their owner.
#[derive(Clone)]
pub struct Conversations {
    pub(crate) table: Table,
    pub(crate) items: ConversationItems,
}

/// Why nothing could be done with a conversation.
#[derive(Debug, thiserror::Error)]
pub enum ConversationError {
    /// It is not there.
    #[error("there is no such conversation")]
    Missing,
    /// It has no such turn.
    #[error("there is no such turn")]
    NoTurn,
    /// What was to be said follows nothing of this conversation, or an answer no question.
    #[error("there is no such turn to follow")]
    NoParent,
    /// The turn has no such action, or is not an answer that has ended.
    #[error("there is no such action")]
    NoAction,
    /// Somebody else has decided on the action.
    #[error("the action is decided on")]
    AlreadyDecided,
    /// There is more to copy than can be.
    #[error("the conversation is too long")]
    TooLong,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A conversation's owner, and which it is.
pub(crate) type Talk = (UserId, ConversationId);

/// The places of writes whose conditions may fail, in transactions that need a conversation and one of its turns.
pub(crate) const HEADER: usize = 0;
const PARENT: usize = 1;

impl Conversations {
    /// The conversations of `table`, sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self { table, items: ConversationItems::new(sealing) }
    }

    /// Begins a conversation with its first question and the answer to it, in one transaction. Returns it as it is then.
    ///
    /// # Errors
    /// See [`ConversationError`].
    pub async fn begin(
        &self,
        conversation: &Conversation,
        question: &Turn,
        answer: &Turn,
    ) -> Result<Conversation, ConversationError> {
        let talk = (conversation.owner, conversation.id);
        if question.parent.is_some() || !is_chain(talk, Some(question), answer) {
            return Err(ConversationError::NoParent);
        }
        let begun = Conversation { leaf: Some(answer.id), turns: 2, ..conversation.clone() };
        let item = self.items.header(&begun).await?;
        let header = self.table.put(keys::conversation(talk.0, talk.1), &item)?;
        let mut writes = vec![table::put(if_absent(header))];
        writes.extend(self.said(&[question, answer]).await?);
        self.table.transact(writes).await?.map_err(|_| StoreError::Conflict)?;
        Ok(begun)
    }

    /// Adds a question with its answer, or without a question another answer to one that was asked. What comes first must follow a turn
    /// of this conversation, or nothing if it is a question in the place of the first. The conversation goes on from the answer.
    ///
    /// # Errors
    /// See [`ConversationError`].
    pub async fn ask(
        &self,
        owner: UserId,
        id: ConversationId,
        question: Option<&Turn>,
        answer: &Turn,
        now: Timestamp,
    ) -> Result<(), ConversationError> {
        if !is_chain((owner, id), question, answer) {
            return Err(ConversationError::NoParent);
        }
        let turns: Vec<&Turn> = question.into_iter().chain([answer]).collect();
        let mut writes = vec![table::update(self.grown((owner, id), answer.id, turns.len(), now))?];
        let parent = turns.first().and_then(|first| first.parent);
        if let Some(parent) = parent {
            // To an answer, what it follows is a question.
            let condition = if question.is_some() {
                PRESENT.to_owned()
            } else {
                format!("{PRESENT} AND attribute_not_exists(answerState)")
            };
            writes.push(self.check(keys::turn(owner, id, parent), condition)?);
        }
        writes.extend(self.said(&turns).await?);
        match self.table.transact(writes).await? {
            Ok(()) => Ok(()),
            Err(refused) if refused.includes(HEADER) => Err(ConversationError::Missing),
            Err(refused) if parent.is_some() && refused.includes(PARENT) => Err(ConversationError::NoParent),
            Err(_) => Err(StoreError::Conflict.into()),
        }
    }

    /// What is known of a conversation.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, owner: UserId, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
        match self.table.get(keys::conversation(owner, id)).await? {
            Some(item) => Ok(Some(self.items.conversation(item).await?)),
            None => Ok(None),
        }
    }

    /// The change of a conversation in which so many turns more are said.
    fn grown(&self, (owner, id): Talk, leaf: TurnId, more: usize, now: Timestamp) -> UpdateBuilder {
        self.update((owner, id))
            .update_expression("SET leaf = :leaf, updatedAt = :now, byUpdated = :byUpdated ADD turns :more")
            .condition_expression(PRESENT)
            .expression_attribute_values(":leaf", text(leaf))
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":byUpdated", text(by_updated(id, now)))
            .expression_attribute_values(":more", number(more))
    }

    /// The writes of turns that are not there yet.
    async fn said(&self, turns: &[&Turn]) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut writes = Vec::with_capacity(turns.len());
        for turn in turns {
            let item = self.items.said(turn).await?;
            let put = self.table.put(keys::turn(turn.owner, turn.conversation, turn.id), &item)?;
            writes.push(table::put(if_absent(put)));
        }
        Ok(writes)
    }

    pub(crate) fn update(&self, (owner, id): Talk) -> UpdateBuilder {
        let key = keys::conversation(owner, id).attributes();
        Update::builder().table_name(self.table.name()).set_key(Some(key))
    }

    /// The condition that a conversation is there.
    pub(crate) fn is_there(&self, (owner, id): Talk) -> Result<TransactWriteItem, StoreError> {
        self.check(keys::conversation(owner, id), PRESENT.to_owned())
    }

    pub(crate) fn check(&self, key: Key, condition: String) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(self.table.name())
            .set_key(Some(key.attributes()))
            .condition_expression(condition);
        Ok(TransactWriteItem::builder().condition_check(check.build().map_err(table::corrupt)?).build())
    }
}

/// Whether an answer follows a question of the same conversation: this one, or one that was asked. Ids go up with what follows.
fn is_chain(talk: Talk, question: Option<&Turn>, answer: &Turn) -> bool {
    let is_of_it = |turn: &Turn| (turn.owner, turn.conversation) == talk && turn.parent < Some(turn.id);
    let follows = match question {
        Some(question) => question.is_question() && is_of_it(question) && answer.parent == Some(question.id),
        None => answer.parent.is_some(),
    };
    follows && !answer.is_question() && is_of_it(answer)
}
