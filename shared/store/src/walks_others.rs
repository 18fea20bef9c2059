//! Walks through what is beside memories: categories, facts, conversations and what was said in them, reminders, contacts.

use app_domain::{
    Category, Contact, Conversation, ConversationId, Fact, Reminder, StoreError, Timestamp, Turn, UserId,
};

use crate::keys::{self, CATEGORY_PREFIX, CONTACT_PREFIX};
use crate::table::from_item;
use crate::walks::{Portion, Trail, WalkPosition};
use crate::{Categories, Conversations, Facts, Reminders, WhatsappContacts};

impl Categories {
    /// A person's categories behind a place, the oldest first, at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn walk_on(
        &self,
        owner: UserId,
        after: Option<&WalkPosition>,
        limit: u32,
    ) -> Result<Portion<Category>, StoreError> {
        let trail = Trail::up(keys::owner(owner), CATEGORY_PREFIX);
        let open = |item| async { self.items.category(owner, from_item(item)?).await };
        self.table.walk(owner, &trail, after, limit, open).await
    }
}

impl Facts {
    /// A person's facts behind a place, whatever their status, the oldest first, at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn walk_on(
        &self,
        owner: UserId,
        after: Option<&WalkPosition>,
        limit: u32,
    ) -> Result<Portion<Fact>, StoreError> {
        let trail = Trail::up(keys::facts(owner), "");
        let open = |item| async { self.items.fact(from_item(item)?).await };
        self.table.walk(owner, &trail, after, limit, open).await
    }
}

impl Conversations {
    /// A person's conversations behind a place, those begun last first, at most `limit`: an order that stays while people talk on.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn walk_on(
        &self,
        owner: UserId,
        after: Option<&WalkPosition>,
        limit: u32,
    ) -> Result<Portion<Conversation>, StoreError> {
        let trail = Trail::down(keys::conversations(owner), "");
        let open = |item| async { self.items.conversation(from_item(item)?).await };
        self.table.walk(owner, &trail, after, limit, open).await
    }

    /// The turns of a conversation behind a place, of all branches, as they look at a time, the oldest first, at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn walk_turns(
        &self,
        owner: UserId,
        id: ConversationId,
        after: Option<&WalkPosition>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Portion<Turn>, StoreError> {
        let trail = Trail::up(keys::talk(owner, id), "");
        let open = |item| async move { Ok(self.items.turn(from_item(item)?).await?.seen_at(now)) };
        self.table.walk(owner, &trail, after, limit, open).await
    }
}

impl Reminders {
    /// A person's reminders behind a place, whatever became of them, in the order they were set, at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn walk_on(
        &self,
        owner: UserId,
        after: Option<&WalkPosition>,
        limit: u32,
    ) -> Result<Portion<Reminder>, StoreError> {
        let trail = Trail::up(keys::reminders(owner), "");
        let open = |item| async { self.items.reminder(from_item(item)?).await };
        self.table.walk(owner, &trail, after, limit, open).await
    }
}

impl WhatsappContacts {
    /// A person's contacts behind a place, in an order that stays, at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn walk_on(
        &self,
        owner: UserId,
        after: Option<&WalkPosition>,
        limit: u32,
    ) -> Result<Portion<Contact>, StoreError> {
        let trail = Trail::up(keys::owner(owner), CONTACT_PREFIX);
        let open = |item| async { self.contact(owner, from_item(item)?).await };
        self.table.walk(owner, &trail, after, limit, open).await
    }
}
