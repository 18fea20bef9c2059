//! A message that its owner wants in their WhatsApp chat, too.

use app_domain::{
    Chat, DeliveryState, MemoryId, MemorySource, Message, Outgoing, OutgoingKey, OutgoingTask, Permission,
};
use app_http::{ApiError, BestEffort, Caller, WriteMemories};
use app_runtime::OutboundQueue;
use app_store::{Memories, Messages, WhatsappLinks};
use axum::extract::FromRef;

use crate::App;

/// Why a message is not sent that the queue did not take.
const NOT_QUEUED: &str = "It could not be handed to WhatsApp. Send it again.";

/// The chat of a caller who may use WhatsApp, if the memory came from there.
pub(crate) async fn permitted(
    app: &App,
    caller: &Caller<WriteMemories>,
    memory: MemoryId,
) -> Result<Chat, ApiError> {
    caller.need(Permission::SyncWhatsapp)?;
    let (memories, links) = (Memories::from_ref(app), WhatsappLinks::from_ref(app));
    let owner = caller.user_id;
    let (memory, link) = tokio::try_join!(memories.get(owner, memory), links.of(owner))?;
    let memory = memory.ok_or_else(|| ApiError::not_found("memory"))?;
    if memory.source != MemorySource::Whatsapp {
        let message = "Only messages under memories that came from WhatsApp can be sent to the chat.";
        return Err(ApiError::conflict("NotFromWhatsapp", message));
    }
    link.connected.and_then(|phone| phone.chat).ok_or_else(|| {
        let message = "There is no chat to send to. Link a phone, and write something in its chat.";
        ApiError::conflict("NotConnected", message)
    })
}

/// Has a message that is saved sent to the chat. What comes in from there is never sent back: nobody asks for it.
pub(crate) async fn send(app: &App, message: &Message, chat: Chat) -> Result<(), ApiError> {
    let (owner, memory, id) = (message.owner, message.memory, message.id);
    let outgoing = Outgoing {
        key: OutgoingKey::post(id),
        chat,
        owner: Some(owner),
        answers: None,
        asked_at: message.created_at,
        task: OutgoingTask::Post { memory, message: id },
    };
    let Err(error) = OutboundQueue::from_ref(app).send(&outgoing).await else { return Ok(()) };
    let (reason, at) = (Some(NOT_QUEUED.to_owned()), message.created_at);
    let noted = Messages::from_ref(app).delivered(owner, memory, id, DeliveryState::Failed, reason, at).await;
    noted.best_effort("noting that a message is not sent");
    Err(ApiError::unavailable(error))
}
