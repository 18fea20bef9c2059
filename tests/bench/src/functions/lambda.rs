//! Lambda, played: it starts a bootstrap, gives it events by the Runtime API and takes the answers, and notes when.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, ensure};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use axum::{Router, response::AppendHeaders};
use memchr::memmem;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

use crate::process::Process;
use crate::threads;

/// The longest that a start or an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// What a function is told that it has for one event.
const TIMEOUT: Duration = Duration::from_secs(300);
/// What stands in a streamed answer between its head and what is streamed.
const STREAM: [u8; 8] = [0; 8];

/// Something that Lambda can start.
#[derive(Clone)]
pub(crate) struct Program {
    pub(crate) name: String,
    pub(crate) command: Vec<PathBuf>,
    pub(crate) memory_mb: u64,
    pub(crate) variables: BTreeMap<String, String>,
}

/// Where programs are started.
pub(crate) struct Host {
    api: Handle,
    logs: PathBuf,
}

/// A program that runs.
pub(crate) struct Lambda {
    child: Child,
    name: String,
    started: Instant,
    events: mpsc::UnboundedSender<Bytes>,
    polls: Receiver<Instant>,
    answers: Receiver<Answer>,
    serving: JoinHandle<()>,
}

/// What came of an event.
struct Answer {
    at: Instant,
    body: Bytes,
    is_error: bool,
}

/// What came of an event, and how long it took.
pub(crate) struct Answered {
    pub(crate) took: Duration,
    /// Of what is streamed the head alone.
    pub(crate) body: Value,
}

struct Site {
    events: Mutex<mpsc::UnboundedReceiver<Bytes>>,
    polls: Sender<Instant>,
    answers: Sender<Answer>,
    number: AtomicU64,
}

impl Program {
    /// The same with other variables.
    pub(crate) fn with(&self, variables: &[(&str, &str)]) -> Self {
        let mut program = self.clone();
        program
            .variables
            .extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        program
    }
}

impl Answered {
    /// The status, which every answer to a request has.
    pub(crate) fn status(&self) -> anyhow::Result<u64> {
        self.body["statusCode"].as_u64().with_context(|| format!("an answer without a status: {}", self.body))
    }

    /// What a request is answered with, if that is JSON.
    pub(crate) fn content(&self) -> Value {
        self.body["body"].as_str().and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default()
    }
}

impl Host {
    /// `logs` is where programs' output goes.
    pub(crate) fn new(logs: PathBuf) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&logs)?;
        Ok(Self { api: threads::spawn("lambda")?, logs })
    }

    /// Starts a program.
    pub(crate) fn start(&self, program: &Program) -> anyhow::Result<Lambda> {
        let (events, waiting) = mpsc::unbounded_channel();
        let (polled, polls) = channel();
        let (answered, answers) = channel();
        let site = Site {
            events: Mutex::new(waiting),
            polls: polled,
            answers: answered,
            number: AtomicU64::default(),
        };
        let listener = threads::listener()?;
        let address = listener.local_addr()?;
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(error))
            // Answers may be as large as Lambda lets them be.
            .layer(axum::extract::DefaultBodyLimit::max(8 << 20))
            .with_state(Arc::new(site));
        let serving = self.api.spawn(async move {
            let Ok(listener) = TcpListener::from_std(listener) else { return };
            let listener = listener.tap_io(|connection| _ = connection.set_nodelay(true));
            // It ends when it is aborted.
            let _ = axum::serve(listener, router).await;
        });
        let mut command = self.command(program, address)?;
        let started = Instant::now();
        let child = command.spawn().with_context(|| format!("{} cannot be started", program.name))?;
        Ok(Lambda { child, name: program.name.clone(), started, events, polls, answers, serving })
    }

    fn command(&self, program: &Program, address: SocketAddr) -> anyhow::Result<Command> {
        let log = self.logs.join(format!("{}.log", program.name.replace(' ', "-")));
        let log = OpenOptions::new().create(true).append(true).open(log)?;
        let (file, arguments) = program.command.split_first().context("a command")?;
        let mut command = Command::new(file);
        command
            .args(arguments)
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", &program.name)
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", program.memory_mb.to_string())
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .envs(&program.variables)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        Ok(command)
    }
}

impl Lambda {
    /// How long it took until it first asked for an event.
    pub(crate) fn first_poll(&self) -> anyhow::Result<Duration> {
        Ok(self.polled()?.duration_since(self.started))
    }

    /// Gives it an event before it asks for one.
    pub(crate) fn give(&self, event: &Value) -> anyhow::Result<()> {
        ensure!(self.events.send(Bytes::from(event.to_string())).is_ok(), "{} is gone", self.name);
        Ok(())
    }

    /// How long it took from its start to its first answer, to an event that it has been given.
    pub(crate) fn first_answer(&self) -> anyhow::Result<Answered> {
        self.answered(self.started)
    }

    /// Gives it an event, and waits for the answer and until it asks for the next.
    pub(crate) fn invoke(&self, event: &Value) -> anyhow::Result<Answered> {
        let body = Bytes::from(event.to_string());
        let given = Instant::now();
        ensure!(self.events.send(body).is_ok(), "{} is gone", self.name);
        let answered = self.answered(given)?;
        self.polled()?;
        Ok(answered)
    }

    /// What the kernel knows of it.
    pub(crate) fn process(&self) -> Process {
        Process::of(self.child.id())
    }

    fn polled(&self) -> anyhow::Result<Instant> {
        self.polls.recv_timeout(PATIENCE).with_context(|| format!("{} asks for no event", self.name))
    }

    fn answered(&self, since: Instant) -> anyhow::Result<Answered> {
        let answer = self.answers.recv_timeout(PATIENCE);
        let answer = answer.with_context(|| format!("{} does not answer", self.name))?;
        ensure!(!answer.is_error, "{} failed: {}", self.name, String::from_utf8_lossy(&answer.body));
        // In JSON itself there are no such bytes.
        let end = memmem::find(&answer.body, &STREAM).unwrap_or(answer.body.len());
        let body = serde_json::from_slice(&answer.body[..end]).unwrap_or_default();
        Ok(Answered { took: answer.at.duration_since(since), body })
    }
}

impl Drop for Lambda {
    fn drop(&mut self) {
        self.serving.abort();
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn next(State(site): State<Arc<Site>>) -> Response {
    // Whoever started the program may not want to know.
    let _ = site.polls.send(Instant::now());
    let Some(event) = site.events.lock().await.recv().await else { return std::future::pending().await };
    let number = site.number.fetch_add(1, Ordering::Relaxed);
    let deadline = (SystemTime::now() + TIMEOUT).duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", format!("8476a536-e9f4-11e8-9739-{number:012x}")),
        ("lambda-runtime-deadline-ms", deadline.as_millis().to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:123456789012:function:bench".to_owned(),
        ),
        ("lambda-runtime-trace-id", "Root=1-6920a1f4-3c5b7d9e1f20314253647586;Sampled=0".to_owned()),
    ];
    (AppendHeaders(headers), event).into_response()
}

async fn response(State(site): State<Arc<Site>>, body: Bytes) -> StatusCode {
    answer(&site, body, false)
}

async fn error(State(site): State<Arc<Site>>, body: Bytes) -> StatusCode {
    answer(&site, body, true)
}

fn answer(site: &Site, body: Bytes, is_error: bool) -> StatusCode {
    let _ = site.answers.send(Answer { at: Instant::now(), body, is_error });
    StatusCode::ACCEPTED
}
