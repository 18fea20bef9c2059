//! Memories that messages become: each once, whatever is delivered twice.

use std::time::Duration;

use app_domain::{BusinessUserId, Chat, Memory, MemoryId, Sender, StoreError, Timestamp, UserId};
use aws_sdk_dynamodb::types::TransactWriteItem;

use crate::keys;
use crate::memories::{Memories, TRIES};
use crate::table::{self, text};
use crate::whatsapp_contacts::{ContactSeen, Contacts};
use crate::whatsapp_item::{LinkItem, link};
use crate::whatsapp_numbers::OwnNumberOwner;
use crate::whatsapp_people::{LinkedPerson, SeenItem, marked};

/// Longer than any messenger delivers again (WhatsApp: seven days).
pub(crate) const REMEMBER_MESSAGES_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What became of a message that was to become a memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// It is a memory now.
    Saved,
    /// It had been dealt with before; nothing was changed.
    Duplicate,
    /// Its phone, or the number that it was sent to, is not (or no longer) linked to that person.
    NotLinked,
    /// The person has paused saving.
    Paused,
}

/// A message that is to become a memory.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// The messenger's id of it.
    pub wamid: &'a str,
    /// Who wrote it.
    pub from: ReceivedFrom<'a>,
    /// When it is dealt with.
    pub now: Timestamp,
}

/// Who wrote a message that is to become a memory.
#[derive(Debug, Clone, Copy)]
pub enum ReceivedFrom<'a> {
    /// Its owner, to the shared number.
    Person {
        /// The owner.
        person: &'a LinkedPerson,
        /// The owner as the message says it.
        sender: &'a Sender,
        /// Where it was written. `None` for one that was kept aside, which may be old.
        chat: Option<&'a Chat>,
    },
    /// Somebody else, to a number of the owner's own.
    Contact {
        /// The number.
        number: &'a OwnNumberOwner,
        /// Who.
        contact: &'a ContactSeen<'a>,
    },
}

/// What a message that has been dealt with became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenMemory {
    /// Whose it is.
    pub owner: UserId,
    /// The memory; none if it was something else, such as a command.
    pub memory: Option<MemoryId>,
}

/// The places of writes whose conditions may fail.
const MARK: usize = 0;
const LINK: usize = 1;

impl Memories {
    /// Saves the memory that a message became, once, in one transaction with the mark of the message, while its phone or the number
    /// that it was sent to is linked to the memory's owner. A category that is not there any more is left out.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn receive(&self, memory: &Memory, received: &Received<'_>) -> Result<Arrival, StoreError> {
        let mut memory = memory.clone();
        let mut id = match &received.from {
            ReceivedFrom::Person { person, sender, chat: Some(_) } => person.unknown_id(sender),
            _ => None,
        };
        for _ in 0..TRIES {
            let mut writes =
                vec![marked(&self.table, received.wamid, memory.owner, Some(memory.id), received.now)?];
            writes.extend(self.noted_at_source(&memory, received, id).await?);
            let item = self.items.item(&memory).await?;
            let (new, moved) = self.arrival(&memory, &item)?;
            writes.extend(new);
            let (category, at) = (moved.categories.first().map(|(place, _)| *place), writes.len());
            writes.extend(moved.writes);
            let learnt = writes.len();
            if let (ReceivedFrom::Person { person, .. }, Some(id)) = (&received.from, id) {
                writes.extend(person.known_by(&self.table, id, received.now)?);
            }
            let last = writes.len();
            match self.table.transact(writes).await? {
                Ok(()) => return Ok(Arrival::Saved),
                Err(refused) if refused.includes(MARK) => return Ok(Arrival::Duplicate),
                Err(refused) if refused.includes(LINK) => {
                    if let Some(why) = self.why_refused(&memory, received).await? {
                        return Ok(why);
                    }
                }
                Err(refused) if category.is_some_and(|place| refused.includes(at + place)) => {
                    memory = memory.filed(None);
                }
                // The id is somebody else's, or the phone's item has changed: the message counts without it.
                Err(refused) if (learnt..last).any(|place| refused.includes(place)) => id = None,
                Err(_) => break,
            }
        }
        Err(StoreError::Conflict)
    }

    /// What a message that has been dealt with became, for thirty days. `None` if none of that id has been.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn of_message(&self, wamid: &str) -> Result<Option<SeenMemory>, StoreError> {
        let seen: Option<SeenItem> = self.table.get(keys::wamid(wamid)).await?;
        Ok(seen.and_then(|seen| Some(SeenMemory { owner: seen.owner?, memory: seen.memory })))
    }

    /// The writes that note a message where it came from: first at the owner's connection, refused if it is not linked or paused.
    async fn noted_at_source(
        &self,
        memory: &Memory,
        received: &Received<'_>,
        id: Option<&BusinessUserId>,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        match received.from {
            ReceivedFrom::Person { person, chat, .. } => {
                Ok(vec![person.heard_of(&self.table, chat, id, Some(memory.id), received.now)?])
            }
            ReceivedFrom::Contact { number, contact } => {
                let connection = link(&self.table, memory.owner)
                    .update_expression("SET ownNumber.lastInboundAt = :now")
                    .condition_expression(
                        "ownNumber.phoneNumberId = :number AND attribute_not_exists(pausedAt)",
                    )
                    .expression_attribute_values(":now", text(received.now))
                    .expression_attribute_values(":number", text(&number.number));
                let contacts = Contacts { table: &self.table, sealing: self.items.sealing() };
                let seen = contacts.seen(memory.owner, contact, memory.created_at).await?;
                Ok(vec![table::update(connection)?, table::update(seen)?])
            }
        }
    }

    /// Why a message was refused at its owner's connection. `None` if it would not be refused now.
    async fn why_refused(
        &self,
        memory: &Memory,
        received: &Received<'_>,
    ) -> Result<Option<Arrival>, StoreError> {
        let item: Option<LinkItem> = self.table.get(keys::whatsapp_link(memory.owner)).await?;
        let connection = item.unwrap_or_default().link();
        let is_linked = match received.from {
            ReceivedFrom::Person { person, .. } => {
                connection.connected.is_some_and(|connected| connected.phone == person.phone)
            }
            ReceivedFrom::Contact { number, .. } => {
                connection.own.is_some_and(|own| own.phone_number_id == number.number)
            }
        };
        let paused = connection.paused_at.map(|_| Arrival::Paused);
        Ok(if is_linked { paused } else { Some(Arrival::NotLinked) })
    }
}
