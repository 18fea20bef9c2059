//! What is said in chats: what was set out to be sent, and what was sent. A call that sends cannot be made safely twice, so it is
//! noted before and after. How far what was sent has come has a module of its own.

use std::sync::Arc;
use std::time::Duration;

use app_domain::{DeliveryState, Outgoing, OutgoingKey, Sealing, StoreError, Timestamp, UserId};
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;

use crate::keys;
use crate::table::{ABSENT, PRESENT, Table, attribute, number, text, unless_refused};
use crate::whatsapp_sent_item::{Composition, Parts, SayingItem};
use crate::whatsapp_status::StatusNews;

/// What is said in chats, of the table.
#[derive(Clone)]
pub struct SentMessages {
    pub(crate) table: Table,
    parts: Parts,
}

/// How far something to say has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Nothing is written out yet.
    New,
    /// It is written out and is to be sent, or sent on.
    Composed(Composition),
    /// It was sent, or given up.
    Done,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GreetingItem {
    until: Timestamp,
    ttl: i64,
}

/// How long all of it is kept: nothing is marked as read, quoted or reported later.
pub(crate) const KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long somebody who set out to send is waited for. No call takes as long.
const SENDS_FOR: Duration = Duration::from_secs(60);

impl SentMessages {
    /// What is said in chats, of `table`, sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self { table, parts: Parts(Arc::new(sealing)) }
    }

    /// Begins something to say, or finds how far it has come.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn begin(&self, what: &Outgoing, now: Timestamp) -> Result<Begun, StoreError> {
        let item = SayingItem::new(what, now.plus(KEPT_FOR).as_seconds());
        let put = self.table.put(keys::outgoing(&what.key), &item)?;
        let request = self.table.client().put_item().table_name(self.table.name());
        let request = request.set_item(Some(put.item)).condition_expression(ABSENT);
        if unless_refused(request.send().await)? {
            return Ok(Begun::New);
        }
        let Some(item) = self.saying(&what.key).await? else { return Err(StoreError::Conflict) };
        if item.is_done() {
            return Ok(Begun::Done);
        }
        Ok(self.parts.composition(item).await?.map_or(Begun::New, Begun::Composed))
    }

    /// Notes what is to be sent, before any of it is: another try sends the same. Nothing to send is done at once. `Ok(false)` if it
    /// was noted before.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn compose(
        &self,
        key: &OutgoingKey,
        owner: Option<UserId>,
        parts: &[String],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (name, value) = match owner {
            Some(owner) => {
                let sealed = self.parts.seal(key, owner, parts).await?;
                ("sealedParts", AttributeValue::B(Blob::new(sealed)))
            }
            None => ("plainParts", attribute(&parts)?),
        };
        let request = self
            .change(key, &format!("SET {name} = :parts, partCount = :count, composedAt = :now"))
            .condition_expression(format!("{PRESENT} AND attribute_not_exists(partCount)"))
            .expression_attribute_values(":parts", value)
            .expression_attribute_values(":count", number(parts.len()))
            .expression_attribute_values(":now", text(now));
        unless_refused(request.send().await)
    }

    /// Notes that a part is about to be sent. `Ok(false)` if it is not next, or somebody set out to send it less than a minute ago.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn sending(&self, key: &OutgoingKey, part: usize, now: Timestamp) -> Result<bool, StoreError> {
        let request = self
            .change(
                key,
                "SET sendingSince = :now, sendingUntil = :until REMOVE uncertainSince ADD attempts :one",
            )
            .condition_expression(
                "nextPart = :part AND partCount > :part AND attribute_not_exists(failedAt) AND \
                 (attribute_not_exists(sendingUntil) OR sendingUntil <= :now)",
            )
            .expression_attribute_values(":part", number(part))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":until", text(now.plus(SENDS_FOR)));
        unless_refused(request.send().await)
    }

    /// Notes that a part was surely not sent, so that it can be tried again at once.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn not_sent(&self, key: &OutgoingKey, part: usize) -> Result<(), StoreError> {
        let request = self
            .change(key, "REMOVE sendingSince, sendingUntil, uncertainSince ADD attempts :less")
            .condition_expression("nextPart = :part AND attribute_exists(sendingSince)")
            .expression_attribute_values(":part", number(part))
            .expression_attribute_values(":less", number(-1));
        unless_refused(request.send().await).map(drop)
    }

    /// Notes that nobody knows whether a part was sent. News of it may tell.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn uncertain(&self, key: &OutgoingKey, part: usize, now: Timestamp) -> Result<(), StoreError> {
        let request = self
            .change(key, "SET uncertainSince = if_not_exists(uncertainSince, :now)")
            .condition_expression("nextPart = :part AND attribute_exists(sendingSince)")
            .expression_attribute_values(":part", number(part))
            .expression_attribute_values(":now", text(now));
        unless_refused(request.send().await).map(drop)
    }

    /// Notes that a part was sent, by the messenger's id of it. Nothing happens if that is known already.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn sent(
        &self,
        key: &OutgoingKey,
        part: usize,
        wamid: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(saying) = self.saying(key).await? else { return Ok(()) };
        let news = StatusNews { wamid, key: Some(key), state: DeliveryState::Sent, at: now, error: None };
        self.known(&saying, part, &news).await.map(drop)
    }

    /// Gives something up, with Meta's code and words for whoever looks into it.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn failed(
        &self,
        key: &OutgoingKey,
        code: Option<i64>,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let request = self
            .change(
                key,
                "SET failedAt = if_not_exists(failedAt, :now), faultCode = :code, faultReason = :reason",
            )
            .condition_expression(PRESENT)
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":code", code.map_or(AttributeValue::Null(true), number))
            .expression_attribute_values(":reason", text(reason));
        unless_refused(request.send().await).map(drop)
    }

    /// Whether a stranger is to be greeted: once in every such period.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn greet(
        &self,
        sender_hash: &str,
        now: Timestamp,
        every: Duration,
    ) -> Result<bool, StoreError> {
        let until = now.plus(every);
        let item = GreetingItem { until, ttl: until.as_seconds() };
        let put = self.table.put(keys::greeting(sender_hash), &item)?;
        let request = self.table.client().put_item().table_name(self.table.name());
        let request = request
            .set_item(Some(put.item))
            .condition_expression(format!("{ABSENT} OR #until <= :now"))
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":now", text(now));
        unless_refused(request.send().await)
    }

    pub(crate) async fn saying(&self, key: &OutgoingKey) -> Result<Option<SayingItem>, StoreError> {
        self.table.get(keys::outgoing(key)).await
    }

    fn change(&self, key: &OutgoingKey, expression: &str) -> UpdateItemFluentBuilder {
        let request = self.table.client().update_item().table_name(self.table.name());
        request.set_key(Some(keys::outgoing(key).attributes())).update_expression(expression)
    }
}
