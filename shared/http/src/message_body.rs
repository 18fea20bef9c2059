//! A message as clients see it.

use app_domain::{DeliveryState, Message, MessageDelivery, MessageStatus, MessageText, MessageType};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

/// A message under a memory.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageBody {
    /// Its id, a UUIDv7.
    pub id: Uuid,
    /// The memory that it is under.
    pub memory_id: Uuid,
    /// The message that it replies to.
    pub parent_message_id: Option<Uuid>,
    /// What it says.
    pub content: Option<String>,
    /// `text`, `voice`, `image` or `document`.
    #[schema(value_type = String, example = "text")]
    pub message_type: MessageType,
    /// The files that came with it. They may have been deleted, or moved to another memory, since.
    pub attachments: Vec<Uuid>,
    /// What the client keeps beside it. With an answer of Memo: `model`, `confidence`, `citations` and `tokensUsed`.
    #[schema(value_type = Map<String, Value>)]
    pub metadata: Map<String, Value>,
    /// Whether Memo wrote it.
    pub is_ai_generated: bool,
    /// `sent`, `delivered`, `read` or `failed`.
    #[schema(value_type = String, example = "sent")]
    pub status: MessageStatus,
    /// How far it has come on its way to a chat, if it was to go there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<DeliveryBody>,
    /// How many replies it has.
    pub reply_count: u64,
    /// How often it has been written; also in the `ETag`. Replies do not count.
    pub version: u64,
    /// When it was sent.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: String,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: String,
    /// When its content was last changed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub edited_at: Option<String>,
    /// It was deleted, and goes with the last of its replies: content, attachments and metadata are gone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}

/// How far a message has come on its way to a chat.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryBody {
    /// Where it is sent: `whatsapp`.
    #[schema(example = "whatsapp")]
    pub channel: &'static str,
    /// `queued`, `sent`, `delivered`, `read`, `played` or `failed`.
    #[schema(value_type = String, example = "delivered")]
    pub state: DeliveryState,
    /// Why it failed, or what of it was not sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub at: String,
}

impl From<MessageDelivery> for DeliveryBody {
    fn from(delivery: MessageDelivery) -> Self {
        let MessageDelivery { state, reason, at } = delivery;
        Self { channel: "whatsapp", state, reason, at: at.to_string() }
    }
}

impl From<Message> for MessageBody {
    fn from(message: Message) -> Self {
        let deleted = message.is_deleted();
        Self {
            id: message.id.as_uuid(),
            memory_id: message.memory.as_uuid(),
            parent_message_id: message.parent.map(|id| id.as_uuid()),
            content: message.content.as_ref().map(MessageText::as_str).map(str::to_owned),
            message_type: message.message_type,
            attachments: message.attachments.ids().iter().map(|id| id.as_uuid()).collect(),
            metadata: message.metadata.members().clone(),
            is_ai_generated: message.is_ai_generated,
            status: message.status,
            delivery: message.delivery.map(DeliveryBody::from),
            reply_count: message.reply_count,
            version: message.version.get(),
            created_at: message.created_at.to_string(),
            updated_at: message.updated_at.to_string(),
            edited_at: message.edited_at.map(|at| at.to_string()),
            deleted,
        }
    }
}
