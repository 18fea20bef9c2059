//! Why media are not stored yet, and what follows from that.

use app_connectors::graph::{ErrorClass, GraphError};
use app_domain::StoreError;
use app_runtime::{QueueError, SecretError};

/// What their owner is told of media that Meta does not have.
pub(crate) const EXPIRED: &str =
    "WhatsApp does not have it any more: it keeps what is sent for seven days. Ask for it to be sent again.";
/// Of media that are too large for us or for Meta.
pub(crate) const TOO_LARGE: &str = "It is larger than what can be received from WhatsApp.";
/// Of media that came broken every time.
const DAMAGED: &str = "What WhatsApp sent was damaged, even after several tries. Try again later.";
/// Of media that could not be fetched for now.
const NO_ANSWER: &str = "WhatsApp did not answer, even after several tries. Try again later.";
/// Of media that could not be stored for now.
const NOT_STORED: &str = "It could not be stored, even after several tries. Try again later.";

/// Why media are not stored yet.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// They never will be, for this reason, which their owner is told.
    #[error("given up: {0}")]
    Final(String),
    /// WhatsApp does not let us in, until a token or an account is put in order. No error: there is no token.
    #[error("WhatsApp does not let us in")]
    Refused(#[source] Option<GraphError>),
    /// What came is not what was announced. It may have been broken on the way.
    #[error("what came is not what was announced: {0}")]
    Damaged(&'static str),
    /// WhatsApp does not answer.
    #[error("WhatsApp does not answer")]
    Graph(#[source] GraphError),
    /// They take too long.
    #[error("they take too long")]
    Slow,
    /// The token cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The table or the bucket fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A queue fails.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// The model that writes down what is said does not answer now.
    #[error(transparent)]
    Model(#[from] app_ai::ModelError),
}

impl Failure {
    /// Will not be stored, for this reason.
    pub(crate) fn final_because(reason: &str) -> Self {
        Self::Final(reason.to_owned())
    }

    /// What their owner is told if this is how it ends.
    pub(crate) fn reason(&self) -> &str {
        match self {
            Self::Final(reason) => reason,
            Self::Damaged(_) => DAMAGED,
            Self::Refused(_) | Self::Graph(_) | Self::Slow | Self::Secret(_) => NO_ANSWER,
            Self::Store(_) | Self::Queue(_) | Self::Model(_) => NOT_STORED,
        }
    }

    /// Whether it is for an operator to see what is wrong, should it never get better.
    pub(crate) fn is_ours(&self) -> bool {
        !matches!(self, Self::Final(_) | Self::Damaged(_))
    }
}

impl From<GraphError> for Failure {
    fn from(error: GraphError) -> Self {
        match error.class {
            ErrorClass::Token | ErrorClass::Permission | ErrorClass::Account => Self::Refused(Some(error)),
            // Of an id that it does not know (any more), Meta says that the request is wrong.
            ErrorClass::NotFound
            | ErrorClass::Request
            | ErrorClass::WindowClosed
            | ErrorClass::Undeliverable => Self::final_because(EXPIRED),
            ErrorClass::TooLarge => Self::final_because(TOO_LARGE),
            ErrorClass::Throttled
            | ErrorClass::PairRate
            | ErrorClass::Transient
            | ErrorClass::Unreachable
            | ErrorClass::Uncertain => Self::Graph(error),
        }
    }
}
