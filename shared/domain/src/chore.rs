//! Chores: what is too much for one request, or is to be done on a day, and waits in a queue until a worker does it.

use serde::{Deserialize, Serialize};

use crate::{CategoryId, ConversationId, FileId, MemoryId, PhoneNumber, Tag, Timestamp, UserId};

/// Something to be done in the background. Doing it twice changes no more than doing it once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Chore {
    /// Turn the due work of the days that have come into chores.
    Sweep {
        /// Where an earlier run has ended; absent at the beginning.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<DuePosition>,
    },
    /// Send the reminders whose time has come.
    SendReminders {
        /// Where an earlier run has ended; absent at the beginning.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<DuePosition>,
    },
    /// File the memories of a deleted category in none.
    ClearCategory {
        /// Whose.
        owner: UserId,
        /// Which.
        category: CategoryId,
        /// The day that it was deleted, such as `2026-11-21`: there it is noted as due work.
        day: String,
        /// How far that has come.
        #[serde(flatten)]
        walk: Walk,
    },
    /// Replace a tag, or remove it.
    Retag {
        /// Whose.
        owner: UserId,
        /// The tag.
        from: Tag,
        /// What replaces it; nothing if it is removed.
        to: Option<Tag>,
        /// How far that has come.
        #[serde(flatten)]
        walk: Walk,
    },
    /// Remove a memory whose time in the trash is over.
    PurgeMemory {
        /// Whose.
        owner: UserId,
        /// Which.
        memory: MemoryId,
    },
    /// Remove everything that was in the trash at a time.
    EmptyTrash {
        /// Whose.
        owner: UserId,
        /// When.
        until: Timestamp,
    },
    /// Remove what was said in a conversation that is gone.
    RemoveConversation {
        /// Whose.
        owner: UserId,
        /// Which.
        conversation: ConversationId,
        /// The day on which that is noted as due work, such as `2026-11-21`.
        day: String,
    },
    /// Give up an upload that was not completed in time.
    ExpireUpload {
        /// Whose.
        owner: UserId,
        /// Which.
        file: FileId,
    },
    /// Remove a deleted file's object, which storage did not do at once.
    EraseFile {
        /// Whose.
        owner: UserId,
        /// Which.
        file: FileId,
    },
    /// Put what was kept aside of a person's WhatsApp messages into the inbound queue: now it can become memories.
    ClaimInbox {
        /// Whose.
        owner: UserId,
    },
    /// Remove what was kept aside of a person's WhatsApp messages: they do not want it any more.
    EmptyInbox {
        /// Whose.
        owner: UserId,
        /// Up to when: what came in after it may be somebody else's.
        until: Timestamp,
        /// The phone that it was kept for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phone: Option<PhoneNumber>,
        /// Hashes of what else it was kept for: an id of a person who hides the phone, a number of their own.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        hidden: Vec<String>,
    },
    /// Move what came from WhatsApp to the trash.
    TrashWhatsapp {
        /// Whose.
        owner: UserId,
        /// Up to when: what is sent after it stays.
        until: Timestamp,
        /// How far that has come.
        #[serde(flatten)]
        walk: Walk,
    },
}

impl Chore {
    /// Its kind, for logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sweep { .. } => "sweep",
            Self::SendReminders { .. } => "sendReminders",
            Self::ClearCategory { .. } => "clearCategory",
            Self::Retag { .. } => "retag",
            Self::PurgeMemory { .. } => "purgeMemory",
            Self::EmptyTrash { .. } => "emptyTrash",
            Self::RemoveConversation { .. } => "removeConversation",
            Self::ExpireUpload { .. } => "expireUpload",
            Self::EraseFile { .. } => "eraseFile",
            Self::ClaimInbox { .. } => "claimInbox",
            Self::EmptyInbox { .. } => "emptyInbox",
            Self::TrashWhatsapp { .. } => "trashWhatsapp",
        }
    }

    /// Whose it is; nobody's if it is everybody's.
    pub fn owner(&self) -> Option<UserId> {
        match self {
            Self::Sweep { .. } | Self::SendReminders { .. } => None,
            Self::ClearCategory { owner, .. }
            | Self::Retag { owner, .. }
            | Self::PurgeMemory { owner, .. }
            | Self::EmptyTrash { owner, .. }
            | Self::RemoveConversation { owner, .. }
            | Self::ExpireUpload { owner, .. }
            | Self::EraseFile { owner, .. }
            | Self::ClaimInbox { owner }
            | Self::EmptyInbox { owner, .. }
            | Self::TrashWhatsapp { owner, .. } => Some(*owner),
        }
    }
}

/// How far a chore has come with a list of memories. It goes through the list twice at most: the second time for memories that
/// changed places meanwhile. Were it to go on until nothing is left, two chores that rename a tag to and fro would never end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Walk {
    /// The place of the last memory that was changed; absent at the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Whether it goes through the list once more.
    #[serde(default)]
    pub is_second: bool,
}

impl Walk {
    /// On from a place.
    pub fn from(after: String) -> Self {
        Self { after: Some(after), is_second: false }
    }
}

/// A place among what is due on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuePosition {
    /// The day, such as `2026-11-21`.
    pub day: String,
    /// The last that was seen of it.
    pub seen: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The schedules in the template write them so.
    #[test]
    fn what_is_scheduled_is_asked_for_by_its_name_alone() {
        let sweep: Chore = serde_json::from_value(json!({"kind": "sweep"})).unwrap();
        assert_eq!(sweep, Chore::Sweep { after: None });
        assert_eq!(json!(sweep), json!({"kind": "sweep"}));
        let reminders: Chore = serde_json::from_value(json!({"kind": "sendReminders"})).unwrap();
        assert_eq!(reminders, Chore::SendReminders { after: None });
    }

    #[test]
    fn chores_are_read_as_they_are_written() {
        let now = crate::Timestamp::from_millis(1_795_000_000_000).unwrap();
        let (owner, from) = (UserId::new(now), Tag::parse("a/b ✈").unwrap());
        for chore in [
            Chore::Retag { owner, from, to: None, walk: Walk::from("00#1".to_owned()) },
            Chore::ClearCategory {
                owner,
                category: CategoryId::new(now),
                day: now.day(),
                walk: Walk::default(),
            },
            Chore::PurgeMemory { owner, memory: MemoryId::new(now) },
            Chore::EmptyTrash { owner, until: now },
            Chore::RemoveConversation { owner, conversation: ConversationId::new(now), day: now.day() },
            Chore::ClaimInbox { owner },
            Chore::EmptyInbox { owner, until: now, phone: None, hidden: vec!["00ff".to_owned()] },
            Chore::TrashWhatsapp { owner, until: now, walk: Walk::default() },
        ] {
            assert_eq!(serde_json::from_value::<Chore>(json!(chore)).unwrap(), chore);
            assert_eq!(json!(chore)["kind"], chore.name());
        }
    }
}
