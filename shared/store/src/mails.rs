//! Which mails have been sent.

use std::time::Duration;

use app_domain::{StoreError, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::keys;
use crate::table::{self, Table, text, unless_refused};

/// How long a claim counts: longer than a worker lives, so whoever made one that has run out is dead.
const CLAIMED_FOR: Duration = Duration::from_secs(60);
/// How long it is known of a mail that it was sent. Its job is not delivered that long.
const KNOWN_FOR: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The mails of the table.
#[derive(Clone)]
pub struct Mails(Table);

/// Whose a mail is to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Ours, from now on.
    Ours,
    /// Nobody's: it was sent.
    Sent,
    /// Somebody else's, who may be sending it now. Also ours, if the answer to our claim was lost.
    Busy,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MailItem {
    state: State,
    claimed_until: Timestamp,
    ttl: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum State {
    Sending,
    Sent,
}

impl Mails {
    /// The mails of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// Claims a mail for a minute, unless it was sent or somebody has it. A claim that has run out is taken over: a mail
    /// that goes out twice is better than one that never does.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn claim(&self, id: Uuid, now: Timestamp) -> Result<Claim, StoreError> {
        let put = self.0.put(keys::mail(id), &MailItem::new(State::Sending, now))?;
        let request = self.0.client().put_item().table_name(self.0.name()).set_item(Some(put.item));
        let request = request
            .condition_expression("attribute_not_exists(pk) OR (#state = :sending AND claimedUntil <= :now)")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":sending", text("sending"))
            .expression_attribute_values(":now", text(now));
        if unless_refused(request.send().await)? {
            return Ok(Claim::Ours);
        }
        let item: Option<MailItem> = self.0.get(keys::mail(id)).await?;
        let sent = item.is_some_and(|item| item.state == State::Sent);
        Ok(if sent { Claim::Sent } else { Claim::Busy })
    }

    /// Notes that a mail is dealt with, for good.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn sent(&self, id: Uuid, now: Timestamp) -> Result<(), StoreError> {
        let put = self.0.put(keys::mail(id), &MailItem::new(State::Sent, now))?;
        let request = self.0.client().put_item().table_name(self.0.name()).set_item(Some(put.item));
        request.send().await.map(drop).map_err(table::failed)
    }

    /// Gives a claim back that was made `claimed_at`, so that the next attempt need not wait for its end.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn release(&self, id: Uuid, claimed_at: Timestamp) -> Result<(), StoreError> {
        let request = self.0.client().delete_item().table_name(self.0.name());
        let request = request
            .set_key(Some(keys::mail(id).attributes()))
            .condition_expression("#state = :sending AND claimedUntil = :until")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":sending", text("sending"))
            .expression_attribute_values(":until", text(claimed_at.plus(CLAIMED_FOR)));
        // Refused if it is somebody else's by now, who will see to it.
        unless_refused(request.send().await).map(drop)
    }
}

impl MailItem {
    fn new(state: State, now: Timestamp) -> Self {
        Self { state, claimed_until: now.plus(CLAIMED_FOR), ttl: now.plus(KNOWN_FOR).as_seconds() }
    }
}
