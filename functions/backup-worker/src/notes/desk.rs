//! What notes are taken and written with.

use app_connectors::drives::Drive;
use app_domain::{Category, DriveJobId, DriveProvider, Memory, MemoryId, StoreError, Timestamp, UserId};
use app_store::Memories;
use async_trait::async_trait;

use super::marks::Marks;
use super::names::Names;
use super::note::{Form, Reading, written};
use super::state::{Report, State};
use crate::failure::Failure;
use crate::kept::{Kept, state_key};
use crate::run::Run;

/// Says between any two steps what time it is, or that there is none left.
#[async_trait]
pub(crate) trait Pace: Send + Sync {
    async fn goes_on(&self) -> Result<Timestamp, Failure>;
}

#[async_trait]
impl Pace for Run<'_> {
    async fn goes_on(&self) -> Result<Timestamp, Failure> {
        Run::goes_on(self).await
    }
}

/// What notes are taken and written with.
pub(crate) struct Desk<'a> {
    pub(crate) drive: &'a dyn Drive,
    pub(crate) pace: &'a dyn Pace,
    pub(crate) memories: &'a Memories,
    pub(crate) kept: &'a Kept,
    pub(crate) names: Names,
    pub(crate) owner: UserId,
    pub(crate) provider: DriveProvider,
    /// The provider's name for the account.
    pub(crate) account: &'a str,
    pub(crate) job: DriveJobId,
}

impl<'a> Desk<'a> {
    /// Of a job that is under way.
    pub(crate) async fn of(run: &'a Run<'_>) -> Result<Self, Failure> {
        let categories: Vec<Category> = run.worker.categories.all(run.owner()).await?;
        Ok(Self {
            drive: run.drive,
            pace: run,
            memories: &run.worker.source.memories,
            kept: &run.kept,
            names: Names::of(&categories),
            owner: run.owner(),
            provider: run.provider(),
            account: &run.connection.account_id,
            job: run.job.id,
        })
    }

    /// What is known of the notes, with the report of this job. Of another account nothing is known.
    pub(crate) async fn state(&self, is_push: bool) -> Result<State, Failure> {
        let kept = self.kept.get_json::<State>(&self.key()).await?;
        let mut state = kept.filter(|state| state.account == self.account).unwrap_or_else(|| {
            let mut state = State { account: self.account.to_owned(), ..State::default() };
            state.begin_anew();
            state
        });
        let of = Some((self.job, is_push));
        if state.report.of != of {
            state.report = Report { of, ..Report::default() };
        }
        Ok(state)
    }

    pub(crate) async fn keep(&self, state: &State) -> Result<(), Failure> {
        self.kept.put_json(&self.key(), state).await
    }

    /// Those of some memories that are there, which are not those in the trash.
    pub(crate) async fn memories(&self, ids: &[MemoryId]) -> Result<Vec<Memory>, StoreError> {
        self.memories.readable(self.owner, ids).await
    }

    pub(crate) fn reading(&self, now: Timestamp) -> Reading {
        Reading { owner: self.owner, provider: self.provider, now }
    }

    /// What a note of a memory says, if it is written now. `None` for one that cannot be read as it is written.
    pub(crate) fn shown(&self, memory: &Memory, path: &str, form: Form, now: Timestamp) -> Option<Marks> {
        let text = written(memory, &self.names, form).0;
        self.reading(now).of_text(path, &text).map(|read| read.marks)
    }

    fn key(&self) -> String {
        state_key(self.owner, self.provider, "notes")
    }
}
