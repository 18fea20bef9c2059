//! Lambda, as far as functions see it: processes that ask the Runtime API for their next event, one event at a time each.

use std::collections::HashMap;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, anyhow, bail};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::plan::FunctionPlan;

/// What a function answered, or how it failed.
type Answer = Result<Bytes, String>;

/// A function and those of its processes that have nothing to do.
pub(crate) struct Function {
    plan: FunctionPlan,
    idle: Mutex<Vec<Environment>>,
}

/// One event for one process.
struct Invocation {
    event: Bytes,
    deadline_ms: u128,
    answer: oneshot::Sender<Answer>,
}

/// One process of a function, and the Runtime API that is its own. Both end when this is dropped.
struct Environment {
    process: Child,
    events: mpsc::Sender<Invocation>,
    api: JoinHandle<()>,
}

impl Drop for Environment {
    fn drop(&mut self) {
        self.api.abort();
    }
}

impl Function {
    pub(crate) fn new(plan: FunctionPlan) -> Self {
        Self { plan, idle: Mutex::default() }
    }

    /// Has an event answered, to the end, whether or not somebody goes on waiting.
    ///
    /// # Errors
    /// If the function fails, ends or takes too long.
    pub(crate) async fn invoke(self: &Arc<Self>, event: Bytes) -> anyhow::Result<Bytes> {
        let function = Arc::clone(self);
        tokio::spawn(async move { function.invoked(event).await }).await?
    }

    async fn invoked(&self, event: Bytes) -> anyhow::Result<Bytes> {
        let idle = self.idle.lock().await.pop();
        let mut environment = match idle {
            Some(environment) => environment,
            None => Environment::start(&self.plan).await?,
        };
        let timeout = Duration::from_secs(self.plan.timeout_seconds);
        let deadline_ms = (SystemTime::now() + timeout).duration_since(UNIX_EPOCH)?.as_millis();
        let (answer, answered) = oneshot::channel();
        let sent = environment.events.send(Invocation { event, deadline_ms, answer }).await;
        sent.map_err(|_| anyhow!("the Runtime API has ended"))?;
        // A process that did not answer is not used again.
        let answer = tokio::select! {
            answer = answered => answer.context("the Runtime API has ended")?,
            status = environment.process.wait() => bail!("the function ended: {}", status?),
            () = tokio::time::sleep(timeout) => bail!("the function took longer than {timeout:?}"),
        };
        self.idle.lock().await.push(environment);
        answer.map_err(|error| anyhow!("the function failed: {error}"))
    }
}

impl Environment {
    async fn start(plan: &FunctionPlan) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (events, next) = mpsc::channel(1);
        let state =
            Arc::new(RuntimeApi { arn: plan.arn.clone(), next: Mutex::new(next), open: Mutex::default() });
        let listener = listener.tap_io(|connection| {
            // Small answers are not held back. Without it everything works, and later.
            let _ = connection.set_nodelay(true);
        });
        let api = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, state.router()).await {
                eprintln!("the Runtime API ended: {error}");
            }
        });
        let process = Command::new(&plan.bootstrap)
            .env_clear()
            .envs(&plan.environment)
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .stdin(Stdio::null())
            // Logs go where ours go. Standard output has one reader, who reads one line.
            .stdout(Stdio::from(std::io::stderr()))
            .kill_on_drop(true)
            .spawn()
            .with_context(|| plan.bootstrap.display().to_string())?;
        Ok(Self { process, events, api })
    }
}

/// What one process asks.
struct RuntimeApi {
    arn: String,
    next: Mutex<mpsc::Receiver<Invocation>>,
    open: Mutex<HashMap<String, oneshot::Sender<Answer>>>,
}

impl RuntimeApi {
    fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .with_state(self)
    }

    async fn answer(&self, id: &str, answer: Answer) -> StatusCode {
        let waiting = self.open.lock().await.remove(id);
        // Whoever asked may have stopped waiting.
        waiting.map_or(StatusCode::BAD_REQUEST, |waiting| {
            let _ = waiting.send(answer);
            StatusCode::ACCEPTED
        })
    }
}

async fn next(State(api): State<Arc<RuntimeApi>>) -> Response {
    let Some(invocation) = api.next.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let id = Uuid::new_v4().to_string();
    api.open.lock().await.insert(id.clone(), invocation.answer);
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", invocation.deadline_ms.to_string()),
        ("lambda-runtime-invoked-function-arn", api.arn.clone()),
    ];
    (headers, invocation.event).into_response()
}

async fn response(State(api): State<Arc<RuntimeApi>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    api.answer(&id, Ok(body)).await
}

async fn error(State(api): State<Arc<RuntimeApi>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    api.answer(&id, Err(String::from_utf8_lossy(&body).into_owned())).await
}
