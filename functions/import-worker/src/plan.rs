//! What will become of units: what is there already is found out before anything is written, so that whoever goes on after a death knows what
//! was made and what was there.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use app_domain::{
    CategoryId, ConversationId, FactId, FileId, MemoryId, MessageId, ReminderId, SavedSearch, StoreError,
    Timestamp, UserId,
};

use futures_util::stream::{self, StreamExt, TryStreamExt};

use crate::Worker;
use crate::compose::THERE;
use crate::piece::{Line, Outcome};
use crate::units::{Unit, What};

/// How many memories are looked for in the trash at once.
const AT_ONCE: usize = 16;

const NEWER: &str = "It is there already, and was changed since.";
const TRASHED: &str = "It is in the trash. Restore it there.";

/// What is there of the units of a batch, and when it was last changed.
#[derive(Debug, Default)]
struct Known {
    memories: Times<MemoryId>,
    trashed: BTreeSet<MemoryId>,
    messages: Times<MessageId>,
    files: Times<FileId>,
    conversations: Times<ConversationId>,
    reminders: Times<ReminderId>,
    facts: Times<FactId>,
    categories: BTreeSet<CategoryId>,
    searches: Vec<SavedSearch>,
}

/// When things were last changed.
#[derive(Debug)]
struct Times<Id>(BTreeMap<Id, Timestamp>);

/// What is there beside something that is given.
enum Standing {
    Missing,
    Older,
    Same,
    Newer,
}

impl<Id> Default for Times<Id> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<Id: Ord> Times<Id> {
    fn add(&mut self, id: Id, at: Timestamp) {
        self.0.insert(id, at);
    }

    /// What is there before something of this id and time, which is there from then on: an archive may have it twice.
    fn standing(&mut self, id: Id, given: Timestamp) -> Standing {
        match self.0.get(&id).map(|there| there.cmp(&given)) {
            None => {
                self.add(id, given);
                Standing::Missing
            }
            Some(Ordering::Less) => {
                self.add(id, given);
                Standing::Older
            }
            Some(Ordering::Equal) => Standing::Same,
            Some(Ordering::Greater) => Standing::Newer,
        }
    }
}

impl Worker {
    /// Plans each unit: it is settled if there is nothing to do for it, and its line says what it will come to.
    pub(crate) async fn plan(&self, owner: UserId, units: &mut [Unit]) -> Result<(), StoreError> {
        let mut known = self.known(owner, units).await?;
        for unit in units {
            let there = match &unit.what {
                What::Memory(memory, _) if known.trashed.contains(&memory.id) => {
                    unit.settle(Outcome::Skipped, Some(TRASHED));
                    continue;
                }
                What::Memory(memory, _) => known.memories.standing(memory.id, memory.updated_at),
                What::Message(message) => known.messages.standing(message.id, message.updated_at),
                What::Conversation(one) => known.conversations.standing(one.id, one.updated_at),
                // These are there or not: nothing is older.
                What::File(file) => known.files.standing(file.id, Timestamp::MIN),
                What::Reminder(reminder) => known.reminders.standing(reminder.id, Timestamp::MIN),
                What::Fact(fact) => known.facts.standing(fact.id, fact.updated_at),
                What::SavedSearch(search) => known.search(search),
                What::Settings(_) => {
                    unit.line.outcome = Outcome::Updated;
                    continue;
                }
                // It is brought in all the same, to know which it is here.
                What::Category(category, _) if !known.categories.insert(category.id) => {
                    unit.line.outcome = Outcome::Skipped;
                    continue;
                }
                _ => continue,
            };
            match there {
                Standing::Missing => {}
                Standing::Older => unit.line.outcome = Outcome::Updated,
                Standing::Same => unit.settle(Outcome::Skipped, Some(THERE)),
                Standing::Newer => unit.settle(Outcome::Skipped, Some(NEWER)),
            }
        }
        Ok(())
    }

