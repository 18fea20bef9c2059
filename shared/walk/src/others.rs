//! The sections beside memories: what a person has little of, and conversations.

use app_archive::{
    AccountRecord, CategoryRecord, ContactRecord, ConversationRecord, FactRecord, Kind, Record,
    ReminderRecord, SavedSearchRecord, SettingsRecord,
};
use app_domain::{File, FileStatus, Filed, Memory, MemoryId, Reminder, StoreError, Version};
use app_store::{Portion, WalkPosition, Walked};

use crate::pack::packed;
use crate::place::{Below, Part};
use crate::walk::{Step, Walk};

/// The most items of a portion.
pub(crate) const AT_ONCE: u32 = 200;

impl Walk<'_> {
    pub(crate) async fn account(&mut self) -> Result<(), StoreError> {
        let step = match self.wanted.has(Kind::Account) {
            false => None,
            true => {
                let user = readable(self.source.users.get(self.wanted.owner).await)?;
                let owner = self.wanted.owner;
                match user {
                    Some(user) => user.map(|user| record(Record::Account(AccountRecord::of(&user)))),
                    None => Some(Step::Unreadable(Kind::Account, owner.to_string())),
                }
            }
        };
        self.give_one(step);
        Ok(())
    }

    pub(crate) async fn settings(&mut self) -> Result<(), StoreError> {
        let is_wanted = self.wanted.has(Kind::Settings) && self.wanted.spec.filter.is_everything();
        let step = match is_wanted {
            false => None,
            true => Some(match readable(self.source.settings.get(self.wanted.owner).await)? {
                Some(settings) => record(Record::Settings(SettingsRecord::of(&settings))),
                None => Step::Unreadable(Kind::Settings, self.wanted.owner.to_string()),
            }),
        };
        self.give_one(step);
        Ok(())
    }

    /// Those that memories may be filed in.
    pub(crate) async fn categories(&mut self) -> Result<(), StoreError> {
        let wanted = self.wanted;
        if !wanted.has(Kind::Category) {
            self.end_section();
            return Ok(());
        }
        let after = self.frontier.after.as_ref();
        let portion = self.source.categories.walk_on(wanted.owner, after, AT_ONCE).await?;
        let is_last = portion.is_last;
        let filed = &wanted.spec.filter.categories;
        self.give(Kind::Category, portion, |category| {
            let is_named = filed.is_empty() || filed.contains(&Filed::In(category.id));
            (is_named && wanted.was_there(category.created_at))
                .then(|| (Record::Category(CategoryRecord::of(&category)), None))
        });
        self.end_section_if(is_last);
        Ok(())
    }

    /// All of a person's are one item, in the order they were made.
    pub(crate) async fn saved_searches(&mut self) -> Result<(), StoreError> {
        let wanted = self.wanted;
        if !wanted.has(Kind::SavedSearch) || !wanted.spec.filter.is_everything() {
            self.end_section();
            return Ok(());
        }
        let Some(searches) = readable(self.source.searches.of(wanted.owner).await)? else {
            self.give_one(Some(Step::Unreadable(Kind::SavedSearch, wanted.owner.to_string())));
            return Ok(());
        };
        let given = self.frontier.after.as_ref().map(|after| after.as_str().to_owned());
        let walked = searches.into_iter().map(|search| {
            let at = WalkPosition::behind(search.id);
            Walked { at, read: Some(search) }
        });
        let is_left = |at: &WalkPosition| given.as_deref().is_none_or(|given| at.as_str() > given);
        let items = walked.filter(|walked| is_left(&walked.at)).collect();
        self.give(Kind::SavedSearch, Portion { items, is_last: true }, |search| {
            wanted
                .was_there(search.created_at)
                .then(|| (Record::SavedSearch(SavedSearchRecord::of(&search)), None))
        });
        self.end_section();
        Ok(())
    }

    pub(crate) async fn facts(&mut self) -> Result<(), StoreError> {
        let wanted = self.wanted;
        if !wanted.has(Kind::Fact) || !wanted.spec.filter.is_everything() {
            self.end_section();
            return Ok(());
        }
        let after = self.frontier.after.as_ref();
        let portion = self.source.facts.walk_on(wanted.owner, after, AT_ONCE).await?;
        let is_last = portion.is_last;
        self.give(Kind::Fact, portion, |fact| {
            wanted.was_there(fact.created_at).then(|| (Record::Fact(FactRecord::of(&fact)), None))
        });
        self.end_section_if(is_last);
        Ok(())
    }

    /// Files that are with no memory, or were not when memories were walked through.
    pub(crate) async fn loose_files(&mut self) -> Result<(), StoreError> {
        let wanted = self.wanted;
        if !wanted.has(Kind::File) || !wanted.spec.filter.is_everything() || !self.has_files().await? {
            self.end_section();
            return Ok(());
        }
        let after = self.frontier.after.as_ref();
        let portion = self.source.files.walk_on(wanted.owner, after, AT_ONCE).await?;
        let is_last = portion.is_last;
        self.give(Kind::File, portion, |file| {
            // One that was attached since may have been passed over where it is now. Whether it was is known where bytes are kept.
            let is_loose =
                file.attached.is_none() || (wanted.spec.options.files && !wanted.was_there(file.updated_at));
            let is_wanted = is_loose && file.status == FileStatus::Ready && wanted.was_there(file.created_at);
            let file = File { attached: None, ..file };
            is_wanted.then(|| packed(&file, &wanted.spec.options, wanted.began))
        });
        self.end_section_if(is_last);
        Ok(())
    }

    pub(crate) async fn next_conversation(&mut self) -> Result<(), StoreError> {
        let wanted = self.wanted;
        if !wanted.has_any(&[Kind::Conversation, Kind::Turn]) {
            self.end_section();
            return Ok(());
        }
        if self.conversations.is_empty() {
            if self.are_last {
                self.are_last = false;
                self.end_section();
                return Ok(());
            }
            let after = self.frontier.after.as_ref();
            let portion = self.source.conversations.walk_on(wanted.owner, after, AT_ONCE).await?;
            self.are_last = portion.is_last;
            self.conversations = portion.items.into();
        }
        let Some(Walked { at, read }) = self.conversations.pop_front() else { return Ok(()) };
        let base = self.frontier.behind(&at, None);
        let Some(conversation) = read else {
            self.ready
                .push_back((Step::Unreadable(Kind::Conversation, at.as_str().to_owned()), base.clone()));
            self.frontier = base;
            return Ok(());
        };
        let (id, created_at) = (conversation.id, conversation.created_at);
        if !wanted.was_there(created_at) || !wanted.spec.filter.fits_conversation(id, created_at) {
            self.ready.push_back((Step::Passed(Kind::Conversation), base.clone()));
            self.frontier = base;
            return Ok(());
        }
        let parts = if wanted.has(Kind::Turn) { vec![Part::Turns] } else { Vec::new() };
        let below = Below { parts, after: None, version: Version::FIRST };
        let place = self.frontier.behind(&at, Some(below).filter(|below| !below.parts.is_empty()));
        let step = match wanted.has(Kind::Conversation) {
            true => record(Record::Conversation(ConversationRecord::of(&conversation))),
            false => Step::Passed(Kind::Conversation),
        };
        self.ready.push_back((step, place.clone()));
        self.frontier = place;
        Ok(())
    }

    /// All of them, or those about memories that are wanted.
    pub(crate) async fn reminders(&mut self) -> Result<(), StoreError> {
        let wanted = self.wanted;
        if !wanted.has(Kind::Reminder) {
            self.end_section();
            return Ok(());
        }
        let after = self.frontier.after.as_ref();
        let portion = self.source.reminders.walk_on(wanted.owner, after, AT_ONCE).await?;
        let is_last = portion.is_last;
        let is_everything = wanted.spec.filter.is_everything();
        let about = match is_everything {
            true => Vec::new(),
            false => {
                let of = |item: &Walked<Reminder>| item.read.as_ref()?.memory;
                self.fitting(portion.items.iter().filter_map(of).collect()).await?
            }
        };
        self.give(Kind::Reminder, portion, |reminder| {
            let is_about = reminder.memory.is_some_and(|memory| about.contains(&memory));
            ((is_everything || is_about) && wanted.was_there(reminder.created_at))
                .then(|| (Record::Reminder(ReminderRecord::of(&reminder)), None))
        });
        self.end_section_if(is_last);
        Ok(())
    }

    pub(crate) async fn contacts(&mut self) -> Result<(), StoreError> {
        let wanted = self.wanted;
        if !wanted.has(Kind::Contact) || !wanted.spec.filter.is_everything() {
            self.end_section();
            return Ok(());
        }
        let after = self.frontier.after.as_ref();
        let portion = self.source.contacts.walk_on(wanted.owner, after, AT_ONCE).await?;
        let is_last = portion.is_last;
        self.give(Kind::Contact, portion, |contact| {
            wanted.was_there(contact.first_at).then(|| (Record::Contact(ContactRecord::of(&contact)), None))
        });
        self.end_section_if(is_last);
        Ok(())
    }

    /// Those of several memories that are there and wanted.
    async fn fitting(&self, mut ids: Vec<MemoryId>) -> Result<Vec<MemoryId>, StoreError> {
        ids.sort_unstable();
        ids.dedup();
        let found = self.source.memories.readable(self.wanted.owner, &ids).await?;
        let is_wanted = |memory: &Memory| {
            self.wanted.was_there(memory.created_at) && self.wanted.spec.filter.fits(memory)
        };
        Ok(found.iter().filter(|memory| is_wanted(memory)).map(|memory| memory.id).collect())
    }

    fn end_section_if(&mut self, is_last: bool) {
        if is_last {
            self.end_section();
        }
    }
}

pub(crate) fn record(record: Record) -> Step {
    Step::Record(Box::new(record), None)
}

/// What was read; nothing if it cannot be.
fn readable<T>(read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(StoreError::Corrupt(error)) => {
            tracing::error!(error = %error, "an item cannot be read");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
