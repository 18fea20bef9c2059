//! Using the tools that a model asks for. What comes of it is told to the model as data, memories between the same marks as before.

use app_ai::ToolCall;
use app_domain::{ActionState, TurnAction};
use serde_json::{Value, json};

use crate::deed::{Deed, DeedError};
use crate::opening::{DOCUMENT_TOKENS, MATERIAL_TOKENS};
use crate::retrieval::{document, gather};
use crate::speech::Speech;
use crate::steps::Step;
use crate::stop::Stop;
use crate::tools::{self, Wish};

/// What memories that are looked up may take of what a model reads, in tokens.
const LOOKED_UP_TOKENS: u32 = 4_000;
/// The longest list of categories that a model is given.
const MAX_CATEGORIES: usize = 100;

impl Speech<'_> {
    /// Does what the model asks for, so far as the person may, and says what to tell the model.
    pub(crate) async fn used(&mut self, call: &ToolCall) -> Result<String, Stop> {
        // The model may only use what it was offered, and that is what the person may do.
        if !tools::offered(&self.brief.asker.permissions).iter().any(|tool| tool.name == call.name) {
            return Ok("There is no such tool.".to_owned());
        }
        let call = ToolCall { arguments: self.restored(&call.arguments), ..call.clone() };
        let wish = match tools::understood(&call, &self.material, self.memo.now()) {
            Ok(wish) => wish,
            Err(wrong) => return Ok(wrong),
        };
        if !matches!(wish, Wish::Deed(_)) {
            self.brief.tell(Step::LookUp(call.name.clone())).await?;
        }
        match wish {
            Wish::Search(query) => self.search(&query).await,
            Wish::Read(memory) => {
                let found = self.memo.memories.get(self.brief.asker.user, memory).await?;
                let found = found.filter(|memory| self.brief.may_show(memory));
                let (documents, room) = (found.iter().map(document).collect(), self.room());
                Ok(self.shown(documents, room, MATERIAL_TOKENS))
            }
            Wish::Categories => self.categories().await,
            Wish::Deed(deed) => {
                // What is saved is shown to models later, as if the person had given it.
                let deed = deed.with_words(|words| self.without_strange_links(words));
                self.act(&call.name, deed).await
            }
        }
    }

    async fn search(&mut self, query: &str) -> Result<String, Stop> {
        let brief = self.brief;
        let shows = |memory: &_| brief.may_show(memory);
        let found = gather(&self.memo.finder, brief.asker.user, query, shows, brief.now).await?;
        let room = LOOKED_UP_TOKENS.min(self.room());
        Ok(self.shown(found.documents, room, DOCUMENT_TOKENS))
    }

    async fn categories(&mut self) -> Result<String, Stop> {
        let categories = self.memo.categories.all(self.brief.asker.user).await?;
        let room = self.room();
        let mut listed: Vec<Value> = categories
            .iter()
            .take(MAX_CATEGORIES)
            .map(|category| json!({"id": category.id, "name": category.name.as_str()}))
            .collect();
        while !listed.is_empty() && self.model.tokens(&json!(listed).to_string()) > room {
            listed.truncate(listed.len() / 2);
        }
        Ok(self.fenced(&json!(listed).to_string()))
    }

    /// Proposes a change, or makes it if the person wants not to be asked.
    async fn act(&mut self, tool: &str, deed: Deed) -> Result<String, Stop> {
        let asker = self.brief.asker;
        if !asker.permissions.contains(&deed.permission()) {
            return Ok("The person may not do this.".to_owned());
        }
        let action = |state, outcome| TurnAction {
            id: format!("action-{}", self.answer.actions.len() + 1),
            tool: tool.to_owned(),
            arguments: json!(deed),
            state,
            outcome,
        };
        if let Err(error) = deed.check(asker, self.memo.now()) {
            return told(&error);
        }
        if self.brief.settings.confirm_writes || self.brief.conversation.is_none() {
            let proposed = action(ActionState::Proposed, None);
            self.note(proposed).await?;
            return Ok(
                "It is proposed to the person, who has to confirm it first. It is not done yet.".to_owned()
            );
        }
        let done = deed.perform(self.memo, asker).await;
        let (state, outcome, said) = match done {
            Ok(outcome) => (ActionState::Done, Some(outcome), Ok("It is done.".to_owned())),
            Err(error) => (ActionState::Failed, Some(json!({"reason": error.to_string()})), told(&error)),
        };
        let action = action(state, outcome);
        self.note(action).await?;
        said
    }
}

/// What a model is told of what was not done.
fn told(error: &DeedError) -> Result<String, Stop> {
    match error {
        DeedError::Refused(reason) => Ok(format!("It was not done: {reason}.")),
        DeedError::Store(_) => Ok("It was not done: the service did not answer.".to_owned()),
    }
}
