//! Conversations and turns as they are stored: what they are found, sorted and decided by in the clear, everything said sealed.

use std::collections::HashSet;
use std::sync::Arc;

use app_domain::{
    AnswerState, Conversation, ConversationId, ConversationTitle, ForkOrigin, MemoryId, RunningSummary, Said,
    Sealing, StoreError, Timestamp, Turn, TurnId, UserId, Version,
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::table::corrupt;

/// A conversation. Title and summary are sealed apart, so that each can be replaced without the other.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConversationItem {
    id: ConversationId,
    owner: UserId,
    sealed_title: ByteBuf,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    focus: Option<MemoryId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    leaf: Option<TurnId>,
    /// The turn that it should go on from, while that has not been brought in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    awaited_leaf: Option<TurnId>,
    turns: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed_summary: Option<ByteBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    summary_up_to: Option<TurnId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    forked_from: Option<ForkOrigin>,
    created_at: Timestamp,
    updated_at: Timestamp,
    pub(crate) by_updated: String,
}

impl ConversationItem {
    /// The turn that it goes on from.
    pub(crate) fn leaf(&self) -> Option<TurnId> {
        self.leaf
    }

    /// The turn that it goes on from when these have come, if that is another one, and whether it is the one that it waits for.
    pub(crate) fn leaf_after(&self, come: &HashSet<TurnId>) -> Option<(TurnId, bool)> {
        if let Some(awaited) = self.awaited_leaf.filter(|awaited| come.contains(awaited)) {
            return Some((awaited, true));
        }
        let is_settled = self.awaited_leaf.is_none() && self.leaf.is_some();
        let newest = come.iter().copied().max().max(self.leaf);
        newest.filter(|newest| !is_settled && self.leaf != Some(*newest)).map(|newest| (newest, false))
    }

    /// Notes that these have come.
    pub(crate) fn have_come(&mut self, come: &HashSet<TurnId>) {
        if let Some((leaf, is_awaited)) = self.leaf_after(come) {
            self.leaf = Some(leaf);
            self.awaited_leaf = self.awaited_leaf.filter(|_| !is_awaited);
        }
    }
}

/// A turn.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TurnItem {
    pub(crate) id: TurnId,
    pub(crate) owner: UserId,
    pub(crate) conversation_id: ConversationId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) parent_id: Option<TurnId>,
    pub(crate) created_at: Timestamp,
    /// Absent from a question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) answer_state: Option<AnswerState>,
    /// Whether it proposes something that nobody has decided on.
    pub(crate) has_proposals: bool,
    pub(crate) version: Version,
    pub(crate) sealed: ByteBuf,
}

impl TurnItem {
    /// Whether a copy of it differs in what is sealed.
    pub(crate) fn is_open(&self) -> bool {
        self.has_proposals || self.answer_state == Some(AnswerState::Pending)
    }
}

/// Where a conversation is among others by its last change. No two are at the same place.
pub(crate) fn by_updated(id: ConversationId, updated_at: Timestamp) -> String {
    format!("{updated_at}#{id}")
}

/// Turns conversations and what is said in them into items and back.
#[derive(Clone)]
pub(crate) struct ConversationItems(Arc<dyn Sealing>);

impl ConversationItems {
    pub(crate) fn new(sealing: impl Sealing) -> Self {
        Self(Arc::new(sealing))
    }

    pub(crate) async fn header(&self, conversation: &Conversation) -> Result<ConversationItem, StoreError> {
        let Conversation { id, owner, updated_at, .. } = *conversation;
        let sealed_summary = match &conversation.summary {
            Some(summary) => Some(self.summary(owner, id, summary).await?),
            None => None,
        };
        Ok(ConversationItem {
            id,
            owner,
            sealed_title: self.title(owner, id, &conversation.title).await?,
            focus: conversation.focus,
            leaf: conversation.leaf,
            awaited_leaf: None,
            turns: conversation.turns,
            sealed_summary,
            summary_up_to: conversation.summary.as_ref().map(|summary| summary.up_to),
            forked_from: conversation.forked_from,
            created_at: conversation.created_at,
            updated_at,
            by_updated: by_updated(id, updated_at),
        })
    }

