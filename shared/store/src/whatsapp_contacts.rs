//! Those who write to a person's own number, and what becomes of what they write. Who they are is sealed under the owner's keys.

use std::fmt;
use std::sync::Arc;

use app_domain::{
    CategoryId, Contact, ContactId, ContactRule, Patch, Sealing, Sender, StoreError, Timestamp, UserId,
};
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, Update};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::keys::{self, CONTACT_PREFIX};
use crate::table::{self, PRESENT, Table, attribute, number, text};
use crate::whatsapp_people::{Heard, marked};

/// The contacts of the table. Every call starts from their owner.
#[derive(Clone)]
pub struct WhatsappContacts {
    pub(crate) table: Table,
    sealing: Arc<dyn Sealing>,
}

/// Somebody whose message becomes a memory, as the message says it.
#[derive(Clone, Copy)]
pub struct ContactSeen<'a> {
    /// Which contact.
    pub id: &'a ContactId,
    /// Who they are.
    pub sender: &'a Sender,
    /// The name that they show.
    pub name: Option<&'a str>,
}

/// Not who they are.
impl fmt::Debug for ContactSeen<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContactSeen({})", self.id)
    }
}

/// A contact as it is stored.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContactItem {
    sk: String,
    sealed_sender: ByteBuf,
    /// The name that they show.
    sealed_name: Option<ByteBuf>,
    /// What the owner calls them in the address book, which goes first.
    sealed_book_name: Option<ByteBuf>,
    #[serde(default)]
    rule: ContactRule,
    category_id: Option<CategoryId>,
    #[serde(default)]
    saved_count: u64,
    first_at: Timestamp,
    last_at: Timestamp,
}

/// Which contact somebody is.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AliasItem {
    contact_id: ContactId,
}

/// The writes of contacts, for what writes them with something else.
pub(crate) struct Contacts<'a> {
    pub(crate) table: &'a Table,
    pub(crate) sealing: &'a dyn Sealing,
}

/// What is known of a contact whoever wrote it down.
const KNOWN: &str = "firstAt = if_not_exists(firstAt, :at)";

impl Contacts<'_> {
    /// The write that counts a memory more, made of what somebody wrote at a time.
    pub(crate) async fn seen(
        &self,
        owner: UserId,
        contact: &ContactSeen<'_>,
        at: Timestamp,
    ) -> Result<UpdateBuilder, StoreError> {
        let sender = self.sender(owner, contact.id, contact.sender).await?;
        // Once both are known, a message that tells one alone must not take the other away.
        let is_whole = contact.sender.phone.is_some() && contact.sender.user_id.is_some();
        let sender_set = if is_whole { ":sender" } else { "if_not_exists(sealedSender, :sender)" };
        let mut expression = format!("SET {KNOWN}, lastAt = :at, sealedSender = {sender_set}");
        let mut update = Update::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::contact(owner, contact.id).attributes()))
            .expression_attribute_values(":at", text(at))
            .expression_attribute_values(":sender", sender)
            .expression_attribute_values(":one", number(1));
        if let Some(name) = contact.name {
            expression.push_str(", sealedName = :name");
            update = update.expression_attribute_values(":name", self.name(owner, contact.id, name).await?);
        }
        Ok(update.update_expression(format!("{expression} ADD savedCount :one")))
    }

    async fn sender(
        &self,
        owner: UserId,
        id: &ContactId,
        sender: &Sender,
    ) -> Result<AttributeValue, StoreError> {
        let plain = serde_json::to_vec(sender).map_err(table::corrupt)?;
        self.sealed(owner, &sender_record(id), &plain).await
    }

    async fn name(&self, owner: UserId, id: &ContactId, name: &str) -> Result<AttributeValue, StoreError> {
        self.sealed(owner, &name_record(id), name.as_bytes()).await
    }

    async fn sealed(&self, owner: UserId, record: &str, plain: &[u8]) -> Result<AttributeValue, StoreError> {
        Ok(AttributeValue::B(Blob::new(self.sealing.seal(owner, record, plain).await?)))
    }
}

/// The names under which a contact is sealed.
fn sender_record(id: &ContactId) -> String {
    format!("whatsapp-contact/{id}/sender")
}

fn name_record(id: &ContactId) -> String {
    format!("whatsapp-contact/{id}/name")
}

