//! Where a person's data are read.

use app_domain::Sealing;
use app_store::{
    Categories, Conversations, Facts, Files, MemoPreferences, Memories, Messages, Reminders, SavedSearches,
    Table, Users, WhatsappContacts,
};

/// Everything that a person has in the table. Cloning shares the client.
#[derive(Clone)]
pub struct Source {
    pub(crate) users: Users,
    pub(crate) settings: MemoPreferences,
    pub(crate) categories: Categories,
    pub(crate) searches: SavedSearches,
    pub(crate) facts: Facts,
    /// The memories.
    pub memories: Memories,
    pub(crate) messages: Messages,
    pub(crate) files: Files,
    pub(crate) conversations: Conversations,
    pub(crate) reminders: Reminders,
    pub(crate) contacts: WhatsappContacts,
}

impl Source {
    /// What is in `table`, sealed by `sealing`.
    pub fn new(table: &Table, sealing: impl Sealing + Clone) -> Self {
        let (table, sealing) = (|| table.clone(), || sealing.clone());
        Self {
            users: Users::new(table()),
            settings: MemoPreferences::new(table(), sealing()),
            categories: Categories::new(table(), sealing()),
            searches: SavedSearches::new(table(), sealing()),
            facts: Facts::new(table(), sealing()),
            memories: Memories::new(table(), sealing()),
            messages: Messages::new(table(), sealing()),
            files: Files::new(table(), sealing()),
            conversations: Conversations::new(table(), sealing()),
            reminders: Reminders::new(table(), sealing()),
            contacts: WhatsappContacts::new(table(), sealing()),
        }
    }
}
