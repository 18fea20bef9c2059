//! Requests to providers: bounded in time and size, to the address that was meant and no other, made again as the provider asks.

use std::borrow::Borrow;
use std::sync::OnceLock;
use std::time::Duration;

use app_domain::Timestamp;
use bytes::{Bytes, BytesMut};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode, retry};
use secrecy::{ExposeSecret, SecretString};

use super::{Bearer, DriveError, DriveErrorClass};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const IDLE_TIMEOUT: Duration = Duration::from_secs(10);
/// A chunk of some megabytes over a slow line.
const CALL_TIMEOUT: Duration = Duration::from_secs(120);
const USER_AGENT: &str = concat!("memory-app/", env!("CARGO_PKG_VERSION"));
/// The most bytes of one answer: what is read of a file at a time, or a page of a list.
const MAX_ANSWER_BYTES: usize = 40 << 20;

/// How often a call that fails in passing is made, in all.
const TRIES: u32 = 5;
/// The longest that is waited between two of them. What is to wait longer is for another time.
const LONGEST_WAIT: Duration = Duration::from_secs(8);
/// The first wait where the provider does not say how long; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(250);

static CLIENT: OnceLock<Client> = OnceLock::new();

/// The client of this process. It follows no redirects: who is redirected decides whether to go, and without the token.
pub(super) fn client() -> Result<&'static Client, DriveError> {
    if let Some(client) = CLIENT.get() {
        return Ok(client);
    }
    let client = Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .timeout(CALL_TIMEOUT)
        .user_agent(USER_AGENT)
        .redirect(Policy::none())
        .no_proxy()
        .retry(retry::never())
        .build()
        .map_err(|_| DriveError::of(DriveErrorClass::Transient))?;
    Ok(CLIENT.get_or_init(|| client))
}

/// A whole answer, good or not.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    /// A header, if it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// How long the provider wants to be left alone: in seconds, or until a time (RFC 9110, section 10.2.3).
    pub(super) fn retry_after(&self, now: Timestamp) -> Option<Duration> {
        let text = self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        if let Ok(seconds) = text.parse::<u64>() {
            return Some(Duration::from_secs(seconds));
        }
        let until = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
        let millis = until.as_millisecond().saturating_sub(now.as_millis());
        Some(Duration::from_millis(u64::try_from(millis).unwrap_or(0)))
    }
}

/// Sends a request as it is, once, and reads all of its answer. Without an answer the error is [`DriveErrorClass::Transient`]: the error
/// itself may quote addresses, and goes no further.
pub(super) async fn once(request: RequestBuilder) -> Result<Answer, DriveError> {
    let failed = |error: reqwest::Error| {
        let class = if error.is_builder() { DriveErrorClass::Refused } else { DriveErrorClass::Transient };
        DriveError::of(class)
    };
    let mut response = request.send().await.map_err(failed)?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(DriveError::told(DriveErrorClass::Refused, status.as_u16(), None));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body: body.freeze() })
}

/// Makes a call until it succeeds, or fails for good, or the provider wants to be left alone for longer than is waited here. `call` makes one
/// request and says what its answer means. What was sent by then must do no harm when it is sent again.
///
/// Not an `AsyncFn`: what borrows from itself cannot be seen to be `Send` yet.
pub(super) async fn patiently<T, F>(call: impl Fn() -> F) -> Result<T, DriveError>
where
    F: Future<Output = Result<T, DriveError>>,
{
    let mut wait = FIRST_WAIT;
    for _ in 1..TRIES {
        match call().await {
            Err(error) if error.is_passing() && error.retry_after.unwrap_or(wait) <= LONGEST_WAIT => {
                tokio::time::sleep(error.retry_after.unwrap_or(wait) + jitter(wait)).await;
                wait *= 2;
            }
            done => return done,
        }
    }
    call().await
}

