//! How far messages that were sent have come, whatever order the news of it arrive in.

use app_domain::{DeliveryState, OutgoingKey, StoreError, Timestamp};
use aws_sdk_dynamodb::types::{AttributeValue, Update};

use crate::keys;
use crate::table::{self, attribute, if_absent, number, text, unless_refused};
use crate::whatsapp_sent::{KEPT_FOR, SentMessages};
use crate::whatsapp_sent_item::{SayingItem, SentAbout, SentItem};

/// News of a message that was sent.
#[derive(Debug, Clone, Copy)]
pub struct StatusNews<'a> {
    /// The messenger's id of the message.
    pub wamid: &'a str,
    /// What it was sent under, if that came back.
    pub key: Option<&'a OutgoingKey>,
    /// How far it has come.
    pub state: DeliveryState,
    /// Since when.
    pub at: Timestamp,
    /// Meta's code of why it failed.
    pub error: Option<i64>,
}

/// How often news are noted anew because others came first.
const TRIES: usize = 8;

impl SentMessages {
    /// Notes news of a message, which may come in any order, and before anybody has noted that it was sent: then they tell that.
    /// What it is about; `None` if it is none of ours.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn status(&self, news: &StatusNews<'_>) -> Result<Option<SentAbout>, StoreError> {
        for attempt in 0..TRIES {
            if let Some(sent) = self.sent_item(news.wamid).await? {
                if self.went_on(&sent, news).await? {
                    return Ok(Some(sent.about.into()));
                }
            } else {
                let Some(key) = news.key else { return Ok(None) };
                let Some(saying) = self.saying(key).await? else { return Ok(None) };
                if !saying.is_surely_sending() || self.known(&saying, saying.next_part, news).await? {
                    return Ok(Some(saying.about.into()));
                }
            }
            table::wait(attempt).await;
        }
        Err(StoreError::Throttled("other news kept coming first".into()))
    }

    /// What a message of ours is about, by the messenger's id of it.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn of_wamid(&self, wamid: &str) -> Result<Option<SentAbout>, StoreError> {
        Ok(self.sent_item(wamid).await?.map(|sent| sent.about.into()))
    }

    async fn sent_item(&self, wamid: &str) -> Result<Option<SentItem>, StoreError> {
        self.table.get(keys::sent_message(wamid)).await
    }

    /// Notes that a part was sent, and how far it has come. `Ok(false)` if another is next, or the message is known.
    pub(crate) async fn known(
        &self,
        saying: &SayingItem,
        part: usize,
        news: &StatusNews<'_>,
    ) -> Result<bool, StoreError> {
        let about = saying.about.clone();
        let key = SentAbout::from(about.clone()).key;
        let advanced = Update::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::outgoing(&key).attributes()))
            .update_expression("SET nextPart = :next REMOVE sendingSince, sendingUntil, uncertainSince")
            .condition_expression("nextPart = :part")
            .expression_attribute_values(":part", number(part))
            .expression_attribute_values(":next", number(part + 1));
        let sent = SentItem {
            about,
            part,
            delivery: news.state,
            since: news.at,
            fault_code: news.error,
            ttl: news.at.plus(KEPT_FOR).as_seconds(),
        };
        let sent = self.table.put(keys::sent_message(news.wamid), &sent)?;
        let writes = vec![table::update(advanced)?, table::put(if_absent(sent))];
        Ok(self.table.transact(writes).await?.is_ok())
    }

    /// Notes that a message has come further. `Ok(false)` if other news came first.
    async fn went_on(&self, sent: &SentItem, news: &StatusNews<'_>) -> Result<bool, StoreError> {
        let after = sent.delivery.then(news.state);
        if after == sent.delivery {
            return Ok(true);
        }
        let request = self.table.client().update_item().table_name(self.table.name());
        let request = request
            .set_key(Some(keys::sent_message(news.wamid).attributes()))
            .update_expression("SET delivery = :after, since = :at, faultCode = :code")
            .condition_expression("delivery = :before")
            .expression_attribute_values(":before", attribute(&sent.delivery)?)
            .expression_attribute_values(":after", attribute(&after)?)
            .expression_attribute_values(":at", text(news.at))
            .expression_attribute_values(":code", news.error.map_or(AttributeValue::Null(true), number));
        unless_refused(request.send().await)
    }
}