    /// A conversation whose turns are still to come.
    pub(crate) async fn awaiting(&self, conversation: &Conversation) -> Result<ConversationItem, StoreError> {
        let header = self.header(conversation).await?;
        Ok(ConversationItem { leaf: None, awaited_leaf: conversation.leaf, turns: 0, ..header })
    }

    pub(crate) async fn title(
        &self,
        owner: UserId,
        id: ConversationId,
        title: &ConversationTitle,
    ) -> Result<ByteBuf, StoreError> {
        Ok(ByteBuf::from(self.0.seal(owner, &title_record(id), title.as_str().as_bytes()).await?))
    }

    pub(crate) async fn summary(
        &self,
        owner: UserId,
        id: ConversationId,
        summary: &RunningSummary,
    ) -> Result<ByteBuf, StoreError> {
        let kept = summary.clone().bounded().text;
        Ok(ByteBuf::from(self.0.seal(owner, &summary_record(id), kept.as_bytes()).await?))
    }

    pub(crate) async fn conversation(&self, item: ConversationItem) -> Result<Conversation, StoreError> {
        let ConversationItem { id, owner, .. } = item;
        let title = self.0.open(owner, &title_record(id), &item.sealed_title).await?;
        let title = String::from_utf8(title).map_err(corrupt)?;
        let summary = match (item.sealed_summary, item.summary_up_to) {
            (Some(sealed), Some(up_to)) => {
                let text = self.0.open(owner, &summary_record(id), &sealed).await?;
                Some(RunningSummary { text: String::from_utf8(text).map_err(corrupt)?, up_to })
            }
            _ => None,
        };
        Ok(Conversation {
            id,
            owner,
            title: ConversationTitle::parse(&title).map_err(corrupt)?,
            focus: item.focus,
            leaf: item.leaf,
            turns: item.turns,
            summary,
            forked_from: item.forked_from,
            created_at: item.created_at,
            updated_at: item.updated_at,
        })
    }

    /// A turn as it is first stored, as much of it as is kept.
    pub(crate) async fn said(&self, turn: &Turn) -> Result<TurnItem, StoreError> {
        let turn = turn.clone().bounded();
        let written = serde_json::to_vec(&turn.said).map_err(corrupt)?;
        let sealed = self.0.seal(turn.owner, &turn_record(turn.id), &written).await?;
        Ok(TurnItem {
            id: turn.id,
            owner: turn.owner,
            conversation_id: turn.conversation,
            parent_id: turn.parent,
            created_at: turn.created_at,
            answer_state: turn.answer().map(|answer| answer.state),
            has_proposals: turn.answer().is_some_and(|answer| answer.has_proposals()),
            version: Version::FIRST,
            sealed: ByteBuf::from(sealed),
        })
    }

    pub(crate) async fn turn(&self, item: TurnItem) -> Result<Turn, StoreError> {
        let written = self.0.open(item.owner, &turn_record(item.id), &item.sealed).await?;
        let said: Said = serde_json::from_slice(&written).map_err(corrupt)?;
        Ok(Turn {
            id: item.id,
            conversation: item.conversation_id,
            owner: item.owner,
            parent: item.parent_id,
            created_at: item.created_at,
            said,
        })
    }
}

/// The names under which a conversation's texts are sealed.
fn title_record(id: ConversationId) -> String {
    format!("conversation/{id}")
}

fn summary_record(id: ConversationId) -> String {
    format!("conversation/{id}/summary")
}

/// The name under which a turn is sealed, whichever conversation it has been copied to: the same bytes serve there.
fn turn_record(id: TurnId) -> String {
    format!("turn/{id}")
}
