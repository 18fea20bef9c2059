//! Messages.

use app_domain::{Attachments, DeliveryState, Message, MessageDelivery, MessageText, Metadata, UserId};

use super::{Check, InvalidRecord, tidied};
use crate::{Kind, MessageRecord};

/// What a message says that had not been sent to its chat when the archive was made. It is not sent from here.
const NOT_SENT: &str = "It had not been sent yet when the archive was made.";

impl MessageRecord {
    /// The message. It has no replies: they are counted when they come.
    ///
    /// # Errors
    /// If it breaks a rule.
    pub fn message(self, owner: UserId) -> Result<Message, InvalidRecord> {
        let check = Check(Kind::Message);
        check.id(self.id.as_uuid())?;
        if self.parent_id == Some(self.id) {
            return Err(check.wrong("parentId", "must be another message"));
        }
        if self.content.is_none() && !self.attachments.is_empty() {
            return Err(check.wrong("attachments", "must be empty if the message was deleted"));
        }
        let (created_at, updated_at) = check.times(self.created_at, self.updated_at)?;
        Ok(Message {
            id: self.id,
            owner,
            memory: self.memory_id,
            parent: self.parent_id,
            content: check.text("content", self.content, MessageText::parse)?,
            message_type: self.message_type,
            attachments: check.ok("attachments", Attachments::parse(&self.attachments))?,
            metadata: check.ok("metadata", Metadata::parse(self.metadata))?,
            is_ai_generated: self.is_ai_generated,
            status: self.status,
            delivery: self.delivery.map(|delivery| settled(check, delivery)).transpose()?,
            reply_count: 0,
            version: check.version(self.version)?,
            created_at,
            updated_at,
            edited_at: check.time_if_any("editedAt", self.edited_at)?,
        })
    }
}

fn settled(check: Check, delivery: MessageDelivery) -> Result<MessageDelivery, InvalidRecord> {
    let at = check.time("delivery.at", delivery.at)?;
    let reason = tidied(delivery.reason, 500);
    Ok(match delivery.state {
        DeliveryState::Queued => {
            MessageDelivery { state: DeliveryState::Failed, reason: Some(NOT_SENT.to_owned()), at }
        }
        state => MessageDelivery { state, reason, at },
    })
}
