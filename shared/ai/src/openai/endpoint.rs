//! Requests to a server: bounded in time and size, to the address that was meant and no other, made again when that may help.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, retry};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;
use url::Url;

use super::config::{ConfigError, KeyHeader, OpenAiConfig};
use super::failure::{Failure, Reason};
use super::limits::Patience;
use super::retry::{asked, pause};

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

    fn left(self) -> Duration {
        self.ends.saturating_duration_since(Instant::now())
    }
}

/// One thing that a server can be asked for.
pub(super) struct Endpoint {
    url: Url,
    key: Option<(HeaderName, HeaderValue)>,
    patience: Patience,
}

impl Endpoint {
    /// What is at `path` below the base URL.
    pub(super) fn new(config: &OpenAiConfig, path: &str) -> Result<Self, ConfigError> {
        let mut url = config.url.clone();
        let below = format!("{}/{path}", url.path().trim_end_matches('/'));
        url.set_path(&below);
        let key = config.key.as_ref().map(|key| header(key, config.key_header)).transpose()?;
        Ok(Self { url, key, patience: config.patience })
    }

    /// Posts JSON and returns what is answered with success.
    ///
    /// # Errors
    /// If that does not succeed before the deadline, or in any attempt.
    pub(super) async fn post(
        &self,
        body: &[u8],
        max_answer_bytes: usize,
        deadline: Deadline,
    ) -> Result<Vec<u8>, Failure> {
        let mut attempt = 1;
        loop {
            let timeout = deadline.attempt.min(deadline.left());
            if timeout.is_zero() {
                return Err(Failure::Passing { reason: Reason::TimedOut, after: None });
            }
            let failure = match self.once(body.to_vec(), max_answer_bytes, timeout).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let Failure::Passing { reason, after } = failure else { return Err(failure) };
            attempt += 1;
            let wait = pause(self.patience.pause, attempt).max(after.unwrap_or_default());
            // Whoever is told to come back later than they can wait had better give up now.
            if attempt > self.patience.attempts || wait >= deadline.left() {
                return Err(failure);
            }
            let wait_ms = wait.as_millis() as u64;
            tracing::warn!(%reason, attempt, wait_ms, "a model failed and is asked again");
            tokio::time::sleep(wait).await;
        }
    }

    async fn once(
        &self,
        body: Vec<u8>,
        max_answer_bytes: usize,
        timeout: Duration,
    ) -> Result<Vec<u8>, Failure> {
        let mut request = client()?
            .post(self.url.clone())
            .timeout(timeout)
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json")
            .body(body);
        if let Some((name, value)) = &self.key {
            request = request.header(name, value);
        }
        let mut response = request.send().await.map_err(unanswered)?;
        let (status, after) = (response.status(), asked(response.headers()));
        let max_bytes = if status.is_success() { max_answer_bytes } else { MAX_ERROR_BYTES };
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unanswered)? {
            if body.len() + chunk.len() > max_bytes {
                if status.is_success() {
                    return Err(Failure::Corrupt("it is far too long"));
                }
                break;
            }
            body.extend_from_slice(&chunk);
        }
        if status.is_success() { Ok(body) } else { Err(Failure::of(status.as_u16(), &body, after)) }
    }
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
