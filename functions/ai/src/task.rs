//! What the answers of Memo's other work share.

use std::time::Instant;

use app_http::ApiError;
use app_memo::{Done, TaskError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::chat::no_answer;

/// How it was done.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaskMetadata {
    /// Tokens read and written, in the model's own measure.
    tokens_used: u64,
    /// Milliseconds.
    processing_time: u64,
    /// The model that did it.
    #[schema(example = "built-in")]
    model: String,
}

impl TaskMetadata {
    pub(crate) fn of<T>(done: &Done<T>, began: Instant) -> Self {
        Self {
            tokens_used: done.usage.total(),
            processing_time: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            model: done.model.clone(),
        }
    }
}

/// Why it was not done.
pub(crate) fn undone(error: TaskError) -> ApiError {
    match error {
        TaskError::Failed { failure, resets_at } => no_answer(failure, resets_at),
        TaskError::Store(error) => error.into(),
    }
}
