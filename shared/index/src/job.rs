//! Work on indexes that is queued.

use app_domain::{FileId, MemoryId, UserId};
use serde::{Deserialize, Serialize};

use crate::Repair;

/// Work on indexes. Doing it twice changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum IndexJob {
    /// Brings a person's index up to date with what is noted as changed.
    CatchUp {
        /// Whose.
        owner: UserId,
    },
    /// Makes vectors for what had to wait for the model.
    Embed {
        /// Whose.
        owner: UserId,
        /// How often that was tried.
        attempt: u32,
    },
    /// Makes a person's index again from the table and the files.
    Rebuild {
        /// Whose.
        owner: UserId,
        /// Where to go on.
        #[serde(default)]
        place: Place,
    },
    /// Makes everybody's index again, one after the other.
    RebuildAll {
        /// Those who come after this one in the list of accounts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<UserId>,
    },
}

/// How far a person's index has been made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Place {
    /// Nothing is done.
    #[default]
    Beginning,
    /// The memories until this one are done, the newest first, with their messages.
    Memories {
        /// The last one done.
        after: MemoryId,
    },
    /// All memories are done, and the files until this one, the newest first.
    Files {
        /// The last one done.
        after: Option<FileId>,
    },
}

impl IndexJob {
    /// The job that begins a repair.
    pub fn beginning(owner: UserId, repair: Repair) -> Self {
        match repair {
            Repair::Rebuild => Self::Rebuild { owner, place: Place::Beginning },
            Repair::Embed => Self::Embed { owner, attempt: 0 },
            Repair::CatchUp => Self::CatchUp { owner },
        }
    }

    /// Its name in logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CatchUp { .. } => "catchUp",
            Self::Embed { .. } => "embed",
            Self::Rebuild { .. } => "rebuild",
            Self::RebuildAll { .. } => "rebuildAll",
        }
    }

    /// Whose index it is about, if it is one person's.
    pub fn owner(&self) -> Option<UserId> {
        match self {
            Self::CatchUp { owner } | Self::Embed { owner, .. } | Self::Rebuild { owner, .. } => Some(*owner),
            Self::RebuildAll { .. } => None,
        }
    }
}
