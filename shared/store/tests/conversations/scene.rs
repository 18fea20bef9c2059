//! What a person does, on the table and in the model, with the same end.

use std::collections::BTreeMap;

use app_domain::{
    ActionState, AnswerState, Conversation, ConversationId, ConversationTitle, Timestamp, Turn, TurnId,
    UserId,
};
use app_store::ConversationError;
use proptest::sample::Index;

use crate::model::{Known, Model, Step};
use crate::stage::{Stage, action, complete, proposing, question};

/// What went wrong; nothing if it went well.
pub(crate) fn failure<T>(outcome: &Result<T, ConversationError>) -> Option<&'static str> {
    outcome.as_ref().err().map(|error| match error {
        ConversationError::Missing => "missing",
        ConversationError::NoTurn => "no turn",
        ConversationError::NoParent => "no parent",
        ConversationError::NoAction => "no action",
        ConversationError::AlreadyDecided => "decided",
        ConversationError::TooLong => "too long",
        ConversationError::Store(_) => "store",
    })
}

/// One of the people, in the middle of a sequence.
pub(crate) struct Scene<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) model: &'a mut Model,
    pub(crate) owner: UserId,
    pub(crate) now: Timestamp,
}

impl Scene<'_> {
    fn known(&mut self, id: ConversationId) -> Option<&mut Known> {
        self.model.there.get_mut(&(self.owner, id))
    }

    /// A conversation by that id that the person would like to have.
    fn wished(&self, id: ConversationId) -> Conversation {
        let title = ConversationTitle::of_any(&format!("title at {}", self.now));
        Conversation { id, ..Conversation::new(self.owner, title, None, self.now) }
    }

    fn text(&self) -> String {
        format!("text {}", self.model.turns.len())
    }

    async fn begin(&mut self) {
        let wished = self.wished(ConversationId::new(self.now));
        let asked = question(&wished, None, &self.text(), self.now);
        let answer = asked.answered(self.now);
        let begun = self.stage.conversations.begin(&wished, &asked, &answer).await.unwrap();
        self.model.ever.push(wished.id);
        self.model.turns.extend([asked.id, answer.id]);
        let mut known = Known { header: wished, turns: BTreeMap::new() };
        known.said([asked, answer], self.now);
        assert_eq!(begun, known.header);
        self.model.there.insert((self.owner, begun.id), known);
    }

    async fn ask(&mut self, id: ConversationId, parent: Option<TurnId>) {
        let asked = question(&self.wished(id), parent, &self.text(), self.now);
        let answer = asked.answered(self.now);
        let (owner, now) = (self.owner, self.now);
        let outcome = self.stage.conversations.ask(owner, id, Some(&asked), &answer, now).await;
        let expected = match self.known(id) {
            None => Some("missing"),
            Some(known) if parent.is_some_and(|parent| !known.turns.contains_key(&parent)) => {
                Some("no parent")
            }
            Some(known) => {
                known.said([asked.clone(), answer.clone()], now);
                self.model.turns.extend([asked.id, answer.id]);
                None
            }
        };
        assert_eq!(failure(&outcome), expected);
    }

    async fn regenerate(&mut self, id: ConversationId, asked: TurnId) {
        let wished = question(&self.wished(id), Some(asked), "x", self.now);
        let answer = Turn { parent: Some(asked), ..wished.answered(self.now) };
        let (owner, now) = (self.owner, self.now);
        let outcome = self.stage.conversations.ask(owner, id, None, &answer, now).await;
        let expected = match self.known(id) {
            None => Some("missing"),
            Some(known) if !known.turns.get(&asked).is_some_and(Turn::is_question) => Some("no parent"),
            Some(known) => {
                known.said([answer.clone()], now);
                self.model.turns.push(answer.id);
                None
            }
        };
        assert_eq!(failure(&outcome), expected);
    }

    async fn settle(&mut self, id: ConversationId, turn: TurnId, proposes: bool) {
        let text = format!("settled at {}", self.now);
        let ended = if proposes { proposing(&text, 1) } else { complete(&text) };
        let wished = question(&self.wished(id), None, "x", self.now);
        let answer = Turn { id: turn, ..wished.settled(ended.clone()) };
        let settled = self.stage.conversations.settle(&answer).await.unwrap();
        let is_pending =
            |turn: &&mut Turn| turn.answer().is_some_and(|answer| answer.state == AnswerState::Pending);
        let known = self.known(id).and_then(|known| known.turns.get_mut(&turn)).filter(is_pending);
        assert_eq!(settled, known.is_some());
        if let Some(known) = known {
            *known = known.clone().settled(ended);
        }
    }

    async fn decide(&mut self, id: ConversationId, turn: TurnId) {
        let done = action("0", ActionState::Done);
        let from = ActionState::Proposed;
        let outcome = self.stage.conversations.act(self.owner, id, turn, "0", from, &done).await;
        let expected = match self.known(id).map(|known| known.turns.get_mut(&turn)) {
            None => Some("missing"),
            Some(None) => Some("no turn"),
            Some(Some(known)) => {
                let mut answer = known.answer().cloned().unwrap_or_default();
                match answer.actions.first_mut() {
                    None => Some("no action"),
                    Some(action) if action.state != from => Some("decided"),
                    Some(action) => {
                        *action = done;
                        *known = known.clone().settled(answer);
                        None
                    }
                }
            }
        };
        assert_eq!(failure(&outcome), expected);
    }

    async fn go_to(&mut self, id: ConversationId, turn: TurnId) {
        let outcome = self.stage.conversations.go_to(self.owner, id, turn).await;
        let expected = match self.known(id) {
            None => Some("missing"),
            Some(known) if !known.turns.contains_key(&turn) => Some("no turn"),
            Some(known) => {
                known.header.leaf = Some(turn);
                None
            }
        };
        assert_eq!(failure(&outcome), expected);
    }

    async fn fork(&mut self, id: ConversationId, turn: TurnId) {
        let copy = self.wished(id).forked(turn, self.now);
        let outcome = self.stage.conversations.fork(self.owner, id, turn, copy.clone()).await;
        let path = self.known(id).map(|known| known.path(turn));
        let expected = match path {
            None => Some("missing"),
            Some(path) if path.is_empty() => Some("no turn"),
            Some(path) => {
                let (now, id) = (self.now, copy.id);
                let mut known = Known { header: copy, turns: BTreeMap::new() };
                known.said(path.into_iter().map(|turn| turn.copied_to(id)), now);
                assert_eq!(outcome.as_ref().unwrap(), &known.header);
                self.model.ever.push(id);
                self.model.there.insert((self.owner, id), known);
                None
            }
        };
        assert_eq!(failure(&outcome), expected);
    }

    async fn rename(&mut self, id: ConversationId) {
        let (title, now) = (self.wished(id).title, self.now);
        let outcome = self.stage.conversations.rename(self.owner, id, &title, now).await;
        if let Some(known) = self.known(id) {
            known.header = Conversation { title, updated_at: now, ..known.header.clone() };
            assert_eq!(outcome.unwrap(), known.header);
        } else {
            assert_eq!(failure(&outcome), Some("missing"));
        }
    }

    async fn delete(&mut self, id: ConversationId) {
        let outcome = self.stage.conversations.delete(self.owner, id, self.now).await;
        let was_there = self.model.there.remove(&(self.owner, id)).is_some();
        assert_eq!(failure(&outcome), (!was_there).then_some("missing"));
    }

    pub(crate) async fn take(&mut self, step: &Step) {
        if self.model.ever.is_empty() {
            return self.begin().await;
        }
        let talk = |model: &Model, index: &Index| *index.get(&model.ever);
        let turn = |model: &Model, index: &Index| *index.get(&model.turns);
        match step {
            Step::Begin => self.begin().await,
            Step::Ask(one, parent) => {
                let parent = parent.map(|parent| turn(self.model, &parent));
                self.ask(talk(self.model, one), parent).await;
            }
            Step::AskOn(one) => {
                let id = talk(self.model, one);
                let leaf = self.known(id).and_then(|known| known.header.leaf);
                self.ask(id, leaf).await;
            }
            Step::Regenerate(one, asked) => {
                self.regenerate(talk(self.model, one), turn(self.model, asked)).await;
            }
            Step::Edit(one, edited) => {
                let (id, edited) = (talk(self.model, one), turn(self.model, edited));
                let parent = self.known(id).and_then(|known| known.turns.get(&edited)?.parent);
                self.ask(id, parent).await;
            }
            Step::Settle(one, at, proposes) => {
                self.settle(talk(self.model, one), turn(self.model, at), *proposes).await;
            }
            Step::Decide(one, at) => self.decide(talk(self.model, one), turn(self.model, at)).await,
            Step::GoTo(one, at) => self.go_to(talk(self.model, one), turn(self.model, at)).await,
            Step::Fork(one, at) => self.fork(talk(self.model, one), turn(self.model, at)).await,
            Step::Rename(one) => self.rename(talk(self.model, one)).await,
            Step::Delete(one) => self.delete(talk(self.model, one)).await,
        }
    }
}
