//! Who writes to the shared number: people by their phones or by their ids, and what of their messages is no memory.

use app_domain::{
    BusinessUserId, CategoryId, Chat, MemoryId, PhoneNumber, Sender, StoreError, Timestamp, UserId,
};
use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem, Update};
use serde::{Deserialize, Serialize};

use crate::keys::{self, Key};
use crate::memory_arrivals::REMEMBER_MESSAGES_FOR;
use crate::table::{self, Table, attribute, if_absent, text};
use crate::whatsapp_item::{OwnerItem, freed, link, owned};
use crate::whatsapp_links::WhatsappLinks;

/// Somebody whose messages become memories of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedPerson {
    /// The person.
    pub user: UserId,
    /// The category that their messages are to be filed in, which may be deleted by now.
    pub category: Option<CategoryId>,
    /// Their phone, as the connection has it.
    pub phone: PhoneNumber,
    /// Their id, as far as it is known.
    pub(crate) sender_id: Option<BusinessUserId>,
    /// Whether the phone's item is an old one, under the digits as they were written.
    is_as_written: bool,
}

/// What became of a message that becomes no memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It is dealt with now.
    First,
    /// It had been dealt with before; nothing was changed.
    Duplicate,
    /// Who wrote it is not (or no longer) linked to that person.
    NotLinked,
}

/// The mark that a message has been dealt with: whose it is, and what it became.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SeenItem {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) owner: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) memory: Option<MemoryId>,
    ttl: i64,
}

/// The write that marks a message, refused if it is marked.
pub(crate) fn marked(
    table: &Table,
    wamid: &str,
    owner: UserId,
    memory: Option<MemoryId>,
    now: Timestamp,
) -> Result<TransactWriteItem, StoreError> {
    let ttl = now.plus(REMEMBER_MESSAGES_FOR).as_seconds();
    let seen = SeenItem { owner: Some(owner), memory, ttl };
    Ok(table::put(if_absent(table.put(keys::wamid(wamid), &seen)?)))
}

impl LinkedPerson {
    fn new(item: OwnerItem, phone: PhoneNumber, is_as_written: bool) -> Self {
        let OwnerItem { user_id, category_id, sender_id, .. } = item;
        Self { user: user_id, category: category_id, phone, sender_id, is_as_written }
    }

    /// The id of whoever wrote, if it is new to us.
    pub(crate) fn unknown_id<'a>(&self, sender: &'a Sender) -> Option<&'a BusinessUserId> {
        sender.user_id.as_ref().filter(|id| self.sender_id.as_ref() != Some(id))
    }

    /// The writes that let the person be known by an id, the first of which is refused if the id is somebody else's.
    pub(crate) fn known_by(
        &self,
        table: &Table,
        id: &BusinessUserId,
        now: Timestamp,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let item = OwnerItem {
            user_id: self.user,
            category_id: self.category,
            since: now,
            phone: Some(self.phone.clone()),
            sender_id: Some(id.clone()),
        };
        let phone = Update::builder()
            .table_name(table.name())
            .set_key(Some(self.phone_key().attributes()))
            .update_expression("SET senderId = :id")
            .condition_expression("userId = :user")
            .expression_attribute_values(":id", text(id.as_str()))
            .expression_attribute_values(":user", text(self.user));
        let mut writes = vec![
            owned(table, keys::sender_owner(id.hash().as_str()), &item, self.user)?,
            table::update(phone)?,
        ];
        if let Some(old) = &self.sender_id {
            writes.push(freed(table, keys::sender_owner(old.hash().as_str()), self.user)?);
        }
        Ok(writes)
    }

    fn phone_key(&self) -> Key {
        if self.is_as_written {
            keys::phone_owner_as_written(&self.phone)
        } else {
            keys::phone_owner(&self.phone)
        }
    }

    /// The write that notes at the person's connection that a message came, refused if the phone is not theirs any more. A message
    /// without a chat is an old one, which opens nobody's window. One that is to become a memory is refused while saving is paused.
    pub(crate) fn heard_of(
        &self,
        table: &Table,
        chat: Option<&Chat>,
        id: Option<&BusinessUserId>,
        memory: Option<MemoryId>,
        now: Timestamp,
    ) -> Result<TransactWriteItem, StoreError> {
        let condition = match memory {
            Some(_) => "phone = :phone AND attribute_not_exists(pausedAt)",
            None => "phone = :phone",
        };
        let Some(chat) = chat else {
            let check = ConditionCheck::builder()
                .table_name(table.name())
                .set_key(Some(keys::whatsapp_link(self.user).attributes()))
                .condition_expression(condition)
                .expression_attribute_values(":phone", text(self.phone.digits()));
            let check = check.build().map_err(table::corrupt)?;
            return Ok(TransactWriteItem::builder().condition_check(check).build());
        };
        let mut expression = "SET lastSyncAt = :now, chat = :chat".to_owned();
        let mut update = link(table, self.user)
            .condition_expression(condition)
            .expression_attribute_values(":phone", text(self.phone.digits()))
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":chat", attribute(chat)?);
        if let Some(id) = id {
            expression.push_str(", senderId = :id");
            update = update.expression_attribute_values(":id", text(id.as_str()));
        }
        if let Some(memory) = memory {
            expression.push_str(", lastMemory = :memory");
            update = update.expression_attribute_values(":memory", text(memory));
        }
        table::update(update.update_expression(expression))
    }
}

