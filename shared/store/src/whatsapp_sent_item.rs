//! What is said in chats as it is stored: a record of each thing to say, with its parts, and a mark of each message that was sent.

use std::fmt;
use std::sync::Arc;

use app_domain::{
    DeliveryState, MemoryId, MessageId, Outgoing, OutgoingKey, OutgoingTask, Sealing, StoreError, Timestamp,
    UserId,
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::table;

/// Something to say, written out.
#[derive(Clone, PartialEq, Eq)]
pub struct Composition {
    /// The messages that it is sent as.
    pub parts: Vec<String>,
    /// Which of them is next.
    pub next: usize,
    /// What is known of that one.
    pub state: PartState,
}

/// Not what it says.
impl fmt::Debug for Composition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Composition({} of {}, {:?})", self.next, self.parts.len(), self.state)
    }
}

/// What is known of a message that is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartState {
    /// Nobody has tried to send it.
    Waiting,
    /// Somebody set out to send it and has not said what came of it.
    Sending {
        /// When.
        since: Timestamp,
    },
    /// It may have been sent: there was no answer.
    Uncertain {
        /// Since when that is known.
        since: Timestamp,
    },
}

/// What a message that was sent is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentAbout {
    /// What it was sent under.
    pub key: OutgoingKey,
    /// Whose memories it is about.
    pub owner: Option<UserId>,
    /// The message under a memory that it was.
    pub post: Option<(MemoryId, MessageId)>,
}

/// Something to say.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SayingItem {
    #[serde(flatten)]
    pub(crate) about: AboutItem,
    /// How many parts it has, once it is written out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) part_count: Option<usize>,
    /// What is sealed of somebody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed_parts: Option<ByteBuf>,
    /// What is nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plain_parts: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) next_part: usize,
    /// How often somebody set out to send a part.
    #[serde(default)]
    pub(crate) attempts: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sending_since: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uncertain_since: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failed_at: Option<Timestamp>,
    ttl: i64,
}

/// A message that was sent.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SentItem {
    #[serde(flatten)]
    pub(crate) about: AboutItem,
    pub(crate) part: usize,
    pub(crate) delivery: DeliveryState,
    pub(crate) since: Timestamp,
    /// Meta's code of why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fault_code: Option<i64>,
    pub(crate) ttl: i64,
}

/// What both are about.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AboutItem {
    outgoing: OutgoingKey,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_id: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    memory_id: Option<MemoryId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message_id: Option<MessageId>,
}

impl From<AboutItem> for SentAbout {
    fn from(item: AboutItem) -> Self {
        Self { key: item.outgoing, owner: item.user_id, post: item.memory_id.zip(item.message_id) }
    }
}

impl SayingItem {
    pub(crate) fn new(what: &Outgoing, ttl: i64) -> Self {
        let post = match what.task {
            OutgoingTask::Post { memory, message } => Some((memory, message)),
            _ => None,
        };
        let (memory_id, message_id) = post.unzip();
        Self {
            about: AboutItem { outgoing: what.key.clone(), user_id: what.owner, memory_id, message_id },
            part_count: None,
            sealed_parts: None,
            plain_parts: None,
            next_part: 0,
            attempts: 0,
            sending_since: None,
            uncertain_since: None,
            failed_at: None,
            ttl,
        }
    }

    /// Whether nothing is left to do.
    pub(crate) fn is_done(&self) -> bool {
        self.failed_at.is_some() || self.part_count.is_some_and(|count| self.next_part >= count)
    }

    /// Whether a message under its key that is not known yet must be the next part: that is the first, or somebody set out to send it
    /// once, as with each part before it.
    pub(crate) fn is_surely_sending(&self) -> bool {
        let is_clear = self.next_part == 0 || self.attempts == self.next_part + 1;
        self.sending_since.is_some() && is_clear && !self.is_done()
    }

    fn state(&self) -> PartState {
        match (self.uncertain_since, self.sending_since) {
            (Some(since), _) => PartState::Uncertain { since },
            (None, Some(since)) => PartState::Sending { since },
            (None, None) => PartState::Waiting,
        }
    }
}

/// Seals the parts of what is said to somebody with an account.
#[derive(Clone)]
pub(crate) struct Parts(pub(crate) Arc<dyn Sealing>);

impl Parts {
    pub(crate) async fn seal(
        &self,
        key: &OutgoingKey,
        owner: UserId,
        parts: &[String],
    ) -> Result<Vec<u8>, StoreError> {
        let plain = serde_json::to_vec(parts).map_err(table::corrupt)?;
        self.0.seal(owner, &record(key), &plain).await
    }

    /// What was written out; `None` if nothing was yet.
    pub(crate) async fn composition(&self, item: SayingItem) -> Result<Option<Composition>, StoreError> {
        let (next, state) = (item.next_part, item.state());
        let parts = match (item.sealed_parts, item.about.user_id, item.plain_parts) {
            (Some(sealed), Some(owner), _) => {
                let plain = self.0.open(owner, &record(&item.about.outgoing), &sealed).await?;
                serde_json::from_slice(&plain).map_err(table::corrupt)?
            }
            (_, _, Some(parts)) => parts,
            _ => return Ok(None),
        };
        Ok(Some(Composition { parts, next, state }))
    }
}

/// The name under which parts are sealed.
fn record(key: &OutgoingKey) -> String {
    format!("whatsapp-answer/{key}")
}
