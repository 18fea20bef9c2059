//! What a search finds.

use std::fmt;

use app_domain::{FileId, MemoryId, MessageId};
use uuid::Uuid;

/// The id of something that can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityId {
    /// A memory.
    Memory(MemoryId),
    /// A message under a memory.
    Message(MessageId),
    /// A file whose text was read.
    File(FileId),
}

impl EntityId {
    /// How many bytes it has in a segment.
    pub const BYTES: usize = 17;

    /// The UUID alone.
    pub fn as_uuid(&self) -> Uuid {
        match self {
            Self::Memory(id) => id.as_uuid(),
            Self::Message(id) => id.as_uuid(),
            Self::File(id) => id.as_uuid(),
        }
    }

    /// As in a segment: a byte that tells the kind, then the UUID. Sorts as the ids do.
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let kind = match self {
            Self::Memory(_) => 0,
            Self::Message(_) => 1,
            Self::File(_) => 2,
        };
        let mut bytes = [kind; Self::BYTES];
        bytes[1..].copy_from_slice(self.as_uuid().as_bytes());
        bytes
    }

    /// Reads what [`EntityId::to_bytes`] wrote, if the kind is a known one.
    pub fn from_bytes(bytes: [u8; Self::BYTES]) -> Option<Self> {
        let [kind, uuid @ ..] = bytes;
        let uuid = Uuid::from_bytes(uuid);
        match kind {
            0 => Some(Self::Memory(uuid.into())),
            1 => Some(Self::Message(uuid.into())),
            2 => Some(Self::File(uuid.into())),
            _ => None,
        }
    }
}

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Memory(_) => "memory",
            Self::Message(_) => "message",
            Self::File(_) => "file",
        };
        write!(f, "{kind} {}", self.as_uuid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_sort_as_ids_do_and_come_back() {
        let uuid = |n| Uuid::from_u128(n);
        let ids = [
            EntityId::Memory(uuid(1).into()),
            EntityId::Memory(uuid(2).into()),
            EntityId::Message(uuid(0).into()),
            EntityId::File(uuid(0).into()),
        ];
        assert!(ids.is_sorted() && ids.map(EntityId::to_bytes).is_sorted());
        assert_eq!(ids.map(|id| EntityId::from_bytes(id.to_bytes())), ids.map(Some));
        assert_eq!(EntityId::from_bytes([3; EntityId::BYTES]), None);
    }
}
