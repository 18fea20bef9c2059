//! Which phone belongs to which account, and the codes that prove it.

use app_domain::{
    CategoryId, ConnectedPhone, PendingPhone, PhoneNumber, StoreError, Timestamp, TokenHash, UserId,
    WhatsappLink,
};
use aws_sdk_dynamodb::types::builders::{DeleteBuilder, UpdateBuilder};
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, Update};
use serde::{Deserialize, Serialize};

use crate::categories::for_whatsapp;
use crate::keys;
use crate::memories::SeenMessage;
use crate::table::{self, Table, delete, if_absent, put, text, update};

/// The WhatsApp connections of the table.
#[derive(Clone)]
pub struct WhatsappLinks(Table);

/// How often confirming is tried again when the phone or the account changes hands meanwhile.
const TRIES: usize = 3;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LinkItem {
    phone: Option<PhoneNumber>,
    connected_at: Option<Timestamp>,
    last_sync_at: Option<Timestamp>,
    pending_phone: Option<PhoneNumber>,
    pending_until: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CodeItem {
    user_id: UserId,
    expires_at: Timestamp,
    ttl: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OwnerItem {
    user_id: UserId,
    /// Where the phone's messages are filed. Should it be deleted, they are filed in none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category_id: Option<CategoryId>,
    since: Timestamp,
}

/// Whose a phone is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhoneOwner {
    /// The person.
    pub user: UserId,
    /// The category that its messages are to be filed in, which may be deleted by now.
    pub category: Option<CategoryId>,
}

/// What linking a phone goes by.
struct Confirmation<'a> {
    user: UserId,
    phone: &'a PhoneNumber,
    code: &'a TokenHash,
    wamid: &'a str,
    /// Whose the phone was.
    before: Option<UserId>,
    /// The phone that the person had.
    linked: Option<&'a PhoneNumber>,
    category: Option<CategoryId>,
    now: Timestamp,
}

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
        let item = self.0.get::<LinkItem>(keys::whatsapp_link(user)).await?.unwrap_or_default();
        let connected = item.phone.zip(item.connected_at);
        let pending = item.pending_phone.zip(item.pending_until);
        Ok(WhatsappLink {
            connected: connected.map(|(phone, since)| ConnectedPhone {
                phone,
                since,
                last_sync_at: item.last_sync_at,
            }),
            pending: pending.map(|(phone, expires_at)| PendingPhone { phone, expires_at }),
        })
    }

    /// The person whose phone it is.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn owner(&self, phone: &PhoneNumber) -> Result<Option<UserId>, StoreError> {
        Ok(self.destination(phone).await?.map(|owner| owner.user))
    }

    /// The same, with where its messages are filed.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn destination(&self, phone: &PhoneNumber) -> Result<Option<PhoneOwner>, StoreError> {
        let item: Option<OwnerItem> = self.0.get(keys::phone_owner(phone)).await?;
        Ok(item.map(|item| PhoneOwner { user: item.user_id, category: item.category_id }))
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
        let waiting = self
            .link(user)
            .update_expression("SET pendingPhone = :phone, pendingUntil = :until")
            .expression_attribute_values(":phone", text(pending.phone.digits()))
            .expression_attribute_values(":until", text(pending.expires_at));
        let writes = vec![put(if_absent(code)), update(waiting)?];
        self.0.transact(writes).await?.map_err(|_| StoreError::Conflict)
    }

    /// Links the phone to the person who was given the code, and takes it from whoever had it: the phone was proved just
    /// now. Its messages are filed under "WhatsApp", which is made if it is not there. Marks the message as dealt with. `None` if
    /// the phone was given no such code, or it is too late.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn confirm(
        &self,
        phone: &PhoneNumber,
        code: &TokenHash,
        wamid: &str,
        now: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        for _ in 0..TRIES {
            let offered: Option<CodeItem> = self.0.get(keys::phone_code(phone, code)).await?;
            let Some(offered) = offered.filter(|offered| offered.expires_at > now) else { return Ok(None) };
            let user = offered.user_id;
            let filed = for_whatsapp(&self.0, user, now);
            let (before, link, filed) = tokio::try_join!(self.owner(phone), self.of(user), filed)?;
            let (category, made) = filed;
            let linked = link.connected.map(|connected| connected.phone);
            let linked = linked.as_ref();
            let confirmation = Confirmation { user, phone, code, wamid, before, linked, category, now };
            let mut writes = self.confirmation(&confirmation)?;
            writes.extend(made);
            if self.0.transact(writes).await?.is_ok() {
                return Ok(Some(user));
            }
        }
        Err(StoreError::Conflict)
    }

    fn confirmation(&self, confirmation: &Confirmation<'_>) -> Result<Vec<TransactWriteItem>, StoreError> {
        let Confirmation { user, phone, code, wamid, before, linked, category, now } = *confirmation;
        let item = OwnerItem { user_id: user, category_id: category, since: now };
        let mut owner = self.0.put(keys::phone_owner(phone), &item)?;
        owner.condition_expression = Some("attribute_not_exists(pk) OR userId = :before".to_owned());
        owner.expression_attribute_values =
            Some([(":before".to_owned(), text(before.unwrap_or(user)))].into());
        let link = self
            .link(user)
            .update_expression(
                "SET phone = :phone, connectedAt = :now REMOVE pendingPhone, pendingUntil, lastSyncAt",
            )
            .expression_attribute_values(":phone", text(phone.digits()))
            .expression_attribute_values(":now", text(now));
        // Another phone of theirs may be confirmed at the same moment; the one that comes second must see the first.
        let link = match linked {
            None => link.condition_expression("attribute_not_exists(phone)"),
            Some(linked) => link
                .condition_expression("phone = :linked")
                .expression_attribute_values(":linked", text(linked.digits())),
        };
        let mut writes = vec![
            put(if_absent(self.0.put(keys::wamid(wamid), &SeenMessage::at(now))?)),
            delete(self.delete(keys::phone_code(phone, code)).condition_expression(table::PRESENT))?,
            put(owner),
            update(link)?,
        ];
        if let Some(before) = before.filter(|before| *before != user) {
            let unlinked = self
                .link(before)
                .update_expression("REMOVE phone, connectedAt, lastSyncAt")
                .condition_expression("phone = :phone")
                .expression_attribute_values(":phone", text(phone.digits()));
            writes.push(update(unlinked)?);
        }
        if let Some(old) = linked.filter(|old| *old != phone) {
            let freed = self
                .delete(keys::phone_owner(old))
                .condition_expression("userId = :user")
                .expression_attribute_values(":user", text(user));
            writes.push(delete(freed)?);
        }
        Ok(writes)
    }

    fn link(&self, user: UserId) -> UpdateBuilder {
        Update::builder().table_name(self.0.name()).set_key(Some(keys::whatsapp_link(user).attributes()))
    }

    fn delete(&self, key: keys::Key) -> DeleteBuilder {
        Delete::builder().table_name(self.0.name()).set_key(Some(key.attributes()))
    }
}
