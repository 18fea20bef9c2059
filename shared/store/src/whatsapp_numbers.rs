//! Business numbers of people's own, and their access tokens. Whose a number is stands on an item of its own, which is one person's.

use std::sync::Arc;

use app_domain::{
    AuditEntry, AuditEvent, CategoryId, Origin, OwnNumber, Sealing, StoreError, Timestamp, UserId,
};
use aws_sdk_dynamodb::types::TransactWriteItem;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::audit;
use crate::categories::for_whatsapp;
use crate::keys;
use crate::table::{self, Table, attribute, put, text, unless_refused, update};
use crate::whatsapp_item::{LinkItem, OwnItem, OwnerItem, freed, link, owned};

/// The own numbers of the table.
#[derive(Clone)]
pub struct WhatsappNumbers {
    table: Table,
    sealing: Arc<dyn Sealing>,
}

/// What became of a number that was to be connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connected {
    /// It is theirs now.
    Done,
    /// It is somebody else's.
    TakenByOther,
}

/// Whose a number is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnNumberOwner {
    /// The person.
    pub user: UserId,
    /// The number, by Meta's id of it.
    pub number: String,
    /// The category that its messages are to be filed in, which may be deleted by now.
    pub category: Option<CategoryId>,
}

#[derive(Serialize, Deserialize)]
struct TokenItem {
    sealed: ByteBuf,
}

/// Somebody who has a number of a business account.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccountItem {
    user_id: UserId,
}

/// The name under which a token is sealed.
const TOKEN: &str = "whatsapp-token";
/// How often a change is made anew because another writer came first.
const TRIES: usize = 4;

