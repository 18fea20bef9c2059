//! What answers are made of.

use std::time::Duration;

use serde_json::Value;

/// One thing that happens.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    Text(String),
    Refusal(String),
    /// Pieces of calls of tools, as the delta of one event holds them.
    Calls(Value),
    /// An event of any kind.
    Event(String),
    Wait(Duration),
    /// Nothing comes any more.
    Stall,
    /// The connection is closed.
    Cut,
}

/// What is said about the cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cost {
    Counted,
    Told { prompt_tokens: u32, completion_tokens: u32 },
    Untold,
}

/// How an answer is written down.
#[derive(Debug, Clone)]
pub(super) struct Manner {
    pub(super) line_end: &'static str,
    pub(super) has_comments: bool,
    /// How many bytes are sent at once, over and over. Event by event if nothing is said here.
    pub(super) cuts: Vec<usize>,
    /// After how many bytes the connection is closed.
    pub(super) bytes: Option<usize>,
    /// How long after its head it comes.
    pub(super) wait: Option<Duration>,
}
