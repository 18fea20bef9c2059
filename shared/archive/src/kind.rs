//! The kinds of records, and how many there are of each.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Record;

/// The kind of a record, in the order in which an archive has them. Versions, files and messages stand behind their memory, turns behind
/// their conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// The account.
    Account,
    /// How the person wants Memo to be.
    Settings,
    /// A category.
    Category,
    /// A search that the person keeps.
    SavedSearch,
    /// Something that is known of the person.
    Fact,
    /// A memory.
    Memory,
    /// An earlier version of a memory.
    Version,
    /// A file.
    File,
    /// A message under a memory.
    Message,
    /// A conversation with Memo.
    Conversation,
    /// Something said in a conversation.
    Turn,
    /// Something to be reminded of.
    Reminder,
    /// Somebody who writes to the person's own WhatsApp number.
    Contact,
}

/// How many records there are of each kind. A kind of which there is none is absent.
pub type Counts = BTreeMap<Kind, u64>;

impl Kind {
    /// Each of them, in order.
    pub const ALL: [Self; 13] = [
        Self::Account,
        Self::Settings,
        Self::Category,
        Self::SavedSearch,
        Self::Fact,
        Self::Memory,
        Self::Version,
        Self::File,
        Self::Message,
        Self::Conversation,
        Self::Turn,
        Self::Reminder,
        Self::Contact,
    ];

    /// Its name, as records have it in `kind`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Settings => "settings",
            Self::Category => "category",
            Self::SavedSearch => "savedSearch",
            Self::Fact => "fact",
            Self::Memory => "memory",
            Self::Version => "version",
            Self::File => "file",
            Self::Message => "message",
            Self::Conversation => "conversation",
            Self::Turn => "turn",
            Self::Reminder => "reminder",
            Self::Contact => "contact",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Record {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Account(_) => Kind::Account,
            Self::Settings(_) => Kind::Settings,
            Self::Category(_) => Kind::Category,
            Self::SavedSearch(_) => Kind::SavedSearch,
            Self::Fact(_) => Kind::Fact,
            Self::Memory(_) => Kind::Memory,
            Self::Version(_) => Kind::Version,
            Self::File(_) => Kind::File,
            Self::Message(_) => Kind::Message,
            Self::Conversation(_) => Kind::Conversation,
            Self::Turn(_) => Kind::Turn,
            Self::Reminder(_) => Kind::Reminder,
            Self::Contact(_) => Kind::Contact,
        }
    }
}