impl WhatsappNumbers {
    /// The own numbers of `table`, with tokens sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self { table, sealing: Arc::new(sealing) }
    }

    /// Connects a person's number, in the place of any that they had. Its messages are filed under "WhatsApp", which is made if it is
    /// not there.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn connect(
        &self,
        user: UserId,
        number: &OwnNumber,
        token: &SecretString,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<Connected, StoreError> {
        let sealed = self.sealing.seal(user, TOKEN, token.expose_secret().as_bytes()).await?;
        let token = TokenItem { sealed: ByteBuf::from(sealed) };
        for attempt in 0..TRIES {
            let (before, (category, made)) =
                tokio::try_join!(self.of(user), for_whatsapp(&self.table, user, now))?;
            let item =
                OwnerItem { user_id: user, category_id: category, since: now, phone: None, sender_id: None };
            let account = keys::in_business_account(&number.business_account_id, user);
            let change = link(&self.table, user)
                .update_expression("SET ownNumber = :number REMOVE fault")
                .expression_attribute_values(":number", attribute(&OwnItem::from(number))?);
            let change = match &before {
                None => change.condition_expression("attribute_not_exists(ownNumber)"),
                Some(before) => change
                    .condition_expression("ownNumber.phoneNumberId = :before")
                    .expression_attribute_values(":before", text(&before.phone_number_id)),
            };
            let mut writes = vec![
                owned(&self.table, keys::own_number(&number.phone_number_id), &item, user)?,
                update(change)?,
                put(self.table.put(keys::own_number_token(user), &token)?),
                put(self.table.put(account, &AccountItem { user_id: user })?),
            ];
            if let Some(before) = &before {
                writes.extend(self.let_go(user, before, Some(number))?);
            }
            writes.extend(made);
            let event = AuditEvent::WhatsappNumberConnected;
            writes.push(audit::entry(&self.table, &AuditEntry::new(user, event, origin.clone(), now))?);
            match self.table.transact(writes).await? {
                Ok(()) => return Ok(Connected::Done),
                Err(refused) if refused.includes(0) => return Ok(Connected::TakenByOther),
                Err(_) => table::wait(attempt).await,
            }
        }
        Err(StoreError::Conflict)
    }

    /// The access token of a person's number.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn token(&self, user: UserId) -> Result<Option<SecretString>, StoreError> {
        let Some(item) = self.table.get::<TokenItem>(keys::own_number_token(user)).await? else {
            return Ok(None);
        };
        let token = self.sealing.open(user, TOKEN, &item.sealed).await?;
        Ok(Some(SecretString::from(String::from_utf8(token).map_err(table::corrupt)?)))
    }

    /// Notes when the access token of a person's number ends. Nothing happens if they have none.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn set_token_expiry(&self, user: UserId, at: Option<Timestamp>) -> Result<(), StoreError> {
        let request = self.table.client().update_item().table_name(self.table.name());
        let request = request
            .set_key(Some(keys::whatsapp_link(user).attributes()))
            .condition_expression("attribute_exists(ownNumber)");
        let request = match at {
            Some(at) => request
                .update_expression("SET ownNumber.tokenExpiresAt = :at")
                .expression_attribute_values(":at", text(at)),
            None => request.update_expression("REMOVE ownNumber.tokenExpiresAt"),
        };
        unless_refused(request.send().await).map(drop)
    }

    /// Lets a person's number go, with its token. Returns what there was.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn disconnect(
        &self,
        user: UserId,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<Option<OwnNumber>, StoreError> {
        for attempt in 0..TRIES {
            let Some(before) = self.of(user).await? else { return Ok(None) };
            let change = link(&self.table, user)
                .update_expression("REMOVE ownNumber, fault")
                .condition_expression("ownNumber.phoneNumberId = :before")
                .expression_attribute_values(":before", text(&before.phone_number_id));
            let mut writes = vec![update(change)?];
            writes.extend(self.let_go(user, &before, None)?);
            let token = aws_sdk_dynamodb::types::Delete::builder()
                .table_name(self.table.name())
                .set_key(Some(keys::own_number_token(user).attributes()));
            writes.push(table::delete(token)?);
            let event = AuditEvent::WhatsappNumberDisconnected;
            writes.push(audit::entry(&self.table, &AuditEntry::new(user, event, origin.clone(), now))?);
            if self.table.transact(writes).await?.is_ok() {
                return Ok(Some(before));
            }
            table::wait(attempt).await;
        }
        Err(StoreError::Conflict)
    }

    /// Whose a number is, by Meta's id of it.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn owner(&self, phone_number_id: &str) -> Result<Option<OwnNumberOwner>, StoreError> {
        let item: Option<OwnerItem> = self.table.get(keys::own_number(phone_number_id)).await?;
        let number = phone_number_id.to_owned();
        Ok(item.map(|item| OwnNumberOwner { user: item.user_id, number, category: item.category_id }))
    }

    /// Those who have a number of a business account, by Meta's id of it.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn accounts_of(&self, business_account_id: &str) -> Result<Vec<UserId>, StoreError> {
        let (items, _) = self
            .table
            .query::<AccountItem>(keys::business_account(business_account_id), "", None, None)
            .await?;
        Ok(items.into_iter().map(|item| item.user_id).collect())
    }

    async fn of(&self, user: UserId) -> Result<Option<OwnNumber>, StoreError> {
        let item: Option<LinkItem> = self.table.get(keys::whatsapp_link(user)).await?;
        Ok(item.unwrap_or_default().link().own)
    }

    /// The writes that free a number, except what the next one needs, too.
    fn let_go(
        &self,
        user: UserId,
        number: &OwnNumber,
        next: Option<&OwnNumber>,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut writes = Vec::new();
        if next.is_none_or(|next| next.phone_number_id != number.phone_number_id) {
            writes.push(freed(&self.table, keys::own_number(&number.phone_number_id), user)?);
        }
        if next.is_none_or(|next| next.business_account_id != number.business_account_id) {
            let account = keys::in_business_account(&number.business_account_id, user);
            writes.push(freed(&self.table, account, user)?);
        }
        Ok(writes)
    }
}