impl WhatsappContacts {
    /// The contacts of `table`, sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self { table, sealing: Arc::new(sealing) }
    }

    /// One contact of a person.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, owner: UserId, id: &ContactId) -> Result<Option<Contact>, StoreError> {
        match self.table.get::<ContactItem>(keys::contact(owner, id)).await? {
            Some(item) => self.contact(owner, item).await.map(Some),
            None => Ok(None),
        }
    }

    /// The contact that somebody with another id is, as noted by [`Self::note_alias`].
    ///
    /// # Errors
    /// If the store fails.
    pub async fn behind(&self, owner: UserId, alias: &ContactId) -> Result<Option<ContactId>, StoreError> {
        let item: Option<AliasItem> = self.table.get(keys::contact_alias(owner, alias)).await?;
        Ok(item.map(|item| item.contact_id))
    }

    /// Notes that somebody is a contact who is known by something else: one message tells a phone, the next hides it.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn note_alias(
        &self,
        owner: UserId,
        alias: &ContactId,
        contact: &ContactId,
    ) -> Result<(), StoreError> {
        let item = AliasItem { contact_id: contact.clone() };
        let put = self.table.put(keys::contact_alias(owner, alias), &item)?;
        let request = self.table.client().put_item().table_name(self.table.name());
        request.set_item(Some(put.item)).send().await.map(drop).map_err(table::failed)
    }

    /// A person's contacts in an order that stays, those behind `after`: at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn page(
        &self,
        owner: UserId,
        after: Option<&ContactId>,
        limit: u32,
    ) -> Result<Vec<Contact>, StoreError> {
        let after = after.map(|id| keys::contact(owner, id));
        let (items, _) =
            self.table.query::<ContactItem>(keys::owner(owner), CONTACT_PREFIX, after, Some(limit)).await?;
        let mut contacts = Vec::with_capacity(items.len());
        for item in items {
            contacts.push(self.contact(owner, item).await?);
        }
        Ok(contacts)
    }

    /// Changes what becomes of what a contact writes, and where it is filed. `None` if there is no such contact.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn set(
        &self,
        owner: UserId,
        id: &ContactId,
        rule: Option<ContactRule>,
        category: Patch<CategoryId>,
    ) -> Result<Option<Contact>, StoreError> {
        let (mut sets, mut request) = (Vec::new(), self.update(owner, id).condition_expression(PRESENT));
        if let Some(rule) = rule {
            sets.push("#rule = :rule");
            request = request
                .expression_attribute_names("#rule", "rule")
                .expression_attribute_values(":rule", attribute(&rule)?);
        }
        let mut removed = "";
        match category {
            Patch::Keep => {}
            Patch::Clear => removed = " REMOVE categoryId",
            Patch::Set(category) => {
                sets.push("categoryId = :category");
                request = request.expression_attribute_values(":category", text(category));
            }
        }
        if sets.is_empty() && removed.is_empty() {
            return self.get(owner, id).await;
        }
        let sets = if sets.is_empty() { String::new() } else { format!("SET {}", sets.join(", ")) };
        let request =
            request.update_expression(format!("{sets}{removed}")).return_values(ReturnValue::AllNew);
        match request.send().await.map_err(table::failed) {
            Ok(answer) => match answer.attributes {
                Some(item) => self.contact(owner, table::from_item(item)?).await.map(Some),
                None => Ok(None),
            },
            Err(StoreError::Conflict) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Notes what the owner calls somebody in the address book; `None` if they are not in it any more.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn named(
        &self,
        owner: UserId,
        id: &ContactId,
        sender: &Sender,
        name: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let request = self.update(owner, id);
        let request = match name {
            None => request.update_expression("REMOVE sealedBookName").condition_expression(PRESENT),
            Some(name) => {
                let contacts = Contacts { table: &self.table, sealing: self.sealing.as_ref() };
                request
                    .update_expression(format!(
                        "SET {KNOWN}, lastAt = if_not_exists(lastAt, :at), sealedBookName = :name, \
                         sealedSender = if_not_exists(sealedSender, :sender)"
                    ))
                    .expression_attribute_values(":at", text(now))
                    .expression_attribute_values(":name", contacts.name(owner, id, name).await?)
                    .expression_attribute_values(":sender", contacts.sender(owner, id, sender).await?)
            }
        };
        table::unless_refused(request.send().await).map(drop)
    }

    /// Notes that a message of somebody came whose messages are not kept, once.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn ignored(
        &self,
        owner: UserId,
        id: &ContactId,
        wamid: &str,
        now: Timestamp,
    ) -> Result<Heard, StoreError> {
        let last = Update::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::contact(owner, id).attributes()))
            .update_expression("SET lastAt = :now")
            .condition_expression(PRESENT)
            .expression_attribute_values(":now", text(now));
        let writes = vec![marked(&self.table, wamid, owner, None, now)?, table::update(last)?];
        Ok(match self.table.transact(writes).await? {
            Ok(()) => Heard::First,
            Err(refused) if refused.includes(0) => Heard::Duplicate,
            Err(_) => Heard::NotLinked,
        })
    }

    fn update(&self, owner: UserId, id: &ContactId) -> UpdateItemFluentBuilder {
        let request = self.table.client().update_item().table_name(self.table.name());
        request.set_key(Some(keys::contact(owner, id).attributes()))
    }

    pub(crate) async fn contact(&self, owner: UserId, item: ContactItem) -> Result<Contact, StoreError> {
        let id = item.sk.strip_prefix(CONTACT_PREFIX).unwrap_or_default();
        let id = ContactId::parse(id).map_err(table::corrupt)?;
        let sender = self.sealing.open(owner, &sender_record(&id), &item.sealed_sender).await?;
        let name = match item.sealed_book_name.or(item.sealed_name) {
            Some(name) => {
                let name = self.sealing.open(owner, &name_record(&id), &name).await?;
                Some(String::from_utf8(name).map_err(table::corrupt)?)
            }
            None => None,
        };
        Ok(Contact {
            sender: serde_json::from_slice(&sender).map_err(table::corrupt)?,
            id,
            name,
            rule: item.rule,
            category: item.category_id,
            saved_count: item.saved_count,
            first_at: item.first_at,
            last_at: item.last_at,
        })
    }
}
