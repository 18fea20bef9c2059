//! `POST /ai/chat`.

use std::sync::Arc;
use std::time::Instant;

use app_ai::{ChatAnswer, ChatModel, ChatRequest, Citation, Document, ModelError};
use app_domain::{Invalid, Memory, MemoryId, MemoryTitle, Privacy, UserId};
use app_http::{
    AccessAi, ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, FieldErrors, Parse, ValidJson,
};
use app_store::Memories;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// How many of the newest memories Memo looks through, and of how much text. Bounds what one question reads.
const MAX_MEMORIES: usize = 500;
const MAX_BYTES: usize = 2 * 1024 * 1024;
/// The longest question.
const MAX_CHARACTERS: usize = 10_000;

/// A question to Memo.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChatBody {
    /// What to ask: 1–10,000 characters.
    #[schema(min_length = 1, max_length = 10000)]
    message: String,
    /// Answer from this memory alone.
    memory_id: Option<Uuid>,
    /// The model to ask; the configured one unless told.
    #[schema(example = "built-in")]
    model: Option<String>,
}

pub(crate) struct Question {
    text: String,
    memory: Option<MemoryId>,
    model: Option<String>,
}

impl Parse for ChatBody {
    type Parsed = Question;

    fn parse(self) -> Result<Question, FieldErrors> {
        let length = self.message.chars().count();
        if self.message.trim().is_empty() || length > MAX_CHARACTERS {
            let rule = Invalid::new(format!("must be 1 to {MAX_CHARACTERS} characters"));
            return Err(FieldErrors::one("message", &rule));
        }
        Ok(Question { text: self.message, memory: self.memory_id.map(MemoryId::from), model: self.model })
    }
}

/// What Memo says.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChatReply {
    /// The answer, as plain text.
    response: String,
    /// The memories that it rests on, the most important first.
    citations: Vec<CitationBody>,
    /// How likely this is what was asked for, 0–1; 0 if nothing was found.
    confidence: f32,
    /// Questions to ask next.
    suggestions: Vec<String>,
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

/// How an answer was made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AnswerMetadata {
    /// Tokens read and written, in the model's own measure.
    tokens_used: u32,
    /// Milliseconds.
    processing_time: u64,
    /// The model that answered.
    #[schema(example = "built-in")]
    model: String,
    /// How many memories were looked through: the newest ones.
    memories_considered: usize,
}

/// Ask Memo. Answers from the caller's own memories and cites them.
#[utoipa::path(
    post, operation_id = "chat", path = "/ai/chat", tag = "ai", security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    request_body = ChatBody,
    responses(
        (status = 200, description = "The answer.", body = ChatReply),
        (status = 404, description = "There is no memory of that id.", body = app_http::ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn chat(
    State(memories): State<Memories>,
    State(model): State<Arc<dyn ChatModel>>,
    caller: Caller<AccessAi>,
    ValidJson(question): ValidJson<ChatBody>,
) -> Result<Json<ChatReply>, ApiError> {
    let started = Instant::now();
    known_model(&*model, question.model.as_deref())?;
    let found = look_up(&memories, caller.user_id, question.memory).await?;
    let considered = found.len();
    let documents = found.into_iter().map(document).collect();
    let request = ChatRequest { question: question.text, documents, focus: question.memory };
    let answer = model.answer(request).await.map_err(unanswered)?;
    Ok(Json(reply(answer, started, considered)))
}

fn known_model(model: &dyn ChatModel, wanted: Option<&str>) -> Result<(), ApiError> {
    match wanted {
        Some(wanted) if wanted != model.name() => {
            let rule = Invalid::new(format!("must be {}, the only model configured", model.name()));
            Err(FieldErrors::one("model", &rule).into())
        }
        _ => Ok(()),
    }
}

async fn look_up(memories: &Memories, owner: UserId, one: Option<MemoryId>) -> Result<Vec<Memory>, ApiError> {
    match one {
        None => {
            let mut newest = memories.newest(owner, None, MAX_MEMORIES, MAX_BYTES).await?;
            newest.retain(|memory| memory.privacy != Privacy::Sealed);
            Ok(newest)
        }
        Some(id) => {
            let memory = memories.get(owner, id).await?;
            let memory = memory.ok_or_else(|| ApiError::not_found("memory"))?;
            if memory.privacy == Privacy::Sealed {
                let message = "This memory is sealed: it is never shown to Memo.";
                return Err(ApiError::unprocessable("SealedMemory", message));
            }
            Ok(vec![memory])
        }
    }
}

fn document(memory: Memory) -> Document {
    let text = memory.body_text();
    Document {
        id: memory.id,
        title: memory
            .title
            .as_ref()
            .map_or_else(String::new, |title: &MemoryTitle| title.as_str().to_owned()),
        text,
        tags: memory.tags.iter().map(str::to_owned).collect(),
        saved_at: memory.created_at,
    }
}

fn unanswered(error: ModelError) -> ApiError {
    ApiError::unavailable(error)
}

fn reply(answer: ChatAnswer, started: Instant, memories_considered: usize) -> ChatReply {
    ChatReply {
        response: answer.response,
        citations: answer.citations.into_iter().map(CitationBody::from).collect(),
        confidence: answer.confidence,
        suggestions: answer.suggestions,
        metadata: AnswerMetadata {
            tokens_used: answer.usage.total(),
            processing_time: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            model: answer.model,
            memories_considered,
        },
    }
}

impl From<Citation> for CitationBody {
    fn from(citation: Citation) -> Self {
        Self { memory_id: citation.memory_id.as_uuid(), title: citation.title, quote: citation.quote }
    }
}
