//! A person who talks with Memo.

use app_domain::{
    ActionState, AnswerState, Conversation, ConversationId, ConversationTitle, Timestamp, TokenUsage, Turn,
    TurnAction, TurnAnswer, TurnId, TurnText, UserId,
};
use app_store::{BranchLimits, ConversationError, Conversations, Due, DuePage, DueWork, Table};
use app_testing::vault;
use serde_json::json;

pub(crate) struct Stage {
    pub(crate) conversations: Conversations,
    pub(crate) due: Due,
    pub(crate) owner: UserId,
}

/// All of a branch.
pub(crate) const WHOLE: BranchLimits = BranchLimits { max_turns: 10_000, max_bytes: usize::MAX };

/// So many seconds after the beginning of the tests' time.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + seconds * 1_000).unwrap()
}

/// A question that is not saved yet.
pub(crate) fn question(
    conversation: &Conversation,
    parent: Option<TurnId>,
    text: &str,
    now: Timestamp,
) -> Turn {
    let text = TurnText::parse(text).unwrap();
    Turn::question(conversation.id, conversation.owner, parent, text, now)
}

pub(crate) fn complete(text: &str) -> TurnAnswer {
    TurnAnswer {
        state: AnswerState::Complete,
        text: text.to_owned(),
        confidence: 0.5,
        model: "built-in".to_owned(),
        usage: TokenUsage { prompt: 10, completion: 4 },
        ..TurnAnswer::default()
    }
}

/// An answer that proposes as many actions, named `0` and so on.
pub(crate) fn proposing(text: &str, actions: usize) -> TurnAnswer {
    let actions = (0..actions).map(|n| action(&n.to_string(), ActionState::Proposed)).collect();
    TurnAnswer { actions, ..complete(text) }
}

pub(crate) fn action(id: &str, state: ActionState) -> TurnAction {
    let outcome = (state == ActionState::Done).then(|| json!({"id": 7}));
    let (tool, arguments) = ("createMemory".to_owned(), json!({"title": "Dentist"}));
    TurnAction { id: id.to_owned(), tool, arguments, state, outcome }
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::on(app_testing::table().await)
    }

    pub(crate) fn on(table: Table) -> Self {
        Self {
            conversations: Conversations::new(table.clone(), vault(&table)),
            due: Due::new(table),
            owner: UserId::new(at(0)),
        }
    }

    pub(crate) async fn begin(&self, text: &str) -> Conversation {
        let title = ConversationTitle::of_any(text);
        let conversation = Conversation::new(self.owner, title, None, at(0));
        let question = question(&conversation, None, text, at(0));
        self.conversations.begin(&conversation, &question, &question.answered(at(0))).await.unwrap()
    }

    /// Asks on from a turn. Returns the question and its answer.
    pub(crate) async fn ask(
        &self,
        conversation: &Conversation,
        parent: Option<TurnId>,
        text: &str,
    ) -> (Turn, Turn) {
        let question = question(conversation, parent, text, at(1));
        let answer = question.answered(at(1));
        let asked =
            self.conversations.ask(self.owner, conversation.id, Some(&question), &answer, at(1)).await;
        asked.unwrap();
        (question, answer)
    }

    /// Asks on so many times. Returns the last answer's id.
    pub(crate) async fn talk(&self, conversation: &Conversation, from: TurnId, times: usize) -> TurnId {
        let mut leaf = from;
        for n in 0..times {
            leaf = self.ask(conversation, Some(leaf), &format!("question {n}")).await.1.id;
        }
        leaf
    }

    /// Begins a conversation and settles its first answer.
    pub(crate) async fn answered(&self, answer: TurnAnswer) -> (Conversation, Turn) {
        let conversation = self.begin("question").await;
        let pending = self.turn(&conversation, conversation.leaf.unwrap()).await.unwrap();
        let settled = pending.settled(answer);
        assert!(self.conversations.settle(&settled).await.unwrap());
        (conversation, settled)
    }

    pub(crate) async fn get(&self, id: ConversationId) -> Conversation {
        self.conversations.get(self.owner, id).await.unwrap().unwrap()
    }

    pub(crate) async fn turn(
        &self,
        conversation: &Conversation,
        id: TurnId,
    ) -> Result<Turn, ConversationError> {
        self.conversations.turn(conversation.owner, conversation.id, id, at(1)).await
    }

    /// All turns, the newest first, read in pages of 7.
    pub(crate) async fn turns(&self, conversation: &Conversation) -> Result<Vec<Turn>, ConversationError> {
        let (mut turns, mut after) = (Vec::new(), None);
        loop {
            let (owner, id) = (conversation.owner, conversation.id);
            let (page, next) = self.conversations.turns(owner, id, after, 7, at(1)).await?;
            assert!(next.is_none() || page.len() == 7);
            turns.extend(page);
            after = next;
            if after.is_none() {
                return Ok(turns);
            }
        }
    }

    /// The ids of the branch that ends in a turn.
    pub(crate) async fn path(
        &self,
        conversation: &Conversation,
        leaf: TurnId,
        limits: BranchLimits,
    ) -> Result<Vec<TurnId>, ConversationError> {
        let (owner, id) = (conversation.owner, conversation.id);
        let path = self.conversations.path(owner, id, leaf, limits, at(1)).await?;
        Ok(path.into_iter().map(|turn| turn.id).collect())
    }

    /// What is due on the day of a time.
    pub(crate) async fn due(&self, now: Timestamp) -> DuePage<DueWork> {
        self.due.page(&now.day(), None, 100).await.unwrap()
    }
}
