//! Requests: bounded in time and size, to the address that was meant and no other, and never repeated.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, retry};
use serde::de::DeserializeOwned;

use super::GraphError;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Short: into a connection that died while the environment was frozen a message would be lost, and nobody could tell.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10);
/// Far more than a page of numbers or the description of an error.
const MAX_ANSWER_BYTES: usize = 512 * 1024;
/// Servers of media refuse who does not say what they are.
const USER_AGENT: &str = concat!("memory-app/", env!("CARGO_PKG_VERSION"));

/// One for the process, made when first needed: it reads the system's certificates.
static CLIENT: OnceLock<Client> = OnceLock::new();

pub(super) fn client() -> Result<&'static Client, GraphError> {
    if let Some(client) = CLIENT.get() {
        return Ok(client);
    }
    let client = Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .user_agent(USER_AGENT)
        .redirect(Policy::none())
        .no_proxy()
        // Whether a message may be sent again is not decided here.
        .retry(retry::never())
        .build()
        .map_err(|_| GraphError::UNREACHABLE)?;
    Ok(CLIENT.get_or_init(|| client))
}

/// The header that carries a token, kept out of what HTTP libraries print.
pub(super) fn bearer(token: &str) -> Result<HeaderValue, GraphError> {
    let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
        .map_err(|_| GraphError::new(super::ErrorClass::Token, None))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Sends a request and reads the JSON that is answered with success.
pub(super) async fn json<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, GraphError> {
    let mut response = request.header(ACCEPT, "application/json").send().await.map_err(unanswered)?;
    let status = response.status();
    let body = read(&mut response, MAX_ANSWER_BYTES).await?;
    if !status.is_success() {
        return Err(GraphError::of(status.as_u16(), &body));
    }
    // With success, and yet nobody knows what happened.
    serde_json::from_slice(&body).map_err(|_| GraphError::of(status.as_u16(), &body))
}

/// All of an answer. If there is more than may be, that counts as none.
pub(super) async fn read(response: &mut Response, max_bytes: usize) -> Result<Vec<u8>, GraphError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unanswered)? {
        if body.len() + chunk.len() > max_bytes {
            return Err(GraphError::UNCERTAIN);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Why there is no whole answer. The error itself may quote addresses, and goes no further.
pub(super) fn unanswered(error: reqwest::Error) -> GraphError {
    match error {
        error if error.is_builder() => GraphError::UNFIT,
        error if error.is_connect() => GraphError::UNREACHABLE,
        _ => GraphError::UNCERTAIN,
    }
}
