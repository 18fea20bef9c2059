//! What a search can find.

use std::fmt;
use std::str::FromStr;

use crate::{FileId, Invalid, MemoryId, MessageId};

/// Something of a person that a search can find. As text: `M#<memory>`, `MSG#<memory>#<message>` or `F#<file>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Findable {
    /// A memory.
    Memory(MemoryId),
    /// A message under a memory.
    Message(MemoryId, MessageId),
    /// A file, with a memory or on its own.
    File(FileId),
}

impl fmt::Display for Findable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory(id) => write!(f, "M#{id}"),
            Self::Message(memory, id) => write!(f, "MSG#{memory}#{id}"),
            Self::File(id) => write!(f, "F#{id}"),
        }
    }
}

impl FromStr for Findable {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let read = || {
            let (kind, id) = text.split_once('#')?;
            match kind {
                "M" => id.parse().ok().map(Self::Memory),
                "MSG" => {
                    let (memory, id) = id.split_once('#')?;
                    Some(Self::Message(memory.parse().ok()?, id.parse().ok()?))
                }
                "F" => id.parse().ok().map(Self::File),
                _ => None,
            }
        };
        read().ok_or_else(|| Invalid::new("is nothing that can be found"))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn its_text_leads_back_to_it() {
        let id = |n| Uuid::from_u128(n);
        let all = [
            Findable::Memory(id(1).into()),
            Findable::Message(id(1).into(), id(2).into()),
            Findable::File(id(3).into()),
        ];
        for one in all {
            assert_eq!(one.to_string().parse(), Ok(one));
        }
        for text in ["", "M#", "M#x", "MSG#1", "X#00000000-0000-0000-0000-000000000001"] {
            assert!(text.parse::<Findable>().is_err(), "{text}");
        }
    }
}
