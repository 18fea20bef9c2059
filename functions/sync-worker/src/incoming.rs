//! A message that has come in, with what is needed to deal with it.

use app_connectors::whatsapp::{Delivery, DeliveryOrigin, sha256_hex};
use app_domain::{
    Chat, ConnectedPhone, Outgoing, OutgoingKey, OutgoingTask, Recipient, StoreError, Timestamp,
    UnclaimedMessage, UserId,
};
use app_runtime::QueueError;

use crate::App;
use crate::outcome::{Failure, Outcome};

/// A message on its way through this function.
pub(crate) struct Incoming<'a> {
    pub(crate) app: &'a App,
    pub(crate) delivery: &'a Delivery,
    /// The update as the queue had it.
    pub(crate) body: &'a str,
    pub(crate) now: Timestamp,
}

impl Incoming<'_> {
    /// Whether somebody wrote it just now: not in the past of a phone, nor by the owner of a number.
    pub(crate) fn is_live(&self) -> bool {
        self.delivery.origin == DeliveryOrigin::Live
    }

    /// Whether others read it too: then it is kept like any other, but asks for nothing, and nobody is answered.
    pub(crate) fn is_in_group(&self) -> bool {
        self.delivery.group_id.is_some()
    }

    /// Where its sender can be answered; `None` if nothing is known of them.
    pub(crate) fn chat(&self) -> Option<Chat> {
        self.delivery.chat().or_else(|| {
            let phone_number_id = self.app.shared_number.as_deref().unwrap_or_default().to_owned();
            Recipient::of(&self.delivery.sender).map(|with| Chat { phone_number_id, with })
        })
    }

    /// The same while WhatsApp lets us answer freely. What was kept aside for longer does not open the chat again, and what is said in
    /// a group opens none.
    pub(crate) fn open_chat(&self) -> Option<Chat> {
        let is_open = self.now.since(self.delivery.received_at) < ConnectedPhone::WINDOW;
        self.chat().filter(|_| is_open && !self.is_in_group())
    }

    /// Whether it had been dealt with before.
    pub(crate) async fn is_seen(&self) -> Result<bool, StoreError> {
        Ok(self.app.memories.of_message(&self.delivery.wamid).await?.is_some())
    }

    /// Has its answer said, once, however often it is asked for.
    pub(crate) async fn answer(&self, owner: Option<UserId>, task: OutgoingTask) -> Result<(), QueueError> {
        self.answer_as(OutgoingKey::answer(&self.delivery.message_hash()), owner, task).await
    }

    /// The same under a key that several messages share.
    pub(crate) async fn answer_as(
        &self,
        key: OutgoingKey,
        owner: Option<UserId>,
        task: OutgoingTask,
    ) -> Result<(), QueueError> {
        let is_answered = self.is_live() && !self.is_in_group();
        let Some(chat) = self.chat().filter(|_| is_answered) else { return Ok(()) };
        let answers = Some(self.delivery.wamid.clone());
        let outgoing = Outgoing { key, chat, owner, answers, asked_at: self.now, task };
        self.app.queues.outbound.send(&outgoing).await
    }

    /// Keeps it in the inbox, under the phone or whatever else is known of the sender. `Ok(false)` if it is kept already.
    pub(crate) async fn keep(&self) -> Result<bool, StoreError> {
        let (wamid, received_at) = (self.delivery.wamid.clone(), self.delivery.received_at);
        match self.delivery.phone() {
            Some(phone) => {
                let payload = self.body.to_owned();
                self.app.inbox.keep(&UnclaimedMessage { wamid, phone, received_at, payload }).await
            }
            None => self.keep_under(&self.delivery.sender_hash()).await,
        }
    }

    /// Keeps what cannot become a memory now.
    pub(crate) async fn set_aside(&self) -> Result<Outcome, Failure> {
        Ok(if self.keep().await? { Outcome::SetAside } else { Outcome::Duplicate })
    }

    /// Keeps what came to a number of somebody's own under the number: it is for whoever has the number, and not for whoever has the
    /// phone that it was sent from.
    pub(crate) async fn unclaimed(&self, number: &str) -> Result<Outcome, Failure> {
        let is_new = self.keep_under(&sha256_hex(number.as_bytes())).await?;
        Ok(if is_new { Outcome::Unclaimed } else { Outcome::Duplicate })
    }

    async fn keep_under(&self, hash: &str) -> Result<bool, StoreError> {
        let (wamid, received_at) = (&self.delivery.wamid, self.delivery.received_at);
        self.app.inbox.keep_hidden(hash, wamid, received_at, self.body).await
    }
}