    async fn known(&self, owner: UserId, units: &[Unit]) -> Result<Known, StoreError> {
        let (mut memories, mut messages, mut files) = (Vec::new(), Vec::new(), Vec::new());
        let mut known = self.known_lists(owner, units).await?;
        for unit in units {
            match &unit.what {
                What::Memory(memory, _) => memories.push(memory.id),
                What::Message(message) => messages.push((message.memory, message.id)),
                What::File(file) => files.push(file.id),
                What::Conversation(one) => {
                    let there = self.conversations.get(owner, one.id).await?;
                    there.into_iter().for_each(|one| known.conversations.add(one.id, one.updated_at));
                }
                What::Reminder(one) => {
                    let there = self.reminders.get(owner, one.id).await?;
                    there.into_iter().for_each(|one| known.reminders.add(one.id, Timestamp::MIN));
                }
                _ => {}
            }
        }
        dedup(&mut memories);
        dedup(&mut messages);
        dedup(&mut files);
        let there = self.memories.readable(owner, &memories).await?;
        there.iter().for_each(|memory| known.memories.add(memory.id, memory.updated_at));
        memories.retain(|id| !known.memories.0.contains_key(id));
        let trashed = stream::iter(memories).map(|id| async move {
            let trashed = self.memories.trashed(owner, id).await?;
            Ok::<_, StoreError>(trashed.map(|_| id))
        });
        let trashed: Vec<Option<MemoryId>> = trashed.buffer_unordered(AT_ONCE).try_collect().await?;
        known.trashed.extend(trashed.into_iter().flatten());
        let there = self.messages.changed_at(owner, &messages).await?;
        there.into_iter().for_each(|(id, at)| known.messages.add(id, at));
        let there = self.files.get_all(owner, files).await?;
        there.iter().for_each(|file| known.files.add(file.id, Timestamp::MIN));
        Ok(known)
    }
}

impl Worker {
    /// What is there of the units of a batch in lists that are read as a whole, because a person has few of those.
    async fn known_lists(&self, owner: UserId, units: &[Unit]) -> Result<Known, StoreError> {
        let mut known = Known::default();
        let has = |is_of: fn(&What) -> bool| units.iter().any(|unit| is_of(&unit.what));
        if has(|what| matches!(what, What::Category(..))) {
            let there = self.categories.all(owner).await?;
            known.categories.extend(there.into_iter().map(|category| category.id));
        }
        if has(|what| matches!(what, What::SavedSearch(_))) {
            known.searches = self.saved_searches.of(owner).await?;
        }
        if has(|what| matches!(what, What::Fact(_))) {
            let (there, _) = self.facts.list(owner, |_| true, None, u32::MAX).await?;
            there.into_iter().for_each(|fact| known.facts.add(fact.id, fact.updated_at));
        }
        Ok(known)
    }
}

impl Known {
    /// What is there before a search: of one name there is one.
    fn search(&mut self, search: &SavedSearch) -> Standing {
        let is_it = |one: &&SavedSearch| one.id == search.id || one.name.is_like(&search.name);
        match self.searches.iter().find(is_it).map(|there| (there.id == search.id, there.updated_at)) {
            None => {
                self.searches.push(search.clone());
                Standing::Missing
            }
            Some((true, there)) if there < search.updated_at => Standing::Older,
            Some((true, there)) if there > search.updated_at => Standing::Newer,
            Some(_) => Standing::Same,
        }
    }
}

fn dedup<T: Ord>(ids: &mut Vec<T>) {
    ids.sort();
    ids.dedup();
}

/// Takes over what was planned of the same units before. What is not planned comes to what it is.
pub(crate) fn take_over(units: &mut [Unit], planned: &[Line]) {
    for (unit, line) in units.iter_mut().zip(planned) {
        let is_same = unit.line.kind == line.kind && unit.line.id == line.id;
        if is_same && !unit.is_settled() {
            let is_to_do = matches!(line.outcome, Outcome::Imported | Outcome::Updated)
                || matches!(unit.what, What::Category(..));
            if is_to_do {
                unit.line.outcome = line.outcome;
            } else {
                unit.settle(line.outcome, line.reason.as_deref());
            }
        }
    }
}
