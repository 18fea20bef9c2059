//! What every function needs to start: configuration, tracing, AWS clients, secrets, and its main loop.

mod aws;
mod batch;
mod env;
mod hold;
mod logging;
mod metrics;
mod ordered;
mod outbound;
mod queue;
mod secrets;
mod serve;

pub use aws::Aws;
pub use batch::{QueueMessage, one_by_one, receives};
pub use env::{Env, EnvError};
pub use hold::Hold;
pub use logging::{causes, lines};
pub use metrics::{METRICS, Metric, Unit, WithMetrics};
pub use ordered::{OrderedMessage, OrderedQueue};
pub use outbound::OutboundQueue;
pub use queue::{Queue, QueueError};
pub use secrets::{Reading, SecretError, Secrets};
pub use serve::{now, run_http, run_http_stream, run_warm_http, run_worker};
