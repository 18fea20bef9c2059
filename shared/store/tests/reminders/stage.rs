//! Somebody who sets reminders.

use app_domain::{
    Memory, MemoryDraft, MemoryId, MemorySource, MemoryTitle, Reminder, ReminderDraft, ReminderId,
    ReminderState, ReminderText, ReminderTime, Timestamp, UserId,
};
use app_store::{DueReminder, Memories, ReminderCreation, ReminderPosition, Reminders, Table};
use app_testing::vault;

pub(crate) struct Stage {
    pub(crate) reminders: Reminders,
    pub(crate) memories: Memories,
    pub(crate) owner: UserId,
}

/// So many seconds after the beginning of the tests' time.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + seconds * 1000).unwrap()
}

pub(crate) fn time(seconds: i64) -> ReminderTime {
    ReminderTime::ahead(at(seconds), at(0)).unwrap()
}

pub(crate) fn text(text: &str) -> ReminderText {
    ReminderText::parse(text).unwrap()
}

pub(crate) fn due(reminder: &Reminder) -> DueReminder {
    DueReminder { owner: reminder.owner, id: reminder.id, at: reminder.at }
}

impl Stage {
    pub(crate) fn on(table: Table) -> Self {
        let vault = vault(&table);
        Self {
            reminders: Reminders::new(table.clone(), vault.clone()),
            memories: Memories::new(table, vault),
            owner: UserId::new(at(0)),
        }
    }

    pub(crate) async fn new() -> Self {
        Self::on(app_testing::table().await)
    }

    /// A reminder that is not set yet.
    pub(crate) fn draft(&self, seconds: i64, words: &str, memory: Option<MemoryId>) -> Reminder {
        let draft = ReminderDraft { memory, text: text(words), at: time(seconds) };
        Reminder::new(self.owner, draft, at(0))
    }

    pub(crate) async fn set(&self, seconds: i64) -> Reminder {
        let reminder = self.draft(seconds, "Call Ada", None);
        assert_eq!(self.reminders.create(&reminder).await.unwrap(), ReminderCreation::Done);
        reminder
    }

    pub(crate) async fn memory(&self) -> MemoryId {
        let draft = MemoryDraft { title: MemoryTitle::parse("A trip").ok(), ..MemoryDraft::default() };
        let memory = Memory::new(MemoryId::new(at(0)), self.owner, MemorySource::Web, draft, at(0)).unwrap();
        self.memories.create(&memory).await.unwrap();
        memory.id
    }

    pub(crate) async fn get(&self, id: ReminderId) -> Option<Reminder> {
        self.reminders.get(self.owner, id).await.unwrap()
    }

    /// What has come due of a day by a time.
    pub(crate) async fn due_by(&self, seconds: i64) -> Vec<DueReminder> {
        let page = self.reminders.due(&at(seconds).day(), at(seconds), None, 100).await.unwrap();
        assert_eq!((page.unknown, page.next), (0, None));
        page.items
    }

    /// The ids of a list, read page by page.
    pub(crate) async fn list(&self, state: Option<ReminderState>, limit: u32) -> Vec<ReminderId> {
        let (mut ids, mut after): (Vec<ReminderId>, Option<ReminderPosition>) = (Vec::new(), None);
        loop {
            let (page, next) = self.reminders.list(self.owner, state, after.as_ref(), limit).await.unwrap();
            assert!(page.len() <= limit as usize && (next.is_none() || page.len() == limit as usize));
            ids.extend(page.iter().map(|reminder| reminder.id));
            after = next;
            if after.is_none() {
                return ids;
            }
        }
    }
}
