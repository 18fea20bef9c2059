//! Rate limits: counted in the table, so that all environments count together, with one write per request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app_domain::{Gate, Rate, StoreError, Timestamp, Window};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::ApiError;

/// More refused subjects than these are not remembered at once.
const MAX_REMEMBERED: usize = 10_000;

/// Where a caller stands within a rate, for the `RateLimit` headers (IETF draft "RateLimit header fields for HTTP").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    rate: Rate,
    remaining: u64,
    reset_s: u64,
}

impl Standing {
    pub(crate) fn new(rate: Rate, count: u64, window: Window, now: Timestamp) -> Self {
        let remaining = u64::from(rate.requests).saturating_sub(count);
        Self { rate, remaining, reset_s: window.remaining_s(now) }
    }

    /// How long until the next window begins.
    pub(crate) fn reset(&self) -> Duration {
        Duration::from_secs(self.reset_s)
    }

    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        let (requests, window_s) = (self.rate.requests, self.rate.window.as_secs());
        let policy = HeaderValue::from_str(&format!("{requests};w={window_s}"));
        headers.extend(policy.ok().map(|policy| (HeaderName::from_static("ratelimit-policy"), policy)));
        headers.insert("ratelimit-limit", HeaderValue::from(requests));
        headers.insert("ratelimit-remaining", HeaderValue::from(self.remaining));
        headers.insert("ratelimit-reset", HeaderValue::from(self.reset_s));
    }
}

/// Counts requests. Cloning shares what it remembers.
#[derive(Clone)]
pub(crate) struct Limiter {
    gate: Arc<dyn Gate>,
    /// Who has used up a window of which rate, and when it ends: they are refused without another write.
    refused: Arc<Mutex<HashMap<String, (Rate, i64)>>>,
}

impl Limiter {
    pub(crate) fn new(gate: Arc<dyn Gate>) -> Self {
        Self { gate, refused: Arc::default() }
    }

    /// Counts a request of `subject`.
    ///
    /// # Errors
    /// `Ok(Err)` with the wait if it is one too many; `Err` if the store does not count.
    pub(crate) async fn count(
        &self,
        subject: &str,
        rate: Rate,
        now: Timestamp,
    ) -> Result<Result<Standing, ApiError>, StoreError> {
        let window = rate.window_at(now);
        if let Some(refusal) = self.refusal(subject, rate, now) {
            return Ok(Err(refusal));
        }
        let count = self.gate.count(subject, window).await?;
        Ok(self.judge(subject, rate, count, window, now))
    }

    /// Whether `count` requests in a window are within the rate.
    pub(crate) fn judge(
        &self,
        subject: &str,
        rate: Rate,
        count: u64,
        window: Window,
        now: Timestamp,
    ) -> Result<Standing, ApiError> {
        let standing = Standing::new(rate, count, window, now);
        if count <= u64::from(rate.requests) {
            return Ok(standing);
        }
        self.remember(subject, rate, window.ends_at_s, now);
        Err(ApiError::rate_limited(standing))
    }

    /// The refusal of a subject that is known to have used up the window. Whoever has another rate by now, because they pay for it, is
    /// counted again.
    pub(crate) fn refusal(&self, subject: &str, rate: Rate, now: Timestamp) -> Option<ApiError> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.get(subject).filter(|(used_up, until_s)| *used_up == rate && *until_s > now.as_seconds())?;
        Some(ApiError::rate_limited(Standing::new(rate, u64::MAX, rate.window_at(now), now)))
    }

    fn remember(&self, subject: &str, rate: Rate, until_s: i64, now: Timestamp) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.len() >= MAX_REMEMBERED {
            refused.retain(|_, (_, until_s)| *until_s > now.as_seconds());
        }
        if refused.len() < MAX_REMEMBERED {
            refused.insert(subject.to_owned(), (rate, until_s));
        }
    }
}

/// The store does not count: says so to the log and to the alarm.
pub(crate) fn report_down(error: &StoreError) {
    tracing::error!(error = %error, rate_limiter_failures_total = 1, "requests cannot be counted");
}
