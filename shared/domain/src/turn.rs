//! Turns: what is said in a conversation, each after another. A question is a person's, an answer Memo's.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    ActionState, AnswerFailure, AnswerState, ConversationId, Invalid, MessageText, Timestamp, TurnAnswer,
    TurnId, UserId,
};

/// One thing that was said.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// Its id. It sorts after that of the turn it follows.
    pub id: TurnId,
    /// Where it was said. A conversation that was copied has the same turns, by the same ids.
    pub conversation: ConversationId,
    /// Whose conversation that is.
    pub owner: UserId,
    /// What it follows; nothing at the beginning.
    pub parent: Option<TurnId>,
    /// When it was said, or begun.
    pub created_at: Timestamp,
    /// What was said.
    pub said: Said,
}

/// What was said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Said {
    /// By the person.
    Question {
        /// What was asked.
        text: TurnText,
    },
    /// By Memo.
    Answer(Box<TurnAnswer>),
}

/// What a person says: 1–10,000 characters, as in a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TurnText(MessageText);

impl TurnText {
    /// The most characters it can have.
    pub const MAX_CHARACTERS: usize = MessageText::MAX_CHARACTERS;

    /// # Errors
    /// If it says nothing, is too long, or holds control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        MessageText::parse(text).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl Turn {
    /// How long an answer can be on its way. What is begun and not finished by then never will be: whoever worked on it is gone.
    pub const PENDING_FOR: Duration = Duration::from_secs(15 * 60);

    /// A question, after `parent` or at the beginning.
    pub fn question(
        conversation: ConversationId,
        owner: UserId,
        parent: Option<TurnId>,
        text: TurnText,
        now: Timestamp,
    ) -> Self {
        let id = TurnId::following(parent, now);
        Self { id, conversation, owner, parent, created_at: now, said: Said::Question { text } }
    }

    /// An answer to this turn that has begun.
    #[must_use]
    pub fn answered(&self, now: Timestamp) -> Self {
        Self {
            id: TurnId::following(Some(self.id), now),
            parent: Some(self.id),
            created_at: now,
            said: Said::Answer(Box::default()),
            ..*self
        }
    }

    /// The same with an answer's end.
    #[must_use]
    pub fn settled(self, answer: TurnAnswer) -> Self {
        Self { said: Said::Answer(Box::new(answer)), ..self }
    }

    /// The answer, if it is one.
    pub fn answer(&self) -> Option<&TurnAnswer> {
        match &self.said {
            Said::Answer(answer) => Some(answer),
            Said::Question { .. } => None,
        }
    }

    /// Whether it is a question.
    pub fn is_question(&self) -> bool {
        matches!(self.said, Said::Question { .. })
    }

    /// As it looks at a time: an answer that is still pending after [`Self::PENDING_FOR`] was interrupted.
    #[must_use]
    pub fn seen_at(mut self, now: Timestamp) -> Self {
        if let Said::Answer(answer) = &mut self.said
            && now.since(self.created_at) > Self::PENDING_FOR
        {
            answer.give_up();
        }
        self
    }

    /// As it is copied to another conversation: an answer that is pending will be finished in the first one alone, and what it proposes
    /// is decided there.
    #[must_use]
    pub fn copied_to(mut self, conversation: ConversationId) -> Self {
        if let Said::Answer(answer) = &mut self.said {
            answer.give_up();
            for action in answer.actions.iter_mut().filter(|action| action.state == ActionState::Proposed) {
                action.state = ActionState::Declined;
            }
        }
        Self { conversation, ..self }
    }
}

impl TurnAnswer {
    /// Makes a pending answer an interrupted one.
    fn give_up(&mut self) {
        if self.state == AnswerState::Pending {
            self.state = AnswerState::Interrupted;
            self.failure = Some(AnswerFailure::Interrupted);
        }
    }
}

impl TurnId {
    /// A new id, made at `now`, that sorts after that of the turn it follows, even if that one's clock was ahead.
    pub fn following(parent: Option<Self>, now: Timestamp) -> Self {
        let id = Self::new(now);
        match parent {
            Some(parent) if id <= parent => {
                let millis = i64::try_from(parent.as_uuid().as_u128() >> 80).unwrap_or(i64::MAX);
                Timestamp::from_millis(millis.saturating_add(1)).map_or(id, Self::new)
            }
            _ => id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TurnAction;
    use serde_json::json;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000 + seconds * 1_000).unwrap()
    }

    fn question(parent: Option<TurnId>, now: Timestamp) -> Turn {
        let text = TurnText::parse("When?").unwrap();
        Turn::question(ConversationId::new(at(0)), UserId::new(at(0)), parent, text, now)
    }

    #[test]
    fn a_turn_sorts_after_what_it_follows_whatever_the_clocks_say() {
        let ahead = question(None, at(60));
        let answer = ahead.answered(at(0));
        let next = question(Some(answer.id), at(0));
        assert!(ahead.id < answer.id && answer.id < next.id);
        assert_eq!((answer.parent, answer.created_at), (Some(ahead.id), at(0)));
        let in_time = question(Some(next.id), at(120));
        assert_eq!(in_time.id.as_uuid().as_u128() >> 80, at(120).as_millis() as u128);
    }

    #[test]
    fn an_answer_that_nobody_finishes_is_seen_as_interrupted() {
        let pending = question(None, at(0)).answered(at(0));
        assert_eq!(pending.clone().seen_at(at(15 * 60)), pending);
        let seen = pending.clone().seen_at(at(15 * 60 + 1));
        let answer = seen.answer().unwrap();
        assert_eq!(
            (answer.state, answer.failure),
            (AnswerState::Interrupted, Some(AnswerFailure::Interrupted))
        );
        let complete = TurnAnswer { state: AnswerState::Complete, ..TurnAnswer::default() };
        let complete = pending.settled(complete);
        assert_eq!(complete.clone().seen_at(at(1_000_000)), complete);
        let asked = question(None, at(0));
        assert_eq!(asked.clone().seen_at(at(1_000_000)), asked);
    }

    #[test]
    fn a_copy_has_nothing_left_to_decide_or_to_wait_for() {
        let action = |state| TurnAction {
            id: "1".to_owned(),
            tool: "createMemory".to_owned(),
            arguments: json!({"title": "x"}),
            state,
            outcome: None,
        };
        let states = [ActionState::Proposed, ActionState::Done, ActionState::Failed];
        let answer = TurnAnswer {
            state: AnswerState::Complete,
            actions: states.map(action).to_vec(),
            ..TurnAnswer::default()
        };
        let there = ConversationId::new(at(9));
        let copy = question(None, at(0)).answered(at(0)).settled(answer).copied_to(there);
        let copied: Vec<_> = copy.answer().unwrap().actions.iter().map(|action| action.state).collect();
        assert_eq!(copied, [ActionState::Declined, ActionState::Done, ActionState::Failed]);
        assert_eq!(copy.conversation, there);
        let pending = question(None, at(0)).answered(at(0)).copied_to(there);
        assert_eq!(pending.answer().unwrap().state, AnswerState::Interrupted);
    }
}
