//! `POST /memories/{id}/messages`.

use app_domain::{
    Attachments, FileId, Invalid, MemoryId, Message, MessageDelivery, MessageDraft, MessageId, MessageText,
    MessageType, Metadata,
};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, FieldErrors, ItemErrors, MessageBody, Now, Parse,
    PathId, ValidJson, WriteMemories, etag,
};
use app_store::Messages;
use axum::Json;
use axum::extract::{FromRef, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{self, AiError};
use super::{deliver, refused};
use crate::App;

/// A message to send.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateMessageRequest {
    /// 1–10,000 characters.
    #[schema(min_length = 1, max_length = 10000)]
    content: String,
    /// `text` (the default), `voice`, `image` or `document`.
    #[schema(example = "text")]
    message_type: Option<String>,
    /// Up to 5 files of yours that are ready and with no other memory. They are with this memory from then on, and go with it.
    #[schema(max_items = 5)]
    attachments: Option<Vec<Uuid>>,
    /// A JSON object up to 8 KiB.
    #[schema(value_type = Option<Map<String, Value>>)]
    metadata: Option<Map<String, Value>>,
    /// The message to reply to. Threads are one level deep: it must be no reply itself, and not deleted.
    parent_message_id: Option<Uuid>,
    /// Whether Memo should answer, from this memory and what was said under it. Needs `access:ai` too, and counts as a request to Memo.
    ai_reply: Option<bool>,
    /// `whatsapp`: send it to the chat of the linked phone as well, if the memory came from WhatsApp. Needs `sync:whatsapp` too. `delivery` says how far
    /// it has come. Files are not sent; the chat is told how many there are.
    #[schema(example = "whatsapp")]
    deliver_to: Option<String>,
}

pub(crate) struct NewMessage {
    draft: MessageDraft,
    wants_answer: bool,
    wants_delivery: bool,
}

impl Parse for CreateMessageRequest {
    type Parsed = NewMessage;

    fn parse(self) -> Result<NewMessage, FieldErrors> {
        let mut errors = FieldErrors::default();
        let content = errors.check("content", MessageText::parse(&self.content));
        let message_type =
            errors.check_optional("messageType", self.message_type.as_deref().map(MessageType::parse));
        let files: Vec<FileId> = self.attachments.unwrap_or_default().into_iter().map(FileId::from).collect();
        let attachments = errors.check("attachments", Attachments::parse(&files));
        let metadata = errors.check("metadata", Metadata::parse(self.metadata.unwrap_or_default()));
        let deliver_to = errors.check_optional("deliverTo", self.deliver_to.as_deref().map(channel));
        let (Some(content), Some(message_type), Some(attachments), Some(metadata), Some(deliver_to)) =
            (content, message_type, attachments, metadata, deliver_to)
        else {
            return Err(errors);
        };
        let draft = MessageDraft {
            content,
            message_type: message_type.unwrap_or_default(),
            attachments,
            metadata,
            parent: self.parent_message_id.map(MessageId::from),
            is_ai_generated: false,
            delivery: None,
        };
        let (wants_answer, wants_delivery) = (self.ai_reply.unwrap_or_default(), deliver_to.is_some());
        Ok(NewMessage { draft, wants_answer, wants_delivery })
    }
}

/// There is one channel, so nothing is left to choose after parsing.
fn channel(name: &str) -> Result<(), Invalid> {
    if name == "whatsapp" { Ok(()) } else { Err(Invalid::new("must be whatsapp")) }
}

/// The answer that holds a message just sent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SentMessage {
    message: MessageBody,
    /// What Memo answered, if it was asked and could.
    #[serde(skip_serializing_if = "Option::is_none")]
    ai_response: Option<MessageBody>,
    /// Why Memo did not answer although it was asked. The message is saved all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    ai_error: Option<AiError>,
}

impl SentMessage {
    fn new(mut message: Message, answered: Option<Result<Message, AiError>>) -> Self {
        let (answer, ai_error) = match answered {
            Some(Ok(answer)) => (Some(answer), None),
            Some(Err(error)) => (None, Some(error)),
            None => (None, None),
        };
        // An answer in the thread that the message begins is its first reply.
        message.reply_count +=
            u64::from(answer.as_ref().is_some_and(|answer| answer.parent == Some(message.id)));
        Self { message: message.into(), ai_response: answer.map(MessageBody::from), ai_error }
    }
}

/// Send a message, and have Memo answer it, or WhatsApp deliver it.
///
/// If WhatsApp's queue does not take it, the answer is 503, and the message is there with a `delivery` that failed.
#[utoipa::path(
    post, operation_id = "createMessage", path = "/memories/{id}/messages", tag = "messages", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    params(("id" = Uuid, Path)),
    request_body = CreateMessageRequest,
    responses(
        (status = 201, description = "Sent.", body = SentMessage),
        (
            status = 409, body = app_http::ErrorBody,
            description = "With `deliverTo`: there is no chat to send to (`NotConnected`), or the memory did not come from there (`NotFromWhatsapp`).",
        ),
        ApiErrors, CallerErrors, BodyErrors, ItemErrors,
    ),
)]
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller<WriteMemories>,
    PathId(memory): PathId<MemoryId>,
    Now(now): Now,
    mut parts: Parts,
    ValidJson(NewMessage { draft, wants_answer, wants_delivery }): ValidJson<CreateMessageRequest>,
) -> Result<impl IntoResponse, ApiError> {
    let owner = caller.user_id;
    let about = match wants_answer {
        true => Some(answer::permitted(&app, &mut parts, owner, memory).await?),
        false => None,
    };
    let chat = match wants_delivery {
        true => Some(deliver::permitted(&app, &caller, memory).await?),
        false => None,
    };
    let draft = MessageDraft { delivery: chat.as_ref().map(|_| MessageDelivery::queued(now)), ..draft };
    let message = Message::new(MessageId::new(now), owner, memory, draft, now);
    Messages::from_ref(&app).create(&message).await.map_err(refused)?;
    if let Some(chat) = chat {
        deliver::send(&app, &message, chat).await?;
    }
    let answered = match about {
        Some(about) => Some(answer::answer(&app, &mut parts, about, &message).await),
        None => None,
    };
    let location = [(header::LOCATION, format!("/api/memories/{memory}/messages/{}", message.id))];
    Ok((StatusCode::CREATED, etag(message.version), location, Json(SentMessage::new(message, answered))))
}
