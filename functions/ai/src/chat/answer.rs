//! What Memo says, as clients see it.

use std::time::Duration;

use app_domain::{
    ActionState, AnswerFailure, AnswerState, Cited, Invalid, Timestamp, TurnAction, TurnAnswer,
};
use app_http::{ApiError, FieldErrors};
use app_memo::{AskError, Ended};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// What Memo says.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChatReply {
    /// The answer, as plain text or Markdown. `[1]` names the first citation, if the model puts numbers there.
    response: String,
    /// The memories that it rests on, the most important first.
    citations: Vec<CitationBody>,
    /// How likely this is what was asked for, 0–1; 0 if nothing was found.
    confidence: f32,
    /// Questions to ask next.
    suggestions: Vec<String>,
    /// What Memo did, or proposes to do.
    actions: Vec<ActionBody>,
    /// `complete`, or `interrupted` if it ended before its time.
    #[schema(example = "complete")]
    status: &'static str,
    /// Why it ended before its time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "unavailable")]
    failure: Option<AnswerFailure>,
    /// The conversation.
    conversation_id: Uuid,
    /// The question in it.
    question_id: Option<Uuid>,
    /// The answer in it.
    message_id: Uuid,
    /// How the answer was made.
    metadata: AnswerMetadata,
}

/// A memory that an answer rests on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CitationBody {
    /// The memory.
    memory_id: Uuid,
    /// Its title.
    title: String,
    /// The words that the answer rests on.
    quote: String,
}

/// Something that Memo did, or proposes to do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ActionBody {
    /// Its id within the answer.
    id: String,
    /// The tool: `create_memory`, `update_memory` or `set_reminder`.
    #[schema(example = "create_memory")]
    tool: String,
    /// What it is told.
    #[schema(value_type = Map<String, Value>)]
    arguments: Value,
    /// `proposed`, `done`, `declined` or `failed`.
    #[schema(value_type = String, example = "proposed")]
    status: ActionState,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Map<String, Value>>)]
    outcome: Option<Value>,
}

/// How an answer was made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AnswerMetadata {
    /// Tokens read and written, in the model's own measure.
    tokens_used: u64,
    /// Milliseconds.
    processing_time: u64,
    /// The model that answered.
    #[schema(example = "built-in")]
    model: String,
    /// How many memories, messages and files were searched.
    memories_considered: u64,
}

impl ChatReply {
    /// An answer that came to an end, unless nothing of it came.
    pub(crate) fn of(ended: &Ended) -> Result<Self, ApiError> {
        let Some(answer) = ended.turn.answer() else {
            return Err(no_answer(AnswerFailure::Unavailable, None));
        };
        if answer.state == AnswerState::Failed {
            return Err(failed(ended, answer));
        }
        Ok(Self {
            response: answer.text.clone(),
            citations: answer.citations.iter().cloned().map(CitationBody::from).collect(),
            confidence: answer.confidence,
            suggestions: answer.suggestions.clone(),
            actions: answer.actions.iter().cloned().map(ActionBody::from).collect(),
            status: answer.state.as_str(),
            failure: answer.failure,
            conversation_id: ended.turn.conversation.as_uuid(),
            question_id: ended.turn.parent.map(|id| id.as_uuid()),
            message_id: ended.turn.id.as_uuid(),
            metadata: AnswerMetadata {
                tokens_used: answer.usage.total(),
                processing_time: answer.milliseconds,
                model: answer.model.clone(),
                memories_considered: ended.searched,
            },
        })
    }
}

impl From<Cited> for CitationBody {
    fn from(cited: Cited) -> Self {
        Self { memory_id: cited.memory.as_uuid(), title: cited.title, quote: cited.quote }
    }
}

impl From<TurnAction> for ActionBody {
    fn from(action: TurnAction) -> Self {
        let TurnAction { id, tool, arguments, state, outcome } = action;
        Self { id, tool, arguments, status: state, outcome }
    }
}

fn failed(ended: &Ended, answer: &TurnAnswer) -> ApiError {
    no_answer(answer.failure.unwrap_or(AnswerFailure::Unavailable), ended.resets_at)
}

/// Why there is no answer.
pub(crate) fn no_answer(failure: AnswerFailure, resets_at: Option<Timestamp>) -> ApiError {
    match failure {
        AnswerFailure::Unavailable | AnswerFailure::Interrupted => ApiError::model_unavailable(),
        AnswerFailure::Throttled => ApiError::model_throttled(),
        AnswerFailure::Budget => {
            let wait = resets_at.map_or(Duration::ZERO, |resets_at| resets_at.since(app_runtime::now()));
            ApiError::budget_used_up(wait)
        }
        AnswerFailure::Rejected => ApiError::unprocessable(
            "ModelRejected",
            "The model does not take this. Say it in another way, or ask another model.",
        ),
        AnswerFailure::Refused => ApiError::unprocessable(
            "ModelRefused",
            "The model does not want to answer this. Ask in another way, or ask another model.",
        ),
        AnswerFailure::TooLong => ApiError::unprocessable(
            "TooLong",
            "This is more than the model can read. Ask for less, or in a new conversation.",
        ),
    }
}

/// Why a question was not taken.
pub(crate) fn failure_error(error: AskError) -> ApiError {
    match error {
        AskError::NoConversation => ApiError::not_found("conversation"),
        AskError::NoTurn => ApiError::not_found("message"),
        AskError::NoMemory => ApiError::not_found("memory"),
        AskError::Sealed => {
            ApiError::unprocessable("SealedMemory", "This memory is sealed: it is never shown to Memo.")
        }
        AskError::NoModel => {
            FieldErrors::one("model", &Invalid::new("must be one of the models of GET /ai/models")).into()
        }
        AskError::Excluded => {
            let message = "Your settings keep this from models of others. Ask the built-in model.";
            ApiError::unprocessable("ModelExcluded", message)
        }
        AskError::Model(error) => ApiError::unavailable(error),
        AskError::Store(error) => error.into(),
    }
}
