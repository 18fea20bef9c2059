//! Linking a phone to an account, following it when it changes, and letting it go. Whose a phone or an id is stands on an item of
//! its own, which is one person's; all of it changes in one transaction.

use app_domain::{
    AuditEntry, AuditEvent, BusinessUserId, Chat, ConnectedPhone, Origin, PhoneNumber, Recipient, Sender,
    StoreError, Timestamp, TokenHash, UserId,
};
use aws_sdk_dynamodb::types::TransactWriteItem;

use crate::audit;
use crate::categories::for_whatsapp;
use crate::keys::{self, Key};
use crate::table::{self, attribute, delete, text, update};
use crate::whatsapp_item::{CodeItem, OwnerItem, freed, link, owned};
use crate::whatsapp_links::WhatsappLinks;
use crate::whatsapp_people::{LinkedPerson, marked};

/// How often a change is made anew when the phone or the account changes hands meanwhile.
const TRIES: usize = 4;

/// Everything at a person's connection that comes with a phone and goes with it.
const OF_THE_PHONE: &str =
    "phone, connectedAt, lastSyncAt, senderId, chat, isMuted, sharedFault, lastMemory, talk, talkedAt";

/// Who has what is to be linked, and what the new owner has.
struct Present {
    /// Whose the phone and the id are said to be.
    holders: Vec<(Key, UserId)>,
    /// Who else is connected by them.
    others: Vec<(UserId, ConnectedPhone)>,
    /// What the new owner is connected by.
    own: Option<ConnectedPhone>,
}

