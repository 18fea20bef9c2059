//! Why something has to come again, and when.

use std::time::Duration;

use app_connectors::graph::{ErrorClass, GraphError};
use app_domain::StoreError;
use app_runtime::{QueueError, SecretError};

/// Why something has to come again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// It is being said at this moment.
    #[error("another worker is at it")]
    Busy,
    /// It may have been said. Its status tells, if one comes.
    #[error("it may have been sent")]
    Undecided {
        /// How long its status is waited for.
        wait: Duration,
    },
    /// WhatsApp did not take it.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// The access token could not be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An export could not be begun.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// How long another worker may be at it.
const BUSY: Duration = Duration::from_secs(60);
/// Nothing waits longer than this. What is received twenty times has come after about four hours, then.
const LONGEST: Duration = Duration::from_secs(15 * 60);

impl Failure {
    /// Within this time, the status of what was sent has come.
    pub(crate) const STATUS_WITHIN: Duration = Duration::from_secs(120);

    /// In the log.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Undecided { .. } => "undecided",
            Self::Graph(error) => match error.class {
                ErrorClass::Throttled | ErrorClass::PairRate => "throttled",
                ErrorClass::Token | ErrorClass::Permission => "token refused",
                _ => "failed",
            },
            Self::Secret(_) | Self::Store(_) | Self::Queue(_) => "failed",
        }
    }

    /// Whether somebody has to look at it. What is only a matter of time is none of these.
    pub(crate) fn is_alarming(&self) -> bool {
        !matches!(self, Self::Busy | Self::Undecided { .. }) && self.name() != "throttled"
    }

    /// When it is worth another try: after 4ⁿ seconds, as Meta asks for, where nothing else decides.
    pub(crate) fn wait(&self, receives: u32) -> Duration {
        match self {
            Self::Busy => BUSY,
            Self::Undecided { wait } => *wait,
            _ => Duration::from_secs(4_u64.saturating_pow(receives.saturating_sub(1))).min(LONGEST),
        }
    }
}
