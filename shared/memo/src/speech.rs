//! An answer by a model on a server, in the making: what it has said so far, and what was told of that.

use std::sync::Arc;

use app_ai::{ChatModel, ChatTurn, Tool};
use app_domain::{AnswerState, Cited, Turn, TurnAction, TurnAnswer};

use crate::Memo;
use crate::brief::Brief;
use crate::grounding::{grounding, quote};
use crate::links::without_strange_links;
use crate::material::Material;
use crate::outgoing::{Known, Outgoing};
use crate::prompt::Fence;
use crate::redaction::Redaction;
use crate::steps::Step;
use crate::stop::Stop;

/// How many citations are kept: as many as a turn can have.
const MAX_CITATIONS: usize = TurnAnswer::MAX_CITATIONS;

/// An answer in the making.
pub(crate) struct Speech<'a> {
    pub(crate) memo: &'a Memo,
    pub(crate) model: Arc<dyn ChatModel>,
    pub(crate) brief: &'a Brief<'a>,
    pub(crate) material: Material,
    pub(crate) answer: TurnAnswer,
    pub(crate) fence: Fence,
    pub(crate) redaction: Redaction,
    /// All that the model was shown, as it is and not as it was hidden: links come from there.
    pub(crate) shown: Vec<String>,
    pub(crate) turns: Vec<ChatTurn>,
    pub(crate) tools: Vec<Tool>,
    pub(crate) outgoing: Outgoing,
    pub(crate) told_citations: usize,
    pub(crate) calls: usize,
}

impl Speech<'_> {
    /// Speaks until all is said.
    pub(crate) async fn run(mut self) -> (TurnAnswer, Option<Stop>) {
        let stopped = self.rounds().await.err();
        let cited = self.answer.citations.iter().map(|cited| cited.memory);
        let cited: Vec<_> = cited.collect();
        let documents = self.material.documents();
        let texts =
            documents.iter().filter(|document| cited.contains(&document.id)).map(|it| it.text.as_str());
        self.answer.confidence = grounding(&self.answer.text, texts);
        self.answer.suggestions = crate::built_in::suggestions(documents, &cited);
        (self.answer, stopped)
    }

    /// The arguments of a tool, with what was hidden in them, as JSON writes it.
    pub(crate) fn restored(&self, arguments: &str) -> String {
        self.redaction.restore_json(arguments)
    }

    /// Words of the model for the person to keep, without links that nobody gave.
    pub(crate) fn without_strange_links(&self, words: &str) -> String {
        let shown: Vec<&str> = self.shown.iter().map(String::as_str).collect();
        without_strange_links(words, &shown)
    }

    /// A text as material.
    pub(crate) fn fenced(&self, text: &str) -> String {
        self.fence.around_text(text)
    }

    pub(crate) fn let_go(&mut self, words: impl FnOnce(&mut Outgoing, &Known<'_>) -> String) -> String {
        let shown: Vec<&str> = self.shown.iter().map(String::as_str).collect();
        let known =
            Known { documents: self.material.documents().len(), shown: &shown, redaction: &self.redaction };
        words(&mut self.outgoing, &known)
    }

    /// Adds words to the answer and tells them, and what they rest on: what is told is what is kept.
    pub(crate) async fn say(&mut self, mut words: String) -> Result<(), Stop> {
        words.retain(|c| !c.is_control() || matches!(c, '\n' | '\t'));
        let room = TurnAnswer::MAX_TEXT_BYTES.saturating_sub(self.answer.text.len());
        words.truncate(words.floor_char_boundary(room));
        if words.is_empty() {
            return Ok(());
        }
        self.answer.text.push_str(&words);
        let told = self.brief.tell(Step::Words(words)).await;
        let cited: Vec<usize> = self.outgoing.cited().skip(self.told_citations).collect();
        for at in cited {
            self.told_citations += 1;
            let document = &self.material.documents()[at];
            let quote = quote(&self.brief.question, &self.answer.text, &document.text);
            let cited = Cited { memory: document.id, title: document.title.clone(), quote };
            if self.answer.citations.len() < MAX_CITATIONS {
                self.answer.citations.push(cited);
                self.answer = std::mem::take(&mut self.answer).bounded();
                let number = self.answer.citations.len();
                let kept = self.answer.citations[number - 1].clone();
                self.brief.tell(Step::Cited(number, kept)).await?;
            }
        }
        told
    }

    /// Adds what was done or is proposed, and tells it.
    pub(crate) async fn note(&mut self, action: TurnAction) -> Result<(), Stop> {
        self.answer.actions.push(action.clone());
        self.brief.tell(Step::Action(action)).await
    }
}

/// The end of an answer, as it is kept.
pub(crate) fn ended(mut answer: TurnAnswer, stopped: Option<&Stop>) -> TurnAnswer {
    answer.failure = stopped.map(Stop::failure);
    answer.state = match stopped {
        None => AnswerState::Complete,
        Some(_) if answer.text.is_empty() && answer.actions.is_empty() => AnswerState::Failed,
        Some(_) => AnswerState::Interrupted,
    };
    answer.bounded()
}

/// What somebody has said and heard so far, the oldest first.
pub(crate) type Earlier = Vec<Turn>;
