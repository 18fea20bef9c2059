//! Where a walk through a person's data stands. Small, and good in another process: it names what has been given, not what is next.

use app_domain::Version;
use app_store::WalkPosition;
use serde::{Deserialize, Serialize};

/// What is walked through, in the order of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Section {
    /// The account.
    Account,
    /// How the person wants Memo to be.
    Settings,
    /// Categories.
    Categories,
    /// Searches that are kept.
    SavedSearches,
    /// What is known of the person.
    Facts,
    /// Memories, each with what is below it.
    Memories,
    /// Files that are with no memory.
    LooseFiles,
    /// Conversations, each with its turns.
    Conversations,
    /// Reminders.
    Reminders,
    /// Contacts.
    Contacts,
    /// Behind everything.
    End,
}

impl Section {
    /// What comes behind it.
    pub(crate) fn next(self) -> Self {
        match self {
            Self::Account => Self::Settings,
            Self::Settings => Self::Categories,
            Self::Categories => Self::SavedSearches,
            Self::SavedSearches => Self::Facts,
            Self::Facts => Self::Memories,
            Self::Memories => Self::LooseFiles,
            Self::LooseFiles => Self::Conversations,
            Self::Conversations => Self::Reminders,
            Self::Reminders => Self::Contacts,
            Self::Contacts | Self::End => Self::End,
        }
    }
}

/// What is walked through below a memory or a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Part {
    /// Earlier versions of a memory.
    Versions,
    /// Its files.
    Files,
    /// Its messages.
    Messages,
    /// What was said in a conversation.
    Turns,
}

/// A place below a memory or a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Below {
    /// What is left there, the first of which is walked through now.
    pub parts: Vec<Part>,
    /// Behind which of them.
    pub after: Option<WalkPosition>,
    /// Which version of the memory was given: only earlier ones follow it.
    pub version: Version,
}

/// A place in a walk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// In which section.
    pub section: Section,
    /// Behind which item of the section.
    pub after: Option<WalkPosition>,
    /// What is still to come below that item.
    pub below: Option<Below>,
}

impl Place {
    /// Before everything.
    pub fn start() -> Self {
        Self::before(Section::Account)
    }

    /// Before the first item of a section.
    pub fn before(section: Section) -> Self {
        Self { section, after: None, below: None }
    }

    /// Behind an item of the same section, with what follows below it.
    pub(crate) fn behind(&self, after: &WalkPosition, below: Option<Below>) -> Self {
        Self { section: self.section, after: Some(after.clone()), below }
    }

    /// Behind something below the same item.
    pub(crate) fn further(&self, after: &WalkPosition) -> Self {
        let below = self.below.clone().map(|below| Below { after: Some(after.clone()), ..below });
        Self { below, ..self.clone() }
    }

    /// Behind all of the part that is walked through.
    pub(crate) fn part_done(&self) -> Self {
        let below = self.below.clone().and_then(|below| {
            let parts = below.parts.get(1..).filter(|parts| !parts.is_empty())?.to_vec();
            Some(Below { parts, after: None, version: below.version })
        });
        Self { below, ..self.clone() }
    }

    /// Behind all of the section.
    pub(crate) fn section_done(&self) -> Self {
        Self::before(self.section.next())
    }
}
