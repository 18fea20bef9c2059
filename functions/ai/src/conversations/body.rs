//! A conversation and its turns, as clients see them.

use app_domain::{AnswerFailure, Conversation, Said, Turn};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::chat::{ActionBody, CitationBody};

/// A conversation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConversationBody {
    /// Its id.
    pub(crate) id: Uuid,
    /// What it is called: at first, the beginning of its first question.
    title: String,
    /// The one memory that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    memory_id: Option<Uuid>,
    /// The last message of the branch that is looked at: what comes next follows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    current_message_id: Option<Uuid>,
    /// How many messages there are, on all branches.
    message_count: u64,
    /// What it was copied from, which may be gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    forked_from: Option<ForkedFrom>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    /// When something was last said in it, or it was renamed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: String,
}

/// Where a conversation was copied from.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ForkedFrom {
    conversation_id: Uuid,
    message_id: Uuid,
}

/// The answer that holds one conversation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneConversation {
    pub(crate) conversation: ConversationBody,
}

/// Something said in a conversation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TurnBody {
    /// Its id. Ids sort by time.
    id: Uuid,
    /// The message that it follows; several that follow the same one are branches.
    parent_id: Option<Uuid>,
    /// `user` or `memo`.
    #[schema(example = "memo")]
    role: &'static str,
    /// What was said.
    text: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    /// Of an answer: how it was made and what it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<AnswerBody>,
}

/// What is known of an answer besides its words.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AnswerBody {
    /// `pending`, `complete`, `interrupted` or `failed`.
    #[schema(example = "complete")]
    status: &'static str,
    /// Why there is no more of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "unavailable")]
    failure: Option<AnswerFailure>,
    citations: Vec<CitationBody>,
    confidence: f32,
    suggestions: Vec<String>,
    actions: Vec<ActionBody>,
    model: String,
    tokens_used: u64,
    /// Milliseconds.
    processing_time: u64,
}

impl From<Conversation> for ConversationBody {
    fn from(conversation: Conversation) -> Self {
        Self {
            id: conversation.id.as_uuid(),
            title: conversation.title.as_str().to_owned(),
            memory_id: conversation.focus.map(|id| id.as_uuid()),
            current_message_id: conversation.leaf.map(|id| id.as_uuid()),
            message_count: conversation.turns,
            forked_from: conversation.forked_from.map(|from| ForkedFrom {
                conversation_id: from.conversation.as_uuid(),
                message_id: from.turn.as_uuid(),
            }),
            created_at: conversation.created_at.to_string(),
            updated_at: conversation.updated_at.to_string(),
        }
    }
}

impl From<Conversation> for OneConversation {
    fn from(conversation: Conversation) -> Self {
        Self { conversation: conversation.into() }
    }
}

impl From<Turn> for TurnBody {
    fn from(turn: Turn) -> Self {
        let (role, text, answer) = match turn.said {
            Said::Question { text } => ("user", text.as_str().to_owned(), None),
            Said::Answer(answer) => {
                let body = AnswerBody {
                    status: answer.state.as_str(),
                    failure: answer.failure,
                    citations: answer.citations.into_iter().map(CitationBody::from).collect(),
                    confidence: answer.confidence,
                    suggestions: answer.suggestions,
                    actions: answer.actions.into_iter().map(ActionBody::from).collect(),
                    model: answer.model,
                    tokens_used: answer.usage.total(),
                    processing_time: answer.milliseconds,
                };
                ("memo", answer.text, Some(body))
            }
        };
        Self {
            id: turn.id.as_uuid(),
            parent_id: turn.parent.map(|id| id.as_uuid()),
            role,
            text,
            created_at: turn.created_at.to_string(),
            answer,
        }
    }
}