/// The same with the token of a connection. A token that is too old is asked for anew, once; if the new one is refused too, the person has to
/// connect again.
pub(super) async fn with_token<T, F>(
    bearer: &dyn Bearer,
    call: impl Fn(SecretString) -> F,
) -> Result<T, DriveError>
where
    F: Future<Output = Result<T, DriveError>>,
{
    let token = bearer.token(None).await?;
    match patiently(|| call(token.clone())).await {
        Err(error) if error.class == DriveErrorClass::TokenExpired => {
            let token = bearer.token(Some(&token)).await?;
            patiently(|| call(token.clone())).await.map_err(|error| match error.class {
                DriveErrorClass::TokenExpired => DriveError { class: DriveErrorClass::NeedsConsent, ..error },
                _ => error,
            })
        }
        done => done,
    }
}

/// A request with a token, which is kept out of what HTTP libraries print.
pub(super) fn authorized(
    request: RequestBuilder,
    token: impl Borrow<SecretString>,
) -> Result<RequestBuilder, DriveError> {
    let value = HeaderValue::from_str(&format!("Bearer {}", token.borrow().expose_secret()));
    let mut value = value.map_err(|_| DriveError::of(DriveErrorClass::NeedsConsent))?;
    value.set_sensitive(true);
    Ok(request.header(AUTHORIZATION, value))
}

/// What time it is, for waits until a time.
pub(super) fn now() -> Timestamp {
    jiff::Timestamp::now().into()
}

/// Up to a quarter more, so that not everybody comes back at once.
fn jitter(wait: Duration) -> Duration {
    let nanos = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().subsec_nanos();
    wait.mul_f64(f64::from(nanos % 1000) / 4000.0)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use async_trait::async_trait;

    use super::*;

    struct Counting(AtomicU32);

    #[async_trait]
    impl Bearer for Counting {
        async fn token(&self, _: Option<&SecretString>) -> Result<SecretString, DriveError> {
            Ok(format!("token-{}", self.0.fetch_add(1, Ordering::SeqCst)).into())
        }
    }

    /// Calls with a token, which has to be possible where futures are sent.
    #[async_trait]
    trait Calls {
        async fn call(&self, good: &str) -> Result<usize, DriveError>;
    }

    #[async_trait]
    impl Calls for Counting {
        async fn call(&self, good: &str) -> Result<usize, DriveError> {
            let call = |token: SecretString| async move {
                tokio::task::yield_now().await;
                let is_good = token.expose_secret() == good;
                let refused = DriveError::of(DriveErrorClass::TokenExpired);
                if is_good { Ok(good.len()) } else { Err(refused) }
            };
            with_token(self, call).await
        }
    }

    #[tokio::test]
    async fn a_token_that_is_refused_is_replaced_once() {
        assert_eq!(Counting(0.into()).call("token-0").await, Ok(7));
        assert_eq!(Counting(0.into()).call("token-1").await, Ok(7));
        let error = Counting(0.into()).call("token-2").await.unwrap_err();
        assert_eq!(error.class, DriveErrorClass::NeedsConsent);
    }

    #[tokio::test]
    async fn what_passes_is_tried_again_and_what_lasts_is_told_at_once() {
        let calls = AtomicU32::new(0);
        let call = |wait: Option<u64>| {
            let calls = &calls;
            move || async move {
                let error = DriveError::of(DriveErrorClass::Throttled).after(wait.map(Duration::from_secs));
                if calls.fetch_add(1, Ordering::SeqCst) == 2 { Ok(()) } else { Err(error) }
            }
        };
        assert_eq!(patiently(call(Some(0))).await, Ok(()));
        let error = patiently(call(Some(9))).await.unwrap_err();
        assert_eq!((error.retry_after, calls.load(Ordering::SeqCst)), (Some(Duration::from_secs(9)), 4));
    }

    #[test]
    fn waits_are_read_in_seconds_and_until_a_time() {
        let now = Timestamp::from_millis(1_795_000_000_000).unwrap();
        for (text, seconds) in [
            ("30", Some(30)),
            ("Wed, 18 Nov 2026 11:07:20 GMT", Some(40)),
            ("Wed, 18 Nov 2020 11:07:20 GMT", Some(0)),
            ("soon", None),
        ] {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(text))]);
            let answer = Answer { status: StatusCode::OK, headers, body: Bytes::new() };
            assert_eq!(answer.retry_after(now), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
