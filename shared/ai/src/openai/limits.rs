//! How much is sent at once, and how long is waited for it.

use std::time::Duration;

/// What one request may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) inputs: usize,
    pub(super) input_tokens: usize,
    pub(super) request_tokens: usize,
}

impl Default for Limits {
    /// The vendor takes 2,048 inputs of 8,192 tokens, 300,000 in all. Fewer inputs keep an answer below 10 MB; fewer tokens,
    /// because they are estimated.
    fn default() -> Self {
        Self { inputs: 512, input_tokens: 8000, request_tokens: 250_000 }
    }
}

/// How long a model may take to make vectors.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// From the call to its result, for a query.
    pub(super) query: Duration,
    /// The same for documents.
    pub(super) documents: Duration,
    /// For one of the attempts in it.
    pub(super) attempt: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            query: Duration::from_secs(4),
            documents: Duration::from_secs(60),
            attempt: Duration::from_secs(20),
        }
    }
}

/// How often a request is made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Retries {
    /// How often before it counts as failed.
    pub(super) attempts: u32,
    /// About how long to wait before the second attempt. Doubles with each.
    pub(super) pause: Duration,
}

impl Retries {
    /// At least one attempt.
    pub(super) fn new(attempts: u32, pause: Duration) -> Self {
        Self { attempts: attempts.max(1), pause }
    }
}

impl Default for Retries {
    fn default() -> Self {
        Self::new(4, Duration::from_millis(400))
    }
}
