//! What Memo says in a turn, and how much of it is kept: a turn is one item of the table, which takes 400 KB.

use serde::{Deserialize, Serialize};

use crate::turn_action::{TurnAction, fit};
use crate::{MemoryId, Turn};

/// An answer of Memo's, finished or not.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TurnAnswer {
    /// How far it has come.
    pub state: AnswerState,
    /// The words.
    pub text: String,
    /// The memories that it rests on, the most important first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<Cited>,
    /// How likely it is to be what was asked for, from 0 to 1.
    pub confidence: f32,
    /// Questions that the person may want to ask next.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<String>,
    /// The name of the model that gave it.
    pub model: String,
    /// What it cost.
    pub usage: TokenUsage,
    /// How long it took.
    pub milliseconds: u64,
    /// What Memo did for it, or would do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<TurnAction>,
    /// Why there is no more of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<AnswerFailure>,
}

/// How far an answer has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AnswerState {
    /// It is on its way.
    #[default]
    Pending,
    /// It is all there.
    Complete,
    /// It ended before its time; what had come of it is there.
    Interrupted,
    /// It could not be given.
    Failed,
}

impl AnswerState {
    /// Its name, in the table and for clients.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Complete => "complete",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
        }
    }
}

/// Why an answer could not be given, or ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AnswerFailure {
    /// The model could not be reached.
    Unavailable,
    /// The model asks to slow down.
    Throttled,
    /// The model does not take such a request.
    Rejected,
    /// There was more to read than the model can.
    TooLong,
    /// The model does not want to answer.
    Refused,
    /// The person has used up what there is for a time.
    Budget,
    /// Whoever worked on it stopped, or was stopped.
    Interrupted,
}

/// A memory that an answer rests on, as it was then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cited {
    /// The memory.
    pub memory: MemoryId,
    /// What it was called.
    pub title: String,
    /// The words that the answer rests on.
    pub quote: String,
}

/// Tokens, in the model's own measure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenUsage {
    /// Read.
    pub prompt: u32,
    /// Written.
    pub completion: u32,
}

impl TurnAnswer {
    /// The longest text: 64 KiB.
    pub const MAX_TEXT_BYTES: usize = 64 * 1024;
    /// The most memories that one rests on.
    pub const MAX_CITATIONS: usize = 32;
    /// The most characters of a quote.
    pub const MAX_QUOTE_CHARACTERS: usize = 500;
    /// The most questions that one suggests.
    pub const MAX_SUGGESTIONS: usize = 5;
    /// The most things done or proposed.
    pub const MAX_ACTIONS: usize = 16;
    /// The longest answer, when written as JSON: 320 KiB. What an item holds besides is far below the rest.
    pub const MAX_JSON_BYTES: usize = 320 * 1024;

    const MAX_TITLE_CHARACTERS: usize = 200;
    const MAX_SUGGESTION_CHARACTERS: usize = 300;
    const MAX_NAME_CHARACTERS: usize = 100;

    /// The same, as much of it as is kept. Texts are cut between characters; an action whose arguments do not fit is kept without them,
    /// and fails, because it would do something else. What is bounded once stays as it is.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        self.text = without_controls(&self.text);
        self.text.truncate(self.text.floor_char_boundary(Self::MAX_TEXT_BYTES));
        self.citations.truncate(Self::MAX_CITATIONS);
        for cited in &mut self.citations {
            cited.title = shortened(&cited.title, Self::MAX_TITLE_CHARACTERS);
            cited.quote = shortened(&cited.quote, Self::MAX_QUOTE_CHARACTERS);
        }
        // What is no number cannot be written as JSON.
        self.confidence = if self.confidence.is_nan() { 0.0 } else { self.confidence.clamp(0.0, 1.0) };
        self.suggestions.truncate(Self::MAX_SUGGESTIONS);
        for suggestion in &mut self.suggestions {
            *suggestion = shortened(suggestion, Self::MAX_SUGGESTION_CHARACTERS);
        }
        self.model = shortened(&self.model, Self::MAX_NAME_CHARACTERS);
        let mut actions = std::mem::take(&mut self.actions);
        actions.truncate(Self::MAX_ACTIONS);
        for action in &mut actions {
            action.id = shortened(&action.id, Self::MAX_NAME_CHARACTERS);
            action.tool = shortened(&action.tool, Self::MAX_NAME_CHARACTERS);
        }
        let used = serde_json::to_vec(&self).map_or(Self::MAX_JSON_BYTES, |written| written.len());
        self.actions = fit(actions, Self::MAX_JSON_BYTES.saturating_sub(used));
        self
    }

    /// Whether it proposes something that nobody has decided on.
    pub fn has_proposals(&self) -> bool {
        self.actions.iter().any(|action| action.state == crate::ActionState::Proposed)
    }
}

