//! Ids: a type for each kind, all UUIDv7, so that they sort by the time they were made.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

use crate::Timestamp;

/// Keeps ids of one millisecond in the order they were made in this process. It begins somewhere, so that other processes are elsewhere, and does not
/// come to its end.
static COUNTER: LazyLock<AtomicU64> = LazyLock::new(|| AtomicU64::new(u64::from(random()) << 9));

/// A new id of a time: the counter decides among those of one millisecond (RFC 9562, section 6.2, method 1).
fn uuid_at(now: Timestamp) -> Uuid {
    let millis = u64::try_from(now.as_millis()).unwrap_or(0);
    laid_out(millis, COUNTER.fetch_add(1, Ordering::Relaxed), random())
}

/// An id of a time whose 74 other bits are the beginning of a hash.
fn derived(at: Timestamp, hash: &[u8; 32]) -> Uuid {
    let [a, b, c, d, e, f, g, h, rest @ ..] = *hash;
    let rank = u64::from_be_bytes([a, b, c, d, e, f, g, h]) >> 22;
    let rest = u32::from_be_bytes([rest[0], rest[1], rest[2], rest[3]]);
    laid_out(u64::try_from(at.as_millis()).unwrap_or(0), rank, rest)
}

fn random() -> u32 {
    Uuid::new_v4().as_fields().0
}

/// A UUIDv7 that sorts by time, then by `rank`, of which 42 bits count, then by `rest`.
fn laid_out(millis: u64, rank: u64, rest: u32) -> Uuid {
    // 74 free bits, most significant first: 12 + 30 of the rank, 32 of the rest. The builder overwrites version and variant, so the
    // rank is laid around them.
    let mut bytes = [0; 10];
    bytes[0] = (rank >> 38) as u8;
    bytes[1] = (rank >> 30) as u8;
    let low = ((rank & 0x3fff_ffff) << 32) | u64::from(rest);
    bytes[2..].copy_from_slice(&low.to_be_bytes());
    Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id, made at `now`.
            pub fn new(now: Timestamp) -> Self {
                Self(uuid_at(now))
            }

            /// The id of something that is brought in from elsewhere: the same for the same time and the same SHA-256 of what it is
            /// called there, so that what is brought in twice is there once. Sorts by the time.
            pub fn derived(at: Timestamp, hash: &[u8; 32]) -> Self {
                Self(derived(at, hash))
            }

            /// The UUID itself.
            pub fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// A person with an account.
    UserId,
    /// A memory.
    MemoryId,
    /// A signed-in session: one refresh-token family.
    SessionId,
    /// An export job.
    ExportId,
    /// An import job.
    ImportId,
    /// A backup on somebody's drive.
    BackupId,
    /// A job on somebody's drive.
    DriveJobId,
    /// An API key.
    ApiKeyId,
    /// An entry of the audit log.
    AuditId,
    /// A category of memories.
    CategoryId,
    /// A message under a memory.
    MessageId,
    /// An uploaded file.
    FileId,
    /// A search that somebody keeps.
    SavedSearchId,
    /// A call of a model.
    InteractionId,
    /// Something that is known of a person.
    FactId,
    /// Facts that were found at once.
    FactBatchId,
    /// A conversation with Memo.
    ConversationId,
    /// Something said in a conversation.
    TurnId,
    /// Something to be reminded of.
    ReminderId,
}

impl UserId {
    /// How a person appears in logs: recognisable from line to line, and nobody's id.
    pub fn hashed(&self) -> String {
        HEXLOWER.encode(&digest(&SHA256, self.0.as_bytes()).as_ref()[..8])
    }
}

impl MemoryId {
    /// The id of a memory that was *sent* at one time and *received* at another: sorts by `sent`, then `received`.
    ///
    /// Messengers give whole seconds and deliver out of order, so the time of sending decides, and the time of arrival
    /// breaks ties. `unique` (a hash of the message's own id) keeps two messages of one millisecond apart.
    pub fn of_message(sent: Timestamp, received: Timestamp, unique: u32) -> Self {
        let sent_millis = u64::try_from(sent.as_millis()).unwrap_or(0);
        let delay_millis = received.since(sent).as_millis().min((1 << 41) - 1) as u64;
        Self(laid_out(sent_millis, delay_millis, unique))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).unwrap()
    }

    #[test]
    fn ids_of_one_millisecond_keep_their_order() {
        let ids = (0..1000).map(|_| {
            // Whatever other times ids are made for meanwhile.
            MemoryId::new(at(1_900_000_000_000));
            MemoryId::new(at(1_795_000_000_000))
        });
        let ids: Vec<_> = ids.collect();
        assert!(ids.is_sorted());
    }

    #[test]
    fn an_id_is_of_the_time_it_was_made_for() {
        let millis = |id: MemoryId| (id.as_uuid().as_u128() >> 80) as i64;
        for time in [1_795_000_000_000, 1_795_000_000_001, 1_600_000_000_000, 1_795_000_000_000] {
            assert_eq!(millis(MemoryId::new(at(time))), time);
        }
    }

    #[test]
    fn a_message_sorts_by_sending_then_by_arrival() {
        let sent = 1_795_000_000_000;
        let in_order = [
            MemoryId::of_message(at(sent), at(sent + 5), 9),
            MemoryId::of_message(at(sent), at(sent + 6), 1),
            MemoryId::of_message(at(sent), at(sent + 5_000_000_000), 0),
            MemoryId::of_message(at(sent + 1000), at(sent), 0),
        ];
        assert!(in_order.is_sorted());
        assert!(in_order.iter().all(|id| id.as_uuid().get_version_num() == 7));
    }
}
