//! Memo, the assistant that answers from a person's memories, whatever model speaks for it.
//!
//! Memories, and whatever else people wrote, are data to it and never instructions: they cannot make it use a tool that the person may not use,
//! change anything that the person is to confirm, or show a link that nobody gave.

mod accounts;
mod ask;
mod brief;
mod built_in;
mod decisions;
mod deed;
mod filing;
mod grounding;
mod hands;
mod learning;
mod links;
mod material;
mod minds;
mod opening;
mod outgoing;
mod prompt;
mod question;
mod redaction;
mod retrieval;
mod rounds;
mod speech;
mod steps;
mod stop;
mod structured;
mod suggesting;
mod summaries;
mod task;
mod tools;
mod withholding;

use std::sync::Arc;

use app_domain::{Sealing, Timestamp};
use app_index::Finder;
use app_store::{Categories, Conversations, Facts, MemoPreferences, Memories, Messages, Reminders, Table};

pub use accounts::Accounts;
pub use brief::Asker;
pub use decisions::{Decision, DecisionError};
pub use deed::{Deed, DeedError};
pub use filing::{Place, Places, ToFile};
pub use learning::LearnError;
pub use minds::{Mind, MindError, Minds, NoMind};
pub use question::{Ask, AskError, Asked, Begun, Ended};
pub use steps::{Step, Steps};
pub use suggesting::Suggestions;
pub use task::{Done, TaskError};

/// The assistant. Cloning shares everything.
#[derive(Clone)]
pub struct Memo {
    minds: Arc<Minds>,
    accounts: Accounts,
    finder: Arc<Finder>,
    memories: Memories,
    messages: Messages,
    categories: Categories,
    conversations: Conversations,
    facts: Facts,
    reminders: Reminders,
    settings: MemoPreferences,
    clock: fn() -> Timestamp,
}

impl Memo {
    /// The assistant of the people in `table`, sealed by `sealing`.
    pub fn new(
        table: &Table,
        sealing: impl Sealing + Clone,
        finder: Arc<Finder>,
        minds: Minds,
        accounts: Accounts,
        clock: fn() -> Timestamp,
    ) -> Self {
        Self {
            minds: Arc::new(minds),
            accounts,
            finder,
            memories: Memories::new(table.clone(), sealing.clone()),
            messages: Messages::new(table.clone(), sealing.clone()),
            categories: Categories::new(table.clone(), sealing.clone()),
            conversations: Conversations::new(table.clone(), sealing.clone()),
            facts: Facts::new(table.clone(), sealing.clone()),
            reminders: Reminders::new(table.clone(), sealing.clone()),
            settings: MemoPreferences::new(table.clone(), sealing),
            clock,
        }
    }

    /// The models that can be asked, and whether each is somebody else's. The one that is asked unless told comes first.
    pub fn models(&self) -> impl Iterator<Item = (&str, bool)> {
        self.minds.names()
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }
}