impl Turn {
    /// The same, as much of it as is kept.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        if let crate::Said::Answer(answer) = &mut self.said {
            **answer = std::mem::take(&mut **answer).bounded();
        }
        self
    }
}

/// A text without control characters other than the white space of prose, and not longer than that.
pub(crate) fn shortened(text: &str, max_characters: usize) -> String {
    without_controls(text).chars().take(max_characters).collect()
}

/// Written as JSON, a control character is six bytes long.
fn without_controls(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ActionState;
    use serde_json::{Value, json};

    fn action(id: &str, arguments: Value) -> TurnAction {
        TurnAction {
            id: id.to_owned(),
            tool: "createMemory".to_owned(),
            arguments,
            state: ActionState::Proposed,
            outcome: None,
        }
    }

    fn answer() -> TurnAnswer {
        let memory = MemoryId::from(uuid::Uuid::from_u128(7));
        TurnAnswer {
            state: AnswerState::Complete,
            text: "On Friday.\n\tAt three.".to_owned(),
            citations: vec![Cited { memory, title: "Dentist".to_owned(), quote: "Friday at 3".to_owned() }],
            confidence: 0.9,
            suggestions: vec!["Where?".to_owned()],
            model: "built-in".to_owned(),
            usage: TokenUsage { prompt: 10, completion: 4 },
            milliseconds: 12,
            actions: vec![action("1", json!({"title": "x"}))],
            failure: None,
        }
    }

    #[test]
    fn what_is_small_stays_as_it_is_and_is_read_as_it_is_written() {
        assert_eq!(answer().bounded(), answer());
        let written = serde_json::to_string(&answer()).unwrap();
        assert_eq!(serde_json::from_str::<TurnAnswer>(&written).unwrap(), answer());
    }

    #[test]
    fn the_largest_answer_fits_an_item_and_can_be_read_again() {
        let cited = Cited {
            title: "\"".repeat(9_000),
            quote: "🦀\u{1}".repeat(9_000),
            ..answer().citations.remove(0)
        };
        let large = json!({"text": "\"".repeat(8_000)});
        let huge = TurnAnswer {
            text: format!("a{}", "\\é\u{0}\"".repeat(200_000)),
            citations: vec![cited; 100],
            confidence: f32::NAN,
            suggestions: vec!["🦀".repeat(9_000); 100],
            model: "m".repeat(9_000),
            actions: vec![TurnAction { outcome: Some(large.clone()), ..action("call", large.clone()) }; 100],
            ..answer()
        }
        .bounded();
        assert!(huge.text.len() <= 64 * 1024 && huge.text.len() > 64 * 1024 - 4);
        assert_eq!((huge.citations.len(), huge.suggestions.len(), huge.actions.len()), (32, 5, 16));
        assert_eq!(huge.citations[0].quote, "🦀".repeat(500));
        assert_eq!(huge.confidence, 0.0);
        let written = serde_json::to_vec(&huge).unwrap();
        assert!((300_000..=TurnAnswer::MAX_JSON_BYTES).contains(&written.len()), "{}", written.len());
        assert_eq!(serde_json::from_slice::<TurnAnswer>(&written).unwrap(), huge);
        assert_eq!(huge.clone().bounded(), huge);
    }

    #[test]
    fn a_certainty_is_between_nothing_and_all() {
        for (told, kept) in [(-1.0, 0.0), (2.0, 1.0), (f32::INFINITY, 1.0), (0.5, 0.5)] {
            assert_eq!(TurnAnswer { confidence: told, ..answer() }.bounded().confidence, kept);
        }
    }
}
