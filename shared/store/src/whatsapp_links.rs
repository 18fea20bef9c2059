//! A person's WhatsApp connection: what it is, codes that prove a phone, and what Memo remembers of the chat. Linking, and the
//! messages of those who are linked, have modules of their own.

use app_domain::{
    ConnectionFault, ConversationId, MemoryId, PendingPhone, StoreError, Timestamp, TokenHash, UserId,
    WhatsappLink,
};
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;

use crate::keys;
use crate::table::{PRESENT, Table, attribute, if_absent, put, text, unless_refused, update};
use crate::whatsapp_item::{CodeItem, FaultItem, LinkItem, link};

/// The WhatsApp connections of the table.
#[derive(Clone)]
pub struct WhatsappLinks(pub(crate) Table);

impl WhatsappLinks {
    /// The WhatsApp connections of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// A person's connection.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn of(&self, user: UserId) -> Result<WhatsappLink, StoreError> {
        Ok(self.item(user).await?.link())
    }

    pub(crate) async fn item(&self, user: UserId) -> Result<LinkItem, StoreError> {
        Ok(self.0.get(keys::whatsapp_link(user)).await?.unwrap_or_default())
    }

    /// Notes that a code was given out for a phone.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn offer(
        &self,
        user: UserId,
        pending: &PendingPhone,
        code: &TokenHash,
    ) -> Result<(), StoreError> {
        let item =
            CodeItem { user_id: user, expires_at: pending.expires_at, ttl: pending.expires_at.as_seconds() };
        let code = self.0.put(keys::phone_code(&pending.phone, code), &item)?;
        let waiting = link(&self.0, user)
            .update_expression("SET pendingPhone = :phone, pendingUntil = :until")
            .expression_attribute_values(":phone", text(pending.phone.digits()))
            .expression_attribute_values(":until", text(pending.expires_at));
        let writes = vec![put(if_absent(code)), update(waiting)?];
        self.0.transact(writes).await?.map_err(|_| StoreError::Conflict)
    }

    /// Pauses saving since a time, or lets it go on. `Ok(false)` if the person has neither a phone nor a number of their own.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn set_paused(&self, user: UserId, since: Option<Timestamp>) -> Result<bool, StoreError> {
        let request = match since {
            Some(since) => self
                .change(user, "SET pausedAt = if_not_exists(pausedAt, :since)")
                .expression_attribute_values(":since", text(since)),
            None => self.change(user, "REMOVE pausedAt"),
        };
        let connected = "attribute_exists(phone) OR attribute_exists(ownNumber)";
        unless_refused(request.condition_expression(connected).send().await)
    }

    /// Has Memo be silent in the chat, or not. Nothing happens if there is no connection.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn set_muted(&self, user: UserId, is_muted: bool) -> Result<(), StoreError> {
        let request = if is_muted {
            self.change(user, "SET isMuted = :muted").expression_attribute_values(":muted", attribute(&true)?)
        } else {
            self.change(user, "REMOVE isMuted")
        };
        unless_refused(request.condition_expression(PRESENT).send().await).map(drop)
    }

    /// Notes what is wrong with a person's own number; nothing any more, if `None`. Nothing happens if there is no connection.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn set_fault(&self, user: UserId, fault: Option<&ConnectionFault>) -> Result<(), StoreError> {
        self.note_fault(user, "fault", PRESENT, fault).await
    }

    /// The same of the number that everybody writes to, as a person meets it. It goes with their phone.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn set_shared_fault(
        &self,
        user: UserId,
        fault: Option<&ConnectionFault>,
    ) -> Result<(), StoreError> {
        self.note_fault(user, "sharedFault", "attribute_exists(phone)", fault).await
    }

    async fn note_fault(
        &self,
        user: UserId,
        name: &str,
        condition: &str,
        fault: Option<&ConnectionFault>,
    ) -> Result<(), StoreError> {
        let request = match fault {
            Some(fault) => self
                .change(user, &format!("SET {name} = :fault"))
                .expression_attribute_values(":fault", attribute(&FaultItem::from(fault))?),
            None => self.change(user, &format!("REMOVE {name}")),
        };
        unless_refused(request.condition_expression(condition).send().await).map(drop)
    }

    /// The memory that the last message in the chat became, as long as nothing has taken it back.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn last_saved(&self, user: UserId) -> Result<Option<MemoryId>, StoreError> {
        Ok(self.item(user).await?.last_memory)
    }

    /// Forgets that this memory is the last, so that it is not taken back twice.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn forget_last(&self, user: UserId, memory: MemoryId) -> Result<(), StoreError> {
        let request = self
            .change(user, "REMOVE lastMemory")
            .condition_expression("lastMemory = :memory")
            .expression_attribute_values(":memory", text(memory));
        unless_refused(request.send().await).map(drop)
    }

    /// The conversation that the chat goes on with, and when something was last said in it.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn conversation(
        &self,
        user: UserId,
    ) -> Result<Option<(ConversationId, Timestamp)>, StoreError> {
        let item = self.item(user).await?;
        Ok(item.talk.zip(item.talked_at))
    }

    /// Notes which conversation the chat goes on with. Nothing happens if there is no connection.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn set_conversation(
        &self,
        user: UserId,
        conversation: ConversationId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let request = self
            .change(user, "SET talk = :talk, talkedAt = :now")
            .condition_expression("attribute_exists(phone)")
            .expression_attribute_values(":talk", text(conversation))
            .expression_attribute_values(":now", text(now));
        unless_refused(request.send().await).map(drop)
    }

    fn change(&self, user: UserId, expression: &str) -> UpdateItemFluentBuilder {
        let request = self.0.client().update_item().table_name(self.0.name());
        request.set_key(Some(keys::whatsapp_link(user).attributes())).update_expression(expression)
    }
}
