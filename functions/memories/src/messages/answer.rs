//! Memo in a conversation: it answers a message from the memory that it is under and from what was said there.

use std::sync::Arc;
use std::time::Duration;

use app_ai::{Answer, AnswerRequest, Answerer, Document, ModelError};
use app_domain::{
    Attachments, Invalid, Memory, MemoryId, Message, MessageDraft, MessageId, MessageText, MessageType,
    Metadata, Privacy, UserId,
};
use app_http::{AccessAi, ApiError, BestEffort, Caller, Now, Untimed};
use app_store::{Memories, Messages};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use serde::Serialize;
use serde_json::{Map, json};
use utoipa::ToSchema;

use crate::App;

/// How many of the newest messages Memo reads.
const MESSAGES_READ: usize = 20;
/// How long Memo may think, so that there is time left to say that it did not answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(6);

/// Why Memo did not answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AiError {
    /// The kind of failure, stable across versions: `Unavailable`, `Throttled` or `Rejected`.
    #[serde(rename = "type")]
    #[schema(example = "Unavailable")]
    kind: &'static str,
    /// What to tell the person.
    message: &'static str,
}

impl AiError {
    const UNAVAILABLE: Self =
        Self { kind: "Unavailable", message: "Memo cannot answer right now. Ask again in a moment." };
    const THROTTLED: Self =
        Self { kind: "Throttled", message: "Memo has too much to do right now. Ask again in a while." };
    const REJECTED: Self = Self { kind: "Rejected", message: "Memo does not answer this message." };
}

impl From<&ModelError> for AiError {
    fn from(error: &ModelError) -> Self {
        match error {
            ModelError::Unavailable(_) | ModelError::Corrupt(_) => Self::UNAVAILABLE,
            ModelError::Throttled => Self::THROTTLED,
            ModelError::Rejected(_) | ModelError::TooLong => Self::REJECTED,
        }
    }
}

/// The memory to answer from, for a caller who may ask Memo too. Counts as a request to Memo, like any other.
pub(crate) async fn permitted(
    app: &App,
    parts: &mut Parts,
    owner: UserId,
    id: MemoryId,
) -> Result<Memory, ApiError> {
    // Whether Memo is asked is known only from the body, when the caller has been let through already.
    Caller::<AccessAi>::from_request_parts(parts, app).await?;
    let Ok(Untimed) = Untimed::from_request_parts(parts, app).await;
    let memory = Memories::from_ref(app).get(owner, id).await?;
    let memory = memory.ok_or_else(|| ApiError::not_found("memory"))?;
    if memory.privacy == Privacy::Sealed {
        let message = "This memory is sealed: its content is never shown to Memo.";
        return Err(ApiError::unprocessable("SealedMemory", message));
    }
    Ok(memory)
}

/// Has Memo answer a message that is saved, and saves the answer in the same thread.
pub(crate) async fn answer(
    app: &App,
    parts: &mut Parts,
    about: Memory,
    asked: &Message,
) -> Result<Message, AiError> {
    let (messages, model) = (Messages::from_ref(app), Arc::<dyn Answerer>::from_ref(app));
    let (owner, memory) = (asked.owner, asked.memory);
    let said = messages.newest(owner, memory, MESSAGES_READ + 1).await;
    let said = said.best_effort("reading what was said").ok_or(AiError::UNAVAILABLE)?;
    let question = asked.content.as_ref().map_or("", MessageText::as_str).to_owned();
    let documents = vec![document(about, &said, asked.id)];
    let request = AnswerRequest { question, documents, focus: Some(memory) };
    let answer = match tokio::time::timeout(ANSWER_WITHIN, model.answer(request)).await {
        Ok(answer) => answer.and_then(|answer| draft(&answer, asked)),
        Err(_) => Err(ModelError::Unavailable("it took too long".to_owned())),
    };
    let draft = answer.map_err(|error| unanswered(&error))?;
    // Models take their time: by now others may have written.
    let Ok(Now(now)) = Now::from_request_parts(parts, app).await;
    let answer = Message::new(MessageId::new(now), owner, memory, draft, now);
    let saved = messages.create(&answer).await.best_effort("saving an answer of Memo");
    saved.map(|()| answer).ok_or(AiError::UNAVAILABLE)
}

/// The memory and what people said under it, as one text. Memo neither quotes the question back nor leans on its own answers.
fn document(memory: Memory, said: &[Message], asked: MessageId) -> Document {
    let by_people = said.iter().rev().filter(|message| message.id != asked && !message.is_ai_generated);
    let said = by_people.filter_map(|message| message.content.as_ref()).map(MessageText::as_str);
    let body = memory.body_text();
    let text: Vec<&str> =
        std::iter::once(body.as_str()).filter(|body| !body.is_empty()).chain(said).collect();
    Document {
        id: memory.id,
        title: memory.title.as_ref().map_or_else(String::new, |title| title.as_str().to_owned()),
        text: text.join("\n"),
        tags: memory.tags.iter().map(str::to_owned).collect(),
        saved_at: memory.created_at,
    }
}

/// What Memo said, as a message.
fn draft(answer: &Answer, asked: &Message) -> Result<MessageDraft, ModelError> {
    let corrupt = |invalid: Invalid| ModelError::Corrupt(invalid.message().to_owned());
    let mut citations: Vec<String> = Vec::new();
    for citation in &answer.citations {
        let id = citation.memory_id.to_string();
        if !citations.contains(&id) {
            citations.push(id);
        }
    }
    // Two decimals say all there is to say, and read the same in every format of numbers.
    let confidence = (f64::from(answer.confidence) * 100.0).round() / 100.0;
    let metadata = Map::from_iter([
        ("model".to_owned(), json!(answer.model)),
        ("confidence".to_owned(), json!(confidence)),
        ("citations".to_owned(), json!(citations)),
        ("tokensUsed".to_owned(), json!(answer.usage.total())),
    ]);
    Ok(MessageDraft {
        content: MessageText::of_any(&answer.response).map_err(corrupt)?,
        message_type: MessageType::Text,
        attachments: Attachments::default(),
        metadata: Metadata::parse(metadata).map_err(corrupt)?,
        parent: Some(asked.thread()),
        is_ai_generated: true,
        delivery: None,
    })
}

/// Notes the kind of failure alone: what a model says of it may quote what it was asked.
fn unanswered(error: &ModelError) -> AiError {
    let error = AiError::from(error);
    tracing::warn!(kind = error.kind, "Memo did not answer a message");
    error
}
