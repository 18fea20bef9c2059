//! What every function needs to start: configuration, tracing, AWS clients, secrets, and its main loop.

mod aws;
mod env;
mod hold;
mod logging;
mod ordered;
mod outbound;
mod queue;
mod secrets;
mod serve;

pub use aws::Aws;
pub use env::{Env, EnvError};
pub use hold::Hold;
pub use logging::causes;
pub use ordered::{OrderedMessage, OrderedQueue};
pub use outbound::OutboundQueue;
pub use queue::{Queue, QueueError};
pub use secrets::{Reading, SecretError, Secrets};
pub use serve::{now, run_http, run_http_stream, run_warm_http, run_worker};
