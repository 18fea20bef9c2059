//! Requests to a server: bounded in time and size, to the address that was meant and no other, made again when that may help.

use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, retry};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;
use url::Url;

use super::failure::{Failure, Reason};
use super::limits::Retries;
use super::retry::{asked, pause};
use super::server::{ConfigError, KeyHeader, Server};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Load balancers close what is idle for about a minute. Whoever closes first has no request that fails.
const IDLE_TIMEOUT: Duration = Duration::from_secs(50);
/// Far more than the description of an error.
const MAX_ERROR_BYTES: usize = 64 * 1024;

/// Nothing here runs longer.
const MAX_SPAN: Duration = Duration::from_secs(60 * 60);

/// One for the process, made when first needed: it reads the system's certificates.
static CLIENT: OnceLock<Client> = OnceLock::new();

/// How long a call may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    ends: Instant,
    /// How long one attempt may take.
    attempt: Duration,
}

impl Deadline {
    /// A call that begins now. No attempt takes more than half of its time, so that a second one is possible.
    pub(super) fn after(span: Duration, attempt: Duration) -> Self {
        let span = span.min(MAX_SPAN);
        Self { ends: Instant::now() + span, attempt: attempt.min(span / 2) }
    }

    pub(super) fn ends(self) -> Instant {
        self.ends
    }

    fn left(self) -> Duration {
        self.ends.saturating_duration_since(Instant::now())
    }
}

/// One thing that a server can be asked for.
pub(super) struct Endpoint {
    url: Url,
    key: Option<(HeaderName, HeaderValue)>,
    retries: Retries,
}

impl Endpoint {
    /// What is at `path` below the base URL.
    pub(super) fn new(server: &Server, path: &str, retries: Retries) -> Result<Self, ConfigError> {
        let mut url = server.url.clone();
        let below = format!("{}/{path}", url.path().trim_end_matches('/'));
        url.set_path(&below);
        let key = server.key.as_ref().map(|key| header(key, server.key_header)).transpose()?;
        Ok(Self { url, key, retries })
    }

    /// Posts JSON and returns what is answered with success.
    ///
    /// # Errors
    /// If that does not succeed before the deadline, or in any attempt.
    pub(super) async fn post(
        &self,
        body: Bytes,
        max_answer_bytes: usize,
        deadline: Deadline,
    ) -> Result<Vec<u8>, Failure> {
        let json = "application/json";
        let request = |timeout| -> Result<RequestBuilder, Failure> {
            let request = self.request()?.timeout(timeout).header(CONTENT_TYPE, json).header(ACCEPT, json);
            Ok(request.body(body.clone()))
        };
        self.retried(deadline, |timeout| whole(request(timeout), max_answer_bytes)).await
    }

    /// A request with the key and nothing else in it yet.
    pub(super) fn request(&self) -> Result<RequestBuilder, Failure> {
        let request = client()?.post(self.url.clone());
        Ok(match &self.key {
            Some((name, value)) => request.header(name, value),
            None => request,
        })
    }

    /// Makes attempts, each of which is told how long it may take, until one succeeds or fails for good.
    ///
    /// # Errors
    /// If none succeeds before the deadline.
    pub(super) async fn retried<T, F>(
        &self,
        deadline: Deadline,
        once: impl Fn(Duration) -> F,
    ) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let mut attempt = 1;
        loop {
            let timeout = deadline.attempt.min(deadline.left());
            if timeout.is_zero() {
                return Err(Failure::TIMED_OUT);
            }
            let failure = match once(timeout).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let Failure::Passing { reason, after } = failure else { return Err(failure) };
            attempt += 1;
            let wait = pause(self.retries.pause, attempt).max(after.unwrap_or_default());
            // Whoever is told to come back later than they can wait had better give up now.
            if attempt > self.retries.attempts || wait >= deadline.left() {
                return Err(failure);
            }
            let wait_ms = wait.as_millis() as u64;
            tracing::warn!(%reason, attempt, wait_ms, "a model failed and is asked again");
            tokio::time::sleep(wait).await;
        }
    }
}

/// Sends a request and returns an answer of success, of which nothing has been read.
///
/// # Errors
/// If there is none.
pub(super) async fn opened(request: RequestBuilder) -> Result<Response, Failure> {
    let mut response = request.send().await.map_err(unanswered)?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let after = asked(response.headers());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unanswered)? {
        if body.len() + chunk.len() > MAX_ERROR_BYTES {
            break;
        }
        body.extend_from_slice(&chunk);
    }
    Err(Failure::of(status.as_u16(), &body, after))
}

/// Sends a request and returns what is answered with success.
///
/// # Errors
/// If that does not succeed, or is longer than it may be.
pub(super) async fn whole(
    request: Result<RequestBuilder, Failure>,
    max_bytes: usize,
) -> Result<Vec<u8>, Failure> {
    let mut response = opened(request?).await?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unanswered)? {
        if body.len() + chunk.len() > max_bytes {
            return Err(Failure::TOO_MUCH);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn header(key: &SecretString, header: KeyHeader) -> Result<(HeaderName, HeaderValue), ConfigError> {
    let (name, text) = match header {
        KeyHeader::Authorization => (AUTHORIZATION, format!("Bearer {}", key.expose_secret())),
        KeyHeader::ApiKey => (HeaderName::from_static("api-key"), key.expose_secret().to_owned()),
    };
    let mut value = HeaderValue::from_str(&text).map_err(|_| ConfigError::KEY)?;
    // Keeps it out of what HTTP libraries print.
    value.set_sensitive(true);
    Ok((name, value))
}

/// Why there is no whole answer. The error itself may quote addresses, and goes no further.
fn unanswered(error: reqwest::Error) -> Failure {
    let reason = if error.is_timeout() { Reason::TimedOut } else { Reason::Unreachable };
    Failure::Passing { reason, after: None }
}

fn client() -> Result<&'static Client, Failure> {
    if let Some(client) = CLIENT.get() {
        return Ok(client);
    }
    let client = Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .redirect(Policy::none())
        .no_proxy()
        // They are made here, where they can be counted.
        .retry(retry::never())
        .build()
        .map_err(unanswered)?;
    Ok(CLIENT.get_or_init(|| client))
}