impl WhatsappLinks {
    /// Whose messages a sender's are: by the phone, and by the id if it is hidden or nobody's.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn person(&self, sender: &Sender) -> Result<Option<LinkedPerson>, StoreError> {
        if let Some(phone) = &sender.phone
            && let Some(person) = self.by_phone(phone).await?
        {
            return Ok(Some(person));
        }
        let Some(id) = &sender.user_id else { return Ok(None) };
        let item: Option<OwnerItem> = self.0.get(keys::sender_owner(id.hash().as_str())).await?;
        Ok(item.and_then(|item| {
            let phone = item.phone.clone()?;
            Some(LinkedPerson::new(item, phone, false))
        }))
    }

    async fn by_phone(&self, phone: &PhoneNumber) -> Result<Option<LinkedPerson>, StoreError> {
        let key = keys::phone_owner(phone);
        let as_written = keys::phone_owner_as_written(phone);
        if let Some(item) = self.0.get::<OwnerItem>(key.clone()).await? {
            let phone = item.phone.clone().unwrap_or_else(|| phone.clone());
            return Ok(Some(LinkedPerson::new(item, phone, false)));
        }
        if as_written == key {
            return Ok(None);
        }
        let item: Option<OwnerItem> = self.0.get(as_written).await?;
        Ok(item.map(|item| LinkedPerson::new(item, phone.clone(), true)))
    }

    /// Notes that a message of theirs came that becomes no memory, once: its mark, when and where it came, and an id of theirs that is
    /// new to us.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn heard(
        &self,
        person: &LinkedPerson,
        sender: &Sender,
        chat: &Chat,
        wamid: &str,
        now: Timestamp,
    ) -> Result<Heard, StoreError> {
        let mut id = person.unknown_id(sender);
        loop {
            let mut writes = vec![
                marked(&self.0, wamid, person.user, None, now)?,
                person.heard_of(&self.0, Some(chat), id, None, now)?,
            ];
            if let Some(id) = id {
                writes.extend(person.known_by(&self.0, id, now)?);
            }
            match self.0.transact(writes).await? {
                Ok(()) => return Ok(Heard::First),
                Err(refused) if refused.includes(0) => return Ok(Heard::Duplicate),
                Err(refused) if refused.includes(1) => return Ok(Heard::NotLinked),
                // The id is somebody else's, or the phone's item has changed: the message counts without it.
                Err(_) if id.is_some() => id = None,
                Err(_) => return Err(StoreError::Conflict),
            }
        }
    }
}
