//! Conversations and what was said in them.

use app_domain::{Conversation, ConversationTitle, RunningSummary, Said, Turn, TurnAnswer, TurnText, UserId};

use super::{Check, InvalidRecord};
use crate::{AnswerRecord, ConversationRecord, Kind, TurnRecord};

impl ConversationRecord {
    /// The conversation. It has no turns: they are counted when they come.
    ///
    /// # Errors
    /// If it breaks a rule.
    pub fn conversation(self, owner: UserId) -> Result<Conversation, InvalidRecord> {
        let check = Check(Kind::Conversation);
        check.id(self.id.as_uuid())?;
        let (created_at, updated_at) = check.times(self.created_at, self.updated_at)?;
        let summary =
            self.summary.map(|said| RunningSummary { text: said.text, up_to: said.up_to }.bounded());
        Ok(Conversation {
            id: self.id,
            owner,
            title: check.ok("title", ConversationTitle::parse(&self.title))?,
            focus: self.focus,
            leaf: self.leaf,
            turns: 0,
            summary,
            forked_from: self.forked_from,
            created_at,
            updated_at,
        })
    }
}

impl TurnRecord {
    /// The turn. What Memo proposes in it counts as declined, and an answer that was on its way as interrupted, as in a conversation that
    /// is copied: whoever made the archive could have Memo propose anything.
    ///
    /// # Errors
    /// If it breaks a rule.
    pub fn turn(self, owner: UserId) -> Result<Turn, InvalidRecord> {
        let check = Check(Kind::Turn);
        check.id(self.id.as_uuid())?;
        if self.parent_id.is_some_and(|parent| parent >= self.id) {
            return Err(check.wrong("parentId", "must be a turn whose id sorts before"));
        }
        let said = match (self.question, self.answer) {
            (Some(text), None) => Said::Question { text: check.ok("question", TurnText::parse(&text))? },
            (None, Some(answer)) => Said::Answer(Box::new(answer.answer())),
            _ => return Err(check.wrong("question", "must be there, or else an answer, and not both")),
        };
        let turn = Turn {
            id: self.id,
            conversation: self.conversation_id,
            owner,
            parent: self.parent_id,
            created_at: check.time("createdAt", self.created_at)?,
            said,
        };
        Ok(turn.copied_to(self.conversation_id))
    }
}

impl AnswerRecord {
    /// The answer, as much of it as is kept of any.
    pub(crate) fn answer(self) -> TurnAnswer {
        let answer = TurnAnswer {
            state: self.state,
            text: self.text,
            citations: self.citations,
            confidence: self.confidence,
            suggestions: self.suggestions,
            model: self.model,
            usage: self.usage,
            milliseconds: self.milliseconds,
            actions: self.actions,
            failure: self.failure,
        };
        answer.bounded()
    }
}