impl WhatsappLinks {
    /// Links the sender to the person who was given the code, and takes phone and id from whoever had them: the phone was proved
    /// just now. Its messages are filed under "WhatsApp", which is made if it is not there. Marks the message as dealt with. `None`
    /// if the phone was given no such code, it is too late, or the phone is hidden.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn confirm(
        &self,
        sender: &Sender,
        chat: &Chat,
        code: &TokenHash,
        wamid: &str,
        now: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        let Some(phone) = &sender.phone else { return Ok(None) };
        for attempt in 0..TRIES {
            let offered: Option<CodeItem> = self.0.get(keys::phone_code(phone, code)).await?;
            let Some(offered) = offered.filter(|offered| offered.expires_at > now) else { return Ok(None) };
            let user = offered.user_id;
            let (present, (category, made)) =
                tokio::try_join!(self.present(user, sender), for_whatsapp(&self.0, user, now))?;
            let item = OwnerItem {
                user_id: user,
                category_id: category,
                since: now,
                phone: Some(phone.clone()),
                sender_id: sender.user_id.clone(),
            };
            let mut writes = vec![
                marked(&self.0, wamid, user, None, now)?,
                delete(self.removal(keys::phone_code(phone, code)).condition_expression(table::PRESENT))?,
            ];
            writes.extend(self.handed_over(&item, phone, &present)?);
            writes.push(self.connected(user, sender, phone, chat, present.own.as_ref(), now)?);
            writes.extend(made);
            writes.push(self.audited(user, AuditEvent::WhatsappLinked, &Origin::default(), now)?);
            for (other, _) in &present.others {
                writes.push(self.audited(*other, AuditEvent::WhatsappUnlinked, &Origin::default(), now)?);
            }
            match self.0.transact(writes).await? {
                Ok(()) => return Ok(Some(user)),
                Err(refused) if refused.includes(0) => return Ok(None),
                Err(_) => table::wait(attempt).await,
            }
        }
        Err(StoreError::Conflict)
    }

    /// Follows a person to another phone or another id, once. `Ok(false)` if that was done before, their phone is not theirs any
    /// more, or the other one is somebody else's.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn moved(
        &self,
        person: &LinkedPerson,
        to: &Sender,
        wamid: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        for attempt in 0..TRIES {
            let before = self.of(person.user).await?.connected;
            let Some(before) = before.filter(|before| before.phone == person.phone) else { return Ok(false) };
            let phone = to.phone.clone().unwrap_or_else(|| before.phone.clone());
            let id = to.user_id.clone().or_else(|| before.user_id.clone());
            let item = OwnerItem {
                user_id: person.user,
                category_id: person.category,
                since: now,
                phone: Some(phone.clone()),
                sender_id: id.clone(),
            };
            let mut expression = "SET phone = :phone".to_owned();
            let mut change = link(&self.0, person.user)
                .condition_expression("phone = :before")
                .expression_attribute_values(":before", text(before.phone.digits()))
                .expression_attribute_values(":phone", text(phone.digits()));
            if let Some(id) = &id {
                expression.push_str(", senderId = :id");
                change = change.expression_attribute_values(":id", text(id.as_str()));
            }
            if let Some(chat) = followed(before.chat.clone(), to) {
                expression.push_str(", chat = :chat");
                change = change.expression_attribute_values(":chat", attribute(&chat)?);
            }
            let mut writes = vec![
                marked(&self.0, wamid, person.user, None, now)?,
                update(change.update_expression(expression))?,
            ];
            if phone != before.phone {
                writes.push(self.audited(
                    person.user,
                    AuditEvent::WhatsappLinked,
                    &Origin::default(),
                    now,
                )?);
            }
            let mine = Present { holders: Vec::new(), others: Vec::new(), own: Some(before) };
            writes.extend(self.handed_over(&item, &phone, &mine)?);
            match self.0.transact(writes).await? {
                Ok(()) => return Ok(true),
                Err(refused) if refused.includes(1) && !refused.includes(0) => table::wait(attempt).await,
                Err(_) => return Ok(false),
            }
        }
        Err(StoreError::Conflict)
    }

    /// Lets a person's phone go, and their id with it: both are free. Returns what there was. A phone that is still to be proved is
    /// forgotten, too.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn disconnect(
        &self,
        user: UserId,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<Option<ConnectedPhone>, StoreError> {
        for attempt in 0..TRIES {
            let before = self.of(user).await?;
            let gone = format!("REMOVE {OF_THE_PHONE}, pendingPhone, pendingUntil");
            // Pausing is for the number of their own, too, if there is one.
            let gone = if before.own.is_none() { format!("{gone}, pausedAt") } else { gone };
            let change = link(&self.0, user).update_expression(gone);
            let change = match &before.connected {
                None => change.condition_expression("attribute_not_exists(phone)"),
                Some(connected) => change
                    .condition_expression("phone = :phone")
                    .expression_attribute_values(":phone", text(connected.phone.digits())),
            };
            let mut writes = vec![update(change)?];
            for key in before.connected.iter().flat_map(held) {
                writes.push(freed(&self.0, key, user)?);
            }
            if before.connected.is_some() {
                writes.push(self.audited(user, AuditEvent::WhatsappUnlinked, origin, now)?);
            }
            if self.0.transact(writes).await?.is_ok() {
                return Ok(before.connected);
            }
            table::wait(attempt).await;
        }
        Err(StoreError::Conflict)
    }

    /// Who has the sender's phone or id, and what `user` has.
    async fn present(&self, user: UserId, sender: &Sender) -> Result<Present, StoreError> {
        let own = self.of(user).await?.connected;
        let keys = keys_of(sender.phone.as_ref(), sender.user_id.as_ref());
        let (mut holders, mut others) = (Vec::new(), Vec::<(UserId, ConnectedPhone)>::new());
        for key in &keys {
            let Some(item) = self.0.get::<OwnerItem>(key.clone()).await? else { continue };
            holders.push((key.clone(), item.user_id));
            if item.user_id == user || others.iter().any(|(other, _)| *other == item.user_id) {
                continue;
            }
            let connected = self.of(item.user_id).await?.connected;
            let by_it = |connected: &ConnectedPhone| held(connected).iter().any(|held| keys.contains(held));
            others.extend(connected.filter(by_it).map(|connected| (item.user_id, connected)));
        }
        Ok(Present { holders, others, own })
    }

    /// The writes that make phone and id of `item` its person's, and free whatever else these people had.
    fn handed_over(
        &self,
        item: &OwnerItem,
        phone: &PhoneNumber,
        present: &Present,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let id = item.sender_id.as_ref();
        let new = [Some(keys::phone_owner(phone)), id.map(sender_key)];
        let mut writes = Vec::new();
        for key in new.iter().flatten() {
            let before = present.holders.iter().find(|(held, _)| held == key);
            let before = before.map_or(item.user_id, |(_, holder)| *holder);
            writes.push(owned(&self.0, key.clone(), item, before)?);
        }
        let mut free = present.holders.clone();
        let own = present.own.iter().map(|connected| (item.user_id, connected));
        let others = present.others.iter().map(|(other, connected)| (*other, connected));
        for (holder, connected) in own.chain(others) {
            free.extend(held(connected).into_iter().map(|key| (key, holder)));
        }
        let mut done: Vec<Key> = new.into_iter().flatten().collect();
        for (key, holder) in free {
            if !done.contains(&key) {
                writes.push(freed(&self.0, key.clone(), holder)?);
                done.push(key);
            }
        }
        for (other, connected) in &present.others {
            let change = link(&self.0, *other)
                .update_expression(format!("REMOVE {OF_THE_PHONE}"))
                .condition_expression("phone = :phone")
                .expression_attribute_values(":phone", text(connected.phone.digits()));
            writes.push(update(change)?);
        }
        Ok(writes)
    }

    /// The write that connects a person. Another phone of theirs may be confirmed at the same moment; the one that comes second must
    /// see the first.
    fn connected(
        &self,
        user: UserId,
        sender: &Sender,
        phone: &PhoneNumber,
        chat: &Chat,
        before: Option<&ConnectedPhone>,
        now: Timestamp,
    ) -> Result<TransactWriteItem, StoreError> {
        let set = "SET phone = :phone, connectedAt = :now, lastSyncAt = :now, chat = :chat";
        let gone = "REMOVE pendingPhone, pendingUntil";
        let change = link(&self.0, user)
            .expression_attribute_values(":phone", text(phone.digits()))
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":chat", attribute(chat)?);
        let change = match &sender.user_id {
            None => change.update_expression(format!("{set} {gone}, senderId")),
            Some(id) => change
                .update_expression(format!("{set}, senderId = :id {gone}"))
                .expression_attribute_values(":id", text(id.as_str())),
        };
        update(match before {
            None => change.condition_expression("attribute_not_exists(phone)"),
            Some(before) => change
                .condition_expression("phone = :before")
                .expression_attribute_values(":before", text(before.phone.digits())),
        })
    }

    fn audited(
        &self,
        user: UserId,
        event: AuditEvent,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<TransactWriteItem, StoreError> {
        audit::entry(&self.0, &AuditEntry::new(user, event, origin.clone(), now))
    }

    fn removal(&self, key: Key) -> aws_sdk_dynamodb::types::builders::DeleteBuilder {
        aws_sdk_dynamodb::types::Delete::builder().table_name(self.0.name()).set_key(Some(key.attributes()))
    }
}

fn sender_key(id: &BusinessUserId) -> Key {
    keys::sender_owner(id.hash().as_str())
}

/// The items that say whose a phone and an id are.
fn keys_of(phone: Option<&PhoneNumber>, id: Option<&BusinessUserId>) -> Vec<Key> {
    let mut keys: Vec<Key> = phone.iter().map(|phone| keys::phone_owner(phone)).collect();
    keys.extend(phone.map(keys::phone_owner_as_written).filter(|key| !keys.contains(key)));
    keys.extend(id.map(sender_key));
    keys
}

/// Those of a connection.
fn held(connected: &ConnectedPhone) -> Vec<Key> {
    keys_of(Some(&connected.phone), connected.user_id.as_ref())
}

/// The chat with somebody who is known by another phone or id now.
fn followed(chat: Option<Chat>, to: &Sender) -> Option<Chat> {
    let chat = chat?;
    let with = match (&chat.with, &to.phone, &to.user_id) {
        (_, Some(phone), _) => Recipient::Phone(phone.clone()),
        (Recipient::User(_), None, Some(id)) => Recipient::User(id.clone()),
        _ => return None,
    };
    Some(Chat { with, ..chat })
}
