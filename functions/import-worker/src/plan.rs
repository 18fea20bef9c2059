//! What will become of units: what is there already is found out before anything is written, so that whoever goes on after a death knows what
//! was made and what was there.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use app_domain::{
    CategoryId, ConversationId, FactId, File, FileId, FromBackup, ImportJob, Memory, MemoryId, MessageId,
    ReminderId, SavedSearch, StoreError, Timestamp, UserId,
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
    /// Those of them that a backup may be other than.
    whole: BTreeMap<MemoryId, Memory>,
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
    pub(crate) async fn plan(&self, job: &ImportJob, units: &mut [Unit]) -> Result<(), StoreError> {
        let (owner, restore) = (job.user_id, job.spec.restore);
        let mut known = self.known(owner, units).await?;
        if restore.is_some() {
            self.part(owner, restore, units, &mut known).await?;
        }
        for unit in units {
            let there = match &unit.what {
                What::Memory(memory, _) if known.trashed.contains(&memory.id) => {
                    if restore.is_some() {
                        unit.line.outcome = Outcome::Updated;
                        continue;
                    }
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
                // What is newer may have been so before the backup, or gives way to it: who brings it in reads all of it, and knows.
                Standing::Newer if restore.is_some() => unit.line.outcome = Outcome::Updated,
                Standing::Same if restore.is_some() && known.is_filed_otherwise(unit) => {
                    unit.line.outcome = Outcome::Updated;
                }
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
        self.look_for(owner, memories.clone(), &mut known).await?;
        // What is below those that are not there is on its way out, and gone before they come.
        let is_there = |id: &MemoryId| known.memories.0.contains_key(id) || known.trashed.contains(id);
        memories.retain(|id| !is_there(id));
        let is_going = |id: MemoryId| memories.binary_search(&id).is_ok();
        messages.retain(|(memory, _)| !is_going(*memory));
        let there = self.messages.changed_at(owner, &messages).await?;
        there.into_iter().for_each(|(id, at)| known.messages.add(id, at));
        let there = self.files.get_all(owner, files).await?;
        let stays = |file: &&File| !file.attached.is_some_and(|attached| is_going(attached.memory));
        there.iter().filter(stays).for_each(|file| known.files.add(file.id, Timestamp::MIN));
        Ok(known)
    }
}

impl Worker {
    /// Looks for memories where they should be, and in the trash.
    async fn look_for(
        &self,
        owner: UserId,
        mut ids: Vec<MemoryId>,
        known: &mut Known,
    ) -> Result<(), StoreError> {
        let there = self.memories.readable(owner, &ids).await?;
        there.iter().for_each(|memory| known.memories.add(memory.id, memory.updated_at));
        ids.retain(|id| !known.memories.0.contains_key(id));
        known.whole.extend(there.into_iter().map(|memory| (memory.id, memory)));
        let trashed = stream::iter(ids).map(|id| async move {
            let trashed = self.memories.trashed(owner, id).await?;
            Ok::<_, StoreError>(trashed.map(|_| id))
        });
        let trashed: Vec<Option<MemoryId>> = trashed.buffer_unordered(AT_ONCE).try_collect().await?;
        known.trashed.extend(trashed.into_iter().flatten());
        Ok(())
    }

    /// Makes memories that have parted from their backup come beside what is there, where that is wanted.
    async fn part(
        &self,
        owner: UserId,
        restore: Option<FromBackup>,
        units: &mut [Unit],
        known: &mut Known,
    ) -> Result<(), StoreError> {
        let mut copies = Vec::new();
        for unit in units {
            let What::Memory(memory, _) = &unit.what else { continue };
            let there = known.whole.get(&memory.id);
            if let Some(copy) = there.and_then(|there| unit.parted(there, restore)) {
                *unit = copy;
                if let What::Memory(copy, _) = &unit.what {
                    copies.push(copy.id);
                }
            }
        }
        dedup(&mut copies);
        self.look_for(owner, copies, known).await
    }

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
    /// Whether a memory is at another version than it was given: it has been filed or tagged otherwise, which makes it no newer.
    fn is_filed_otherwise(&self, unit: &Unit) -> bool {
        let What::Memory(memory, _) = &unit.what else { return false };
        self.whole.get(&memory.id).is_some_and(|there| there.version != memory.version)
    }

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
pub(crate) fn take_over(units: &mut [Unit], planned: &[Line], restore: Option<FromBackup>) {
    for (unit, line) in units.iter_mut().zip(planned) {
        if unit.line.id != line.id
            && let Some(copy) = unit.beside(restore).filter(|copy| copy.line.id == line.id)
        {
            *unit = copy;
        }
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
