//! Messages: the conversation under a memory, in threads that are one level deep.

use crate::{
    Attachments, DeliveryState, Invalid, MemoryId, MessageDelivery, MessageId, MessagePatch, MessageStatus,
    MessageText, MessageType, Metadata, Timestamp, UserId, Version,
};

/// A message that is to be sent.
#[derive(Debug, Clone)]
pub struct MessageDraft {
    /// What it says.
    pub content: MessageText,
    /// What kind it is.
    pub message_type: MessageType,
    /// The files that come with it.
    pub attachments: Attachments,
    /// What the client keeps beside it.
    pub metadata: Metadata,
    /// The message that it replies to.
    pub parent: Option<MessageId>,
    /// Whether Memo wrote it.
    pub is_ai_generated: bool,
    /// How far it has come on its way to a chat, if it is to go there.
    pub delivery: Option<MessageDelivery>,
}

/// A message under a memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its id; sorts by when it was sent.
    pub id: MessageId,
    /// Whose it is.
    pub owner: UserId,
    /// The memory that it is under.
    pub memory: MemoryId,
    /// The message that it replies to.
    pub parent: Option<MessageId>,
    /// What it says. Nothing if it was deleted, and only holds the place of its replies.
    pub content: Option<MessageText>,
    /// What kind it is.
    pub message_type: MessageType,
    /// The files that come with it.
    pub attachments: Attachments,
    /// What the client keeps beside it.
    pub metadata: Metadata,
    /// Whether Memo wrote it.
    pub is_ai_generated: bool,
    /// How far it has come.
    pub status: MessageStatus,
    /// How far it has come on its way to a chat, if it is to go there.
    pub delivery: Option<MessageDelivery>,
    /// How many replies it has.
    pub reply_count: u64,
    /// How often it has been written. Replies are no change of it.
    pub version: Version,
    /// When it was sent.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When what it says was last changed.
    pub edited_at: Option<Timestamp>,
}

/// A rule that a change of a message breaks, and the field that breaks it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {invalid}")]
pub struct InvalidMessage {
    /// The field, as clients write it.
    pub field: &'static str,
    /// The rule.
    pub invalid: Invalid,
}

impl Message {
    /// A new message, sent at `now`, which is also the time in its `id`.
    pub fn new(id: MessageId, owner: UserId, memory: MemoryId, draft: MessageDraft, now: Timestamp) -> Self {
        Self {
            id,
            owner,
            memory,
            parent: draft.parent,
            content: Some(draft.content),
            message_type: draft.message_type,
            attachments: draft.attachments,
            metadata: draft.metadata,
            is_ai_generated: draft.is_ai_generated,
            status: MessageStatus::default(),
            delivery: draft.delivery,
            reply_count: 0,
            version: Version::FIRST,
            created_at: now,
            updated_at: now,
            edited_at: None,
        }
    }

    /// The message that begins its thread: itself, unless it is a reply.
    pub fn thread(&self) -> MessageId {
        self.parent.unwrap_or(self.id)
    }

    /// Whether it was deleted, and stays because it has replies.
    pub fn is_deleted(&self) -> bool {
        self.content.is_none()
    }

    /// The message after a change made at `now`; the same if nothing changes.
    ///
    /// # Errors
    /// If it would break a rule.
    pub fn patched(self, patch: MessagePatch, now: Timestamp) -> Result<Self, InvalidMessage> {
        let mut after = self.clone();
        patch.apply(&mut after)?;
        if after == self {
            return Ok(self);
        }
        let after = after.changed(now);
        let edited_at = if after.content == self.content { self.edited_at } else { Some(after.updated_at) };
        Ok(Self { edited_at, ..after })
    }

    /// The message after news of its way to a chat. `None` if it is not on one, or the news are old.
    pub fn delivered(self, state: DeliveryState, reason: Option<String>, at: Timestamp) -> Option<Self> {
        let before = self.delivery.clone()?;
        let after = before.clone().then(state, reason, at);
        (after != before).then(|| Self { delivery: Some(after), ..self }.changed(at))
    }

    /// What stays of a message that was deleted at `now` while it has replies: nothing that anybody wrote.
    #[must_use]
    pub fn deleted(self, now: Timestamp) -> Self {
        let emptied = Self {
            content: None,
            attachments: Attachments::default(),
            metadata: Metadata::default(),
            edited_at: None,
            delivery: None,
            ..self
        };
        emptied.changed(now)
    }

    fn changed(mut self, now: Timestamp) -> Self {
        self.version = self.version.next();
        // A clock that ran back on another machine must not make a change look older than what it changed.
        self.updated_at = now.max(self.updated_at);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FileId, Patch};
    use serde_json::{Map, Value, json};

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000 + millis).unwrap()
    }

    fn message() -> Message {
        let now = at(0);
        let draft = MessageDraft {
            content: MessageText::parse("first").unwrap(),
            message_type: MessageType::Text,
            attachments: Attachments::parse(&[FileId::new(now)]).unwrap(),
            metadata: Metadata::parse(members(&json!({"a": 1}))).unwrap(),
            parent: None,
            is_ai_generated: false,
            delivery: None,
        };
        Message::new(MessageId::new(now), UserId::new(now), MemoryId::new(now), draft, now)
    }

    fn members(object: &Value) -> Map<String, Value> {
        object.as_object().unwrap().clone()
    }

    #[test]
    fn only_a_change_of_the_text_is_an_edit() {
        let metadata = Patch::Set(members(&json!({"a": null, "b": 2})));
        let read = MessagePatch { metadata, status: Some(MessageStatus::Read), ..MessagePatch::default() };
        let read = message().patched(read, at(1)).unwrap();
        assert_eq!((read.edited_at, read.version.get(), read.updated_at), (None, 2, at(1)));
        assert_eq!(json!(read.metadata), json!({"b": 2}));
        let text = |text| MessagePatch { content: MessageText::parse(text).ok(), ..MessagePatch::default() };
        assert_eq!(read.clone().patched(text("first"), at(2)).unwrap().edited_at, None);
        assert_eq!(read.clone().patched(text("second"), at(2)).unwrap().edited_at, Some(at(2)));
        let back = MessagePatch { status: Some(MessageStatus::Sent), ..MessagePatch::default() };
        assert_eq!(read.patched(back, at(3)).unwrap_err().field, "status");
    }

    #[test]
    fn a_change_that_changes_nothing_is_none() {
        let same = MessagePatch {
            content: MessageText::parse("first").ok(),
            metadata: Patch::Set(members(&json!({"a": 1, "b": null}))),
            status: Some(MessageStatus::Sent),
        };
        for patch in [MessagePatch::default(), same] {
            assert_eq!(message().patched(patch, at(1)).unwrap().version, Version::FIRST);
        }
    }

    #[test]
    fn news_of_its_way_only_go_forward() {
        let sent = Message { delivery: Some(MessageDelivery::queued(at(0))), ..message() };
        let read = sent.delivered(DeliveryState::Read, None, at(1)).unwrap();
        assert_eq!((read.version.get(), read.updated_at), (2, at(1)));
        assert_eq!(read.delivered(DeliveryState::Sent, None, at(2)), None);
        assert_eq!(message().delivered(DeliveryState::Read, None, at(1)), None);
    }

    #[test]
    fn nothing_that_was_written_stays_of_a_deleted_message() {
        let gone = message().deleted(at(9));
        assert!(gone.is_deleted() && gone.attachments.is_empty() && gone.metadata.members().is_empty());
        assert_eq!((gone.version.get(), gone.updated_at), (2, at(9)));
    }
}
