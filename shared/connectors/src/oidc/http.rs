//! Requests to providers: bounded in time and size, to the address that was meant and no other, and never repeated.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{CACHE_CONTROL, HeaderMap};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode, retry};
use serde::de::DeserializeOwned;
use url::Url;

use super::OidcError;
use super::error::Useless;

const TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Far more than any provider's document or keys.
const MAX_ANSWER_BYTES: usize = 256 * 1024;

/// One for the process, made when first needed: it reads the system's certificates.
static CLIENT: OnceLock<Client> = OnceLock::new();

/// What a provider said.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Vec<u8>,
    /// How long it may be kept, if it says so.
    pub(super) max_age: Option<Duration>,
}

impl Answer {
    /// The JSON in it. What is wrong with it is not told, since that could quote a token.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Useless> {
        serde_json::from_slice(&self.body).map_err(|_| Useless::Unreadable)
    }
}

/// Reads what a provider publishes.
pub(super) async fn get(url: &Url) -> Result<Answer, OidcError> {
    let answer = send(client()?.get(url.clone())).await?;
    match answer.status {
        StatusCode::OK => Ok(answer),
        other => Err(Useless::Status(other.as_u16()).into()),
    }
}

/// Posts a form, whatever the answer's status.
pub(super) async fn post(url: &Url, form: &[(&str, &str)]) -> Result<Answer, OidcError> {
    send(client()?.post(url.clone()).form(form)).await
}

async fn send(request: RequestBuilder) -> Result<Answer, OidcError> {
    let mut response = request.header("accept", "application/json").send().await?;
    let (status, max_age) = (response.status(), max_age(response.headers()));
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(Useless::TooLarge.into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, body, max_age })
}

fn client() -> Result<&'static Client, reqwest::Error> {
    if let Some(client) = CLIENT.get() {
        return Ok(client);
    }
    let client = Client::builder()
        .timeout(TIMEOUT)
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(Policy::none())
        .no_proxy()
        // A code works once: to send it again would only hide what happened the first time.
        .retry(retry::never())
        // A connection that was kept while the environment was frozen is often dead, and the code sent into it lost.
        .pool_max_idle_per_host(0)
        .build()?;
    Ok(CLIENT.get_or_init(|| client))
}

fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let values = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    let directives =
        values.flat_map(|value| value.split(',')).map(|directive| directive.trim().to_ascii_lowercase());
    let mut found = None;
    for directive in directives {
        match directive.split_once('=') {
            Some(("max-age", seconds)) => {
                found = seconds.trim_matches('"').parse().ok().map(Duration::from_secs).or(found);
            }
            None if directive == "no-store" || directive == "no-cache" => return Some(Duration::ZERO),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn reads_how_long_an_answer_may_be_kept() {
        for (text, seconds) in [
            ("public, max-age=22000, must-revalidate", Some(22_000)),
            ("Max-Age=\"60\"", Some(60)),
            ("max-age=600, no-store", Some(0)),
            ("no-cache", Some(0)),
            ("s-maxage=5", None),
            ("max-age=soon", None),
            ("", None),
        ] {
            let headers = HeaderMap::from_iter([(CACHE_CONTROL, HeaderValue::from_static(text))]);
            assert_eq!(max_age(&headers), seconds.map(Duration::from_secs), "{text}");
        }
        assert_eq!(max_age(&HeaderMap::new()), None);
    }
}
