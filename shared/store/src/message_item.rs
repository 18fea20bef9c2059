//! A message as it is stored: what lists and threads go by in the clear, what people write sealed.

use std::sync::Arc;

use app_domain::{
    Attachments, MemoryId, Message, MessageDelivery, MessageId, MessageStatus, MessageText, MessageType,
    Metadata, Sealing, StoreError, Timestamp, UserId, Version,
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::table::corrupt;

/// The attributes that a message may lack, for writes that must remove them.
pub(crate) const OPTIONAL: [&str; 5] = ["parentId", "attachments", "editedAt", "delivery", "sealed"];

/// A message's own attributes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MessageAttributes {
    pub(crate) id: MessageId,
    owner: UserId,
    memory_id: MemoryId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) parent_id: Option<MessageId>,
    message_type: MessageType,
    #[serde(default, skip_serializing_if = "Attachments::is_empty")]
    pub(crate) attachments: Attachments,
    is_ai_generated: bool,
    status: MessageStatus,
    pub(crate) version: Version,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    edited_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivery: Option<MessageDelivery>,
    /// Absent from a message that was deleted and only holds the place of its replies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<ByteBuf>,
}

/// A message with what its replies add to it. Replies write that, changes of the message leave it alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StoredMessage {
    #[serde(flatten)]
    pub(crate) own: MessageAttributes,
    #[serde(default)]
    pub(crate) reply_count: u64,
}

impl MessageAttributes {
    /// How many bytes of it are sealed.
    pub(crate) fn sealed_bytes(&self) -> usize {
        self.sealed.as_ref().map_or(0, |sealed| sealed.len())
    }
}

impl StoredMessage {
    /// Whether it was deleted, and stays because it has replies.
    pub(crate) fn is_deleted(&self) -> bool {
        self.own.sealed.is_none()
    }
}

/// What is sealed of a message. Metadata is any JSON.
#[derive(Serialize, Deserialize)]
struct Written {
    content: MessageText,
    #[serde(default)]
    metadata: Metadata,
}

/// Turns messages into items and back.
#[derive(Clone)]
pub(crate) struct MessageItems(Arc<dyn Sealing>);

impl MessageItems {
    pub(crate) fn new(sealing: impl Sealing) -> Self {
        Self(Arc::new(sealing))
    }

    pub(crate) async fn attributes(&self, message: &Message) -> Result<MessageAttributes, StoreError> {
        let sealed = match &message.content {
            Some(content) => {
                let written = Written { content: content.clone(), metadata: message.metadata.clone() };
                let written = serde_json::to_vec(&written).map_err(corrupt)?;
                Some(ByteBuf::from(self.0.seal(message.owner, &record(message.id), &written).await?))
            }
            None => None,
        };
        Ok(MessageAttributes {
            id: message.id,
            owner: message.owner,
            memory_id: message.memory,
            parent_id: message.parent,
            message_type: message.message_type,
            attachments: message.attachments.clone(),
            is_ai_generated: message.is_ai_generated,
            status: message.status,
            version: message.version,
            created_at: message.created_at,
            updated_at: message.updated_at,
            edited_at: message.edited_at,
            delivery: message.delivery.clone(),
            sealed,
        })
    }

    pub(crate) async fn message(&self, item: StoredMessage) -> Result<Message, StoreError> {
        let StoredMessage { own, reply_count } = item;
        let written = match &own.sealed {
            Some(sealed) => {
                let written = self.0.open(own.owner, &record(own.id), sealed).await?;
                Some(serde_json::from_slice::<Written>(&written).map_err(corrupt)?)
            }
            None => None,
        };
        let (content, metadata) = written.map(|written| (written.content, written.metadata)).unzip();
        Ok(Message {
            id: own.id,
            owner: own.owner,
            memory: own.memory_id,
            parent: own.parent_id,
            content,
            message_type: own.message_type,
            attachments: own.attachments,
            metadata: metadata.unwrap_or_default(),
            is_ai_generated: own.is_ai_generated,
            status: own.status,
            delivery: own.delivery,
            reply_count,
            version: own.version,
            created_at: own.created_at,
            updated_at: own.updated_at,
            edited_at: own.edited_at,
        })
    }

    pub(crate) async fn messages(&self, items: Vec<StoredMessage>) -> Result<Vec<Message>, StoreError> {
        let mut messages = Vec::with_capacity(items.len());
        for item in items {
            messages.push(self.message(item).await?);
        }
        Ok(messages)
    }
}

/// The name under which a message is sealed.
fn record(id: MessageId) -> String {
    format!("message/{id}")
}
