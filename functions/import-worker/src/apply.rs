//! Bringing in what was planned, in the order of the archive: what others belong to comes first, and messages of one memory that follow each
//! other are brought in at once. Doing it again changes nothing, and says the same.

use app_domain::{
    FileQuota, ImportJob, KeptCategories, MemoSettings, Memory, MemoryId, Message, SavedSearch, StoreError,
    Turn,
};
use app_store::{ConversationError, MessageError, Restored};

use crate::Worker;
use crate::compose::{NO_PARENT, THERE};
use crate::context::Context;
use crate::delivery::Delivery;
use crate::failure::Failure;
use crate::feed::Archive;
use crate::files::Brought;
use crate::piece::Outcome;
use crate::units::{Called, Filing, Unit, What};

/// What units are brought in with.
pub(crate) struct Bringer<'a> {
    pub(crate) worker: &'a Worker,
    pub(crate) job: &'a ImportJob,
    pub(crate) archive: &'a Archive,
    pub(crate) quota: FileQuota,
    pub(crate) delivery: &'a Delivery,
    pub(crate) context: &'a mut Context,
    /// Whether an earlier attempt may have done some of it.
    pub(crate) is_again: bool,
}

impl Bringer<'_> {
    /// Brings in all units, and writes into their lines what came of them.
    pub(crate) async fn bring(&mut self, units: &mut [Unit]) -> Result<(), Failure> {
        // Settings stand before the categories that they name.
        let is_category = |unit: &Unit| matches!(unit.what, What::Category(..));
        let behind = units.iter().rposition(is_category).map_or(0, |last| last + 1);
        let (before, behind) = units.split_at_mut(behind);
        for units in [before, behind] {
            self.in_order(units).await?;
            for unit in units {
                self.settings(unit).await?;
            }
        }
        Ok(())
    }

    async fn in_order(&mut self, units: &mut [Unit]) -> Result<(), Failure> {
        let mut place = 0;
        while place < units.len() {
            self.delivery.goes_on().await?;
            let end = place + run(&units[place..]);
            let several = &mut units[place..end];
            match &several[0].what {
                What::Message(_) => self.messages(several).await?,
                What::Turn(_) => self.turns(several).await?,
                What::Fact(_) => self.facts(several).await?,
                What::Version(_) => self.versions(several).await?,
                _ => self.one(&mut several[0]).await?,
            }
            place = end;
        }
        Ok(())
    }

    async fn one(&mut self, unit: &mut Unit) -> Result<(), Failure> {
        let (worker, now) = (self.worker, (self.worker.now)());
        let restored = match &unit.what {
            What::SavedSearch(search) => {
                let search =
                    SavedSearch { search: self.context.filed(&search.search), ..SavedSearch::clone(search) };
                worker.saved_searches.restore(self.job.user_id, &search, self.precedence()).await?
            }
            What::Conversation(one) => worker.conversations.restore(one, self.precedence()).await?,
            What::Reminder(reminder) => worker.reminders.restore(reminder, now).await?,
            What::Memory(memory, filing) => {
                let memory = self.filed(memory, filing, unit.line.outcome).await?;
                self.memory(&memory, now).await?
            }
            What::Category(..) => return self.category(unit).await,
            What::File(_) => return self.file(unit).await,
            _ => return Ok(()),
        };
        self.came(unit, restored);
        if unit.line.outcome == Outcome::Imported
            && let Some(parent) = self.context.parent_mut(&unit.line.key)
        {
            parent.is_made = true;
        }
        if let Restored::InTrash | Restored::Going | Restored::Refused(_) = restored {
            let reason = unit.line.reason.clone();
            if let Some(parent) = self.context.parent_mut(&unit.line.key) {
                parent.absent = reason.or_else(|| Some(NO_PARENT.to_owned()));
            }
        }
        Ok(())
    }

    /// The memory in the category that it has here. One of another service that is there stays where its owner has filed it since.
    async fn filed(&self, memory: &Memory, filing: &Filing, planned: Outcome) -> Result<Memory, StoreError> {
        let (own, elsewhere) = (memory.category, self.job.spec.category);
        let category = match filing {
            Filing::Own => own.map_or(elsewhere, |theirs| self.context.mapped(theirs)),
            Filing::Named(_) if planned == Outcome::Updated => {
                let there = self.worker.memories.get(memory.owner, memory.id).await?;
                there.and_then(|there| there.category)
            }
            Filing::Named(name) => name.as_deref().and_then(|name| self.context.of_name(name)).or(elsewhere),
        };
        Ok(memory.clone().filed(category))
    }

    /// Settings, with what the categories that they name are here.
    async fn settings(&mut self, unit: &mut Unit) -> Result<(), Failure> {
        let What::Settings(settings) = &unit.what else { return Ok(()) };
        let kept = settings.kept_categories.iter().filter_map(|theirs| self.context.mapped(theirs));
        let kept_categories =
            KeptCategories::parse(kept).unwrap_or_else(|_| settings.kept_categories.clone());
        let settings = MemoSettings { kept_categories, ..MemoSettings::clone(settings) };
        let restored =
            self.worker.preferences.restore(self.job.user_id, &settings, self.precedence()).await?;
        self.came(unit, restored);
        Ok(())
    }

    async fn category(&mut self, unit: &mut Unit) -> Result<(), Failure> {
        let What::Category(category, called) = &unit.what else { return Ok(()) };
        let (id, restored) = self.worker.categories.restore(category, self.precedence()).await?;
        let is_here = !matches!(restored, Restored::Refused(_));
        let here = is_here.then_some(id);
        match called {
            Called::Name(name) => self.context.name(name.clone(), here),
            Called::Id(theirs) if here != Some(*theirs) => {
                self.context.map(*theirs, here);
            }
            Called::Id(_) => {}
        }
        let is_own = id == category.id;
        unit.line = unit.line.clone().named(id);
        self.came(unit, if is_own || !is_here { restored } else { Restored::Same });
        if is_here && !is_own {
            // One of the same name, whatever was planned.
            unit.settle(Outcome::Skipped, Some(THERE));
        }
        Ok(())
    }

    async fn file(&mut self, unit: &mut Unit) -> Result<(), Failure> {
        let What::File(file) = &unit.what else { return Ok(()) };
        if let Some(parent) = &unit.line.parent
            && let Some(absent) = self.context.absent(parent).map(str::to_owned)
        {
            unit.settle(Outcome::Skipped, Some(&absent));
            return Ok(());
        }
        match self.worker.bring_file(self.archive, file, self.quota, self.delivery).await? {
            Brought::Made => self.came(unit, Restored::Made),
            Brought::There => self.came(unit, Restored::Same),
            Brought::Refused(reason) => unit.settle(Outcome::Failed, Some(&reason)),
        }
        Ok(())
    }

    /// Messages of one memory, and files that come with them, before them.
    async fn messages(&mut self, units: &mut [Unit]) -> Result<(), Failure> {
        let mut messages: Vec<Message> = Vec::new();
        let mut places = Vec::new();
        for (place, unit) in units.iter_mut().enumerate() {
            match &unit.what {
                What::File(_) => {
                    self.delivery.goes_on().await?;
                    self.file(unit).await?;
                }
                What::Message(message) => {
                    messages.push(Message::clone(message));
                    places.push(place);
                }
                _ => {}
            }
        }
        let Some(memory) = messages.first().map(|message| message.memory) else { return Ok(()) };
        let precedence = self.precedence();
        let restored =
            match self.worker.messages.restore(self.job.user_id, memory, &messages, precedence).await {
                Ok(restored) => restored,
                Err(MessageError::Store(error)) => return Err(error.into()),
                Err(_) => {
                    let reason = self.why_absent(memory);
                    for place in places {
                        units[place].settle(Outcome::Skipped, Some(&reason));
                    }
                    return Ok(());
                }
            };
        self.came_all(units, &places, &restored)
    }

    fn why_absent(&self, memory: MemoryId) -> String {
        self.context.absent(&memory.to_string()).unwrap_or(NO_PARENT).to_owned()
    }

    async fn turns(&mut self, units: &mut [Unit]) -> Result<(), Failure> {
        let turns: Vec<Turn> = units.iter().filter_map(|unit| unit.turn()).collect();
        let Some(conversation) = turns.first().map(|turn| turn.conversation) else { return Ok(()) };
        let owner = self.job.user_id;
        match self.worker.conversations.restore_turns(owner, conversation, &turns).await {
            Ok(restored) => {
                self.came_all(units, &all(units), &restored)?;
                self.go_along(units, &conversation.to_string());
                Ok(())
            }
            Err(ConversationError::Store(error)) => Err(error.into()),
            Err(_) => {
                let reason = self.context.absent(&conversation.to_string()).unwrap_or(NO_PARENT).to_owned();
                units.iter_mut().for_each(|unit| unit.settle(Outcome::Skipped, Some(&reason)));
                Ok(())
            }
        }
    }

    async fn facts(&mut self, units: &mut [Unit]) -> Result<(), Failure> {
        let facts = units.iter().filter_map(|unit| match &unit.what {
            What::Fact(fact) => Some(app_domain::Fact::clone(fact)),
            _ => None,
        });
        let facts: Vec<_> = facts.collect();
        let restored = self.worker.facts.restore(self.job.user_id, &facts, self.precedence()).await?;
        self.came_all(units, &all(units), &restored)
    }

    /// Versions of one memory. Which of them were added is not told, only how many.
    async fn versions(&mut self, units: &mut [Unit]) -> Result<(), Failure> {
        let versions = units.iter().filter_map(|unit| match &unit.what {
            What::Version(version) => {
                let category = version.category.and_then(|theirs| self.context.mapped(theirs));
                Some(Memory::clone(version).filed(category))
            }
            _ => None,
        });
        let versions: Vec<Memory> = versions.collect();
        let Some(id) = versions.first().map(|version| version.id) else { return Ok(()) };
        let added = self.worker.memories.restore_versions(self.job.user_id, id, &versions).await?;
        for (place, unit) in (0..).zip(units.iter_mut()) {
            self.came(unit, if place < added { Restored::Made } else { Restored::Same });
        }
        self.go_along(units, &id.to_string());
        Ok(())
    }
}

fn all(units: &[Unit]) -> Vec<usize> {
    (0..units.len()).collect()
}

/// How many units, from the first on, are brought in at once.
fn run(units: &[Unit]) -> usize {
    let first = &units[0].what;
    let alike = |unit: &&Unit| match (first, &unit.what) {
        (What::Message(first), What::Message(other)) => first.memory == other.memory,
        (What::Message(first), What::File(file)) => {
            file.attached.is_some_and(|attached| attached.memory == first.memory)
        }
        (What::Message(_), What::Settled) | (What::Fact(_), What::Fact(_)) => true,
        (What::Turn(first), What::Turn(other)) => first.conversation == other.conversation,
        (What::Version(first), What::Version(other)) => first.id == other.id,
        _ => false,
    };
    1 + units[1..].iter().take_while(alike).count()
}
