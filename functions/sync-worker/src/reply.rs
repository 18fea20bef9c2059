//! Messages that answer others: under the memory that we sent, or beside the memory that they quote.

use app_connectors::whatsapp::{Delivery, Said};
use app_domain::{
    Attachments, MemoryId, Message, MessageDraft, MessageId, MessageText, MessageType, Metadata,
    OutgoingTask, StoreError, UserId,
};
use app_store::{LinkedPerson, MessageError};
use serde_json::json;

use crate::App;
use crate::command::marked;
use crate::incoming::Incoming;
use crate::outcome::{Failure, Outcome};

/// What a message answers.
#[derive(Default)]
pub(crate) struct Quoted {
    /// The memory that the quoted message became, or that it was sent about.
    pub(crate) memory: Option<MemoryId>,
    /// Whether we sent it.
    is_ours: bool,
}

/// Finds out what a message of this person's answers.
pub(crate) async fn quoted(app: &App, owner: UserId, said: &Said) -> Result<Quoted, StoreError> {
    let Some(wamid) = &said.reply_to else { return Ok(Quoted::default()) };
    if let Some(seen) = app.memories.of_message(wamid).await? {
        return Ok(Quoted { memory: seen.memory.filter(|_| seen.owner == owner), is_ours: false });
    }
    let about = app.sent.of_wamid(wamid).await?.filter(|about| about.owner == Some(owner));
    let memory = about.and_then(|about| about.post).map(|(memory, _)| memory);
    Ok(Quoted { memory, is_ours: true })
}

/// Puts words that answer what we sent about a memory under that memory. They are never sent to the chat again. `None` if the message
/// is to be a memory of its own: it has media, answers something else, or its memory is gone.
pub(crate) async fn replied(
    incoming: &Incoming<'_>,
    person: &LinkedPerson,
    said: &Said,
    quoted: &Quoted,
) -> Result<Option<Outcome>, Failure> {
    let (app, delivery, owner) = (incoming.app, incoming.delivery, person.user);
    let (Some(memory), true, None) = (quoted.memory, quoted.is_ours, &said.media) else { return Ok(None) };
    let Some(text) = said.text.as_deref().and_then(|text| MessageText::of_any(text).ok()) else {
        return Ok(None);
    };
    if incoming.is_seen().await? {
        return Ok(Some(Outcome::Duplicate));
    }
    if app.links.of(owner).await?.paused_at.is_some() {
        return Ok(None);
    }
    let id = message_id(delivery);
    let message = Message::new(id, owner, memory, draft(delivery, text), delivery.sent_at());
    match app.messages.create(&message).await {
        Ok(()) => {}
        Err(MessageError::NoMemory) => return Ok(None),
        // It is there: this came to no end before.
        Err(MessageError::Store(StoreError::Conflict)) => {
            app.messages.get(owner, memory, id).await?;
        }
        Err(error) => return Err(error.into()),
    }
    incoming.answer(Some(owner), OutgoingTask::Seen).await?;
    marked(incoming, person, Outcome::Replied(owner)).await
}

/// The same each time it is delivered: when it arrived does not count.
fn message_id(delivery: &Delivery) -> MessageId {
    let sent = Delivery { received_at: delivery.sent_at(), ..delivery.clone() };
    sent.memory_id().as_uuid().into()
}

fn draft(delivery: &Delivery, content: MessageText) -> MessageDraft {
    let metadata = json!({"source": "whatsapp", "whatsappId": delivery.wamid});
    let metadata = metadata.as_object().cloned().unwrap_or_default();
    MessageDraft {
        content,
        message_type: MessageType::Text,
        attachments: Attachments::default(),
        metadata: Metadata::parse(metadata).unwrap_or_default(),
        parent: None,
        is_ai_generated: false,
        delivery: None,
    }
}
