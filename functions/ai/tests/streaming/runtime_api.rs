//! Lambda, played on 127.0.0.1: it starts the function, hands out events by the Runtime API, and takes the streamed answers.

use std::collections::HashMap;
use std::future::pending;
use std::net::SocketAddr;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::StreamExt;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex as Queue, mpsc};
use tokio::task::JoinHandle;
use uuid::Uuid;

/// Where a function finds the Runtime API.
pub(crate) const ADDRESS: &str = "AWS_LAMBDA_RUNTIME_API";
/// The function's time for one event.
const TIMEOUT: Duration = Duration::from_secs(300);

/// A function that was started, and what it is asked.
pub(crate) struct Lambda {
    function: Child,
    events: mpsc::UnboundedSender<Invocation>,
    serving: JoinHandle<()>,
}

struct Invocation {
    id: String,
    event: Value,
    /// Where what is answered goes.
    answer: mpsc::UnboundedSender<Part>,
}

/// What comes of an event, piece by piece. Who drops it has gone away.
pub(crate) struct Invoked(mpsc::UnboundedReceiver<Part>);

/// A piece of what comes of an event.
pub(crate) enum Part {
    /// An answer begins, with these headers.
    Headers(HeaderMap),
    /// More of it, and when it came.
    Bytes(Instant, Bytes),
    /// It has come to its proper end.
    End,
    /// It was cut off, or there is none, for this reason.
    Failed(String),
}

struct Site {
    events: Queue<mpsc::UnboundedReceiver<Invocation>>,
    /// The events that are being handled, by id.
    open: Mutex<HashMap<String, mpsc::UnboundedSender<Part>>>,
}

impl Lambda {
    /// Starts this program again, as a function with these variables.
    pub(crate) async fn start(variables: &[(&str, &str)]) -> Self {
        let (events, waiting) = mpsc::unbounded_channel();
        let site = Arc::new(Site { events: Queue::new(waiting), open: Mutex::default() });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .with_state(site);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { function: started(address, variables), events, serving }
    }

    /// Gives the function an event.
    pub(crate) fn invoke(&self, event: Value) -> Invoked {
        let (answer, parts) = mpsc::unbounded_channel();
        let id = Uuid::new_v4().to_string();
        assert!(self.events.send(Invocation { id, event, answer }).is_ok(), "nobody takes events any more");
        Invoked(parts)
    }

    /// Whether it is still the process that was started.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.function.try_wait().unwrap().is_none()
    }
}

impl Drop for Lambda {
    fn drop(&mut self) {
        self.serving.abort();
        // It may have ended by itself.
        let _ = self.function.kill();
        let _ = self.function.wait();
    }
}

impl Invoked {
    /// What comes next. Too long a silence is a failure.
    pub(crate) async fn next(&mut self) -> Part {
        match tokio::time::timeout(Duration::from_secs(30), self.0.recv()).await {
            Ok(Some(part)) => part,
            Ok(None) => Part::Failed("the function has ended".to_owned()),
            Err(_) => Part::Failed("the function says nothing".to_owned()),
        }
    }
}

impl Site {
    fn open(&self) -> MutexGuard<'_, HashMap<String, mpsc::UnboundedSender<Part>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn started(address: SocketAddr, variables: &[(&str, &str)]) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .env_clear()
        .env(ADDRESS, address.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "ai-stream")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_REGION", "eu-central-1")
        .env("LOG_LEVEL", "error")
        .envs(variables.iter().copied())
        .spawn()
        .unwrap()
}

async fn next(State(site): State<Arc<Site>>) -> Response {
    let Some(invocation) = site.events.lock().await.recv().await else { return pending().await };
    let Invocation { id, event, answer } = invocation;
    let deadline = (SystemTime::now() + TIMEOUT).duration_since(SystemTime::UNIX_EPOCH).unwrap();
    site.open().insert(id.clone(), answer);
    let headers = [
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", deadline.as_millis().to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-central-1:123456789012:function:ai-stream".to_owned(),
        ),
        ("lambda-runtime-trace-id", "Root=1-6920a1f4-3c5b7d9e1f20314253647586;Sampled=0".to_owned()),
    ];
    (axum::response::AppendHeaders(headers), Json(event)).into_response()
}

async fn response(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> StatusCode {
    let Some(answer) = site.open().remove(&id) else { return StatusCode::GONE };
    let mut known = answer.send(Part::Headers(headers));
    let mut body = body.into_data_stream();
    while known.is_ok() {
        let part = tokio::select! {
            part = body.next() => part,
            // Whoever asked has gone: no more of the answer is taken.
            () = answer.closed() => return StatusCode::GONE,
        };
        known = answer.send(match part {
            Some(Ok(bytes)) => Part::Bytes(Instant::now(), bytes),
            Some(Err(error)) => Part::Failed(error.to_string()),
            None => {
                // Who has gone does not care that it has ended.
                let _ = answer.send(Part::End);
                break;
            }
        });
    }
    StatusCode::ACCEPTED
}

async fn error(State(site): State<Arc<Site>>, Path(id): Path<String>, body: String) -> StatusCode {
    if let Some(answer) = site.open().remove(&id) {
        let _ = answer.send(Part::Failed(body));
    }
    StatusCode::ACCEPTED
}
