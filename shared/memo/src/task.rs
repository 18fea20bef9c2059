//! What Memo does besides talking: which model does it, and what came of it.

use std::time::Instant;

use app_ai::{BuiltIn, ModelError};
use app_domain::{AnswerFailure, MemoSettings, StoreError, Task, Timestamp, TokenUsage};

use crate::Memo;
use crate::brief::Asker;
use crate::minds::Mind;
use crate::stop::Stop;

/// What was done, by which model, at what cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Done<T> {
    /// What came of it.
    pub what: T,
    /// The name of the model that did it.
    pub model: String,
    /// Tokens.
    pub usage: TokenUsage,
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// The model failed, or may not be asked.
    #[error("the model did not do it")]
    Failed {
        /// Why, as the person sees it.
        failure: AnswerFailure,
        /// When there is a new budget, if the old one is used up.
        resets_at: Option<Timestamp>,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Stop> for TaskError {
    fn from(stop: Stop) -> Self {
        let failure = stop.failure();
        match stop {
            Stop::Store(error) => Self::Store(error),
            Stop::Budget { resets_at } => Self::Failed { failure, resets_at: Some(resets_at) },
            _ => Self::Failed { failure, resets_at: None },
        }
    }
}

impl From<ModelError> for TaskError {
    fn from(error: ModelError) -> Self {
        Stop::Model(error).into()
    }
}

impl Memo {
    /// The model that does it, and how the person wants that. `may_leave` says whether what it is about may be shown to models of others.
    pub(crate) async fn task_mind(
        &self,
        asker: &Asker,
        may_leave: bool,
    ) -> Result<(Mind, MemoSettings), TaskError> {
        let settings = self.settings.get(asker.user).await?;
        let mind = self.minds.task(settings.external_models && may_leave).await?;
        Ok((mind, settings))
    }

    /// What the built-in model does, which is noted and costs nothing.
    pub(crate) async fn by_built_in<T>(
        &self,
        asker: &Asker,
        task: Task,
        work: impl FnOnce() -> T,
    ) -> Result<Done<T>, TaskError> {
        let began = Instant::now();
        let what = work();
        let usage = TokenUsage::default();
        self.accounts.log(asker, (task, BuiltIn::NAME, None), usage, began, self.now()).await;
        Ok(Done { what, model: BuiltIn::NAME.to_owned(), usage })
    }
}
