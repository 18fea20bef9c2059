//! The main loops: one line in a function's `main`.

use std::fmt;
use std::time::Duration;

use app_domain::Timestamp;
use lambda_http::lambda_runtime::{self, LambdaEvent};
use lambda_http::tower::service_fn;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Aws, Env, logging};

/// Less than the ten seconds that Lambda gives a start.
const MAX_WARM_UP: Duration = Duration::from_secs(5);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The time now: for workers and entry points, which hand it on.
pub fn now() -> Timestamp {
    jiff::Timestamp::now().into()
}

/// Starts a function behind API Gateway: reads the environment, lets `wire` make the router, and serves it.
///
/// # Errors
/// If `wire` fails (the reason is logged too) or the Lambda runtime ends.
pub fn run_http<E: fmt::Display + Into<BoxError>>(
    wire: impl FnOnce(&Env, &Aws) -> Result<axum::Router, E>,
) -> Result<(), BoxError> {
    let router = start(wire)?;
    block_on(lambda_http::run(router))
}

/// As [`run_http`], for a function whose callers do not wait: before the first request it awaits what `wire` makes beside the
/// router, such as opening connections. Lambda counts that to the start, not to the request. It may fail, and it may not hang.
///
/// # Errors
/// As [`run_http`].
pub fn run_warm_http<E: fmt::Display + Into<BoxError>, W: Future<Output = ()>>(
    wire: impl FnOnce(&Env, &Aws) -> Result<(axum::Router, W), E>,
) -> Result<(), BoxError> {
    let (router, warm_up) = start(wire)?;
    block_on(async {
        if tokio::time::timeout(MAX_WARM_UP, warm_up).await.is_err() {
            tracing::warn!("the function starts cold");
        }
        lambda_http::run(router).await
    })
}

/// Starts a function that answers HTTP requests piece by piece, from an address of its own that streams.
///
/// # Errors
/// As [`run_http`].
pub fn run_http_stream<E: fmt::Display + Into<BoxError>>(
    wire: impl FnOnce(&Env, &Aws) -> Result<axum::Router, E>,
) -> Result<(), BoxError> {
    let router = start(wire)?;
    block_on(lambda_http::run_with_streaming_response(router))
}

/// Starts a function that handles events of another kind: a queue, a stream, a schedule.
///
/// # Errors
/// As [`run_http`].
pub fn run_worker<E, F, Event, Answer, Fut>(
    wire: impl FnOnce(&Env, &Aws) -> Result<F, E>,
) -> Result<(), BoxError>
where
    E: fmt::Display + Into<BoxError>,
    F: Fn(Event) -> Fut,
    Event: DeserializeOwned + Send,
    Answer: Serialize,
    Fut: Future<Output = Result<Answer, BoxError>>,
{
    let handle = start(wire)?;
    block_on(lambda_runtime::run(service_fn(|event: LambdaEvent<Event>| handle(event.payload))))
}

fn start<T, E: fmt::Display + Into<BoxError>>(
    wire: impl FnOnce(&Env, &Aws) -> Result<T, E>,
) -> Result<T, BoxError> {
    let env = Env::read();
    logging::start(&env);
    let wired =
        Aws::from_env(&env).map_err(BoxError::from).and_then(|aws| wire(&env, &aws).map_err(Into::into));
    wired.inspect_err(|error| tracing::error!(error = %error, "the function cannot start"))
}

/// One thread is enough: a Lambda environment handles one request at a time, and more threads cost start-up time.
fn block_on(main: impl Future<Output = Result<(), BoxError>>) -> Result<(), BoxError> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(main)
}
