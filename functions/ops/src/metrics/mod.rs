//! `GET /metrics`: what the functions have counted, for Prometheus. They come and go and each knows only itself, so that the numbers are
//! those of CloudWatch, which keeps them for all.

mod cloudwatch;
mod text;

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use app_domain::Timestamp;
use app_http::{ApiError, ApiErrors, Caller, CallerErrors, Now, ReadMetrics};
use app_runtime::Metric;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use futures_util::future::BoxFuture;

pub use cloudwatch::CloudWatch;

/// How long what was read is told again: each reading costs.
const KEPT_FOR: Duration = Duration::from_secs(60);
/// How long CloudWatch may take, of the ten seconds that the function has.
const PATIENCE: Duration = Duration::from_secs(8);
/// Of which shares of requests the slowest is told.
pub(crate) const QUANTILES: [f64; 3] = [0.5, 0.95, 0.99];

/// What was read, or why it could not be.
pub(crate) type Readings = Result<Vec<Reading>, Box<dyn Error + Send + Sync>>;

/// One series of a metric: its numbers for one combination of its labels' values.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    /// Of what.
    pub(crate) metric: &'static Metric,
    /// The values of its labels, in their order.
    pub(crate) labels: Vec<String>,
    /// The numbers.
    pub(crate) numbers: Numbers,
}

/// What is known of a series. Counts and sums begin anew with each day, five minutes after midnight (UTC): until then they are those of the day
/// before, whose last minutes CloudWatch hears of meanwhile. Prometheus takes it for the restart of what it asks: `rate()` and `increase()` see
/// through it, unless these minutes have had more than the whole day before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Numbers {
    /// How often it has happened in the day.
    Count(f64),
    /// How long it took: of all of the day, and of the last five minutes that are over, as Prometheus' own summaries tell quantiles of a
    /// sliding window. A histogram would need its buckets as metrics of their own, each of which is paid for.
    Durations {
        /// How many there were in the day.
        count: f64,
        /// The seconds that they took together.
        sum: f64,
        /// How long the slowest of each share in [`QUANTILES`] took; not a number where there was nothing in these minutes.
        quantiles: [f64; QUANTILES.len()],
    },
}

/// What reads the numbers.
type Source = dyn Fn(Timestamp) -> BoxFuture<'static, Readings> + Send + Sync;

/// Tells the metrics. Cloning shares what was read.
#[derive(Clone)]
pub struct Metrics {
    source: Arc<Source>,
    patience: Duration,
    told: Arc<Mutex<Option<(Instant, String)>>>,
}

impl Metrics {
    /// Tells what `cloudwatch` has.
    pub fn new(cloudwatch: CloudWatch) -> Self {
        Self::of(move |now| {
            let cloudwatch = cloudwatch.clone();
            async move { cloudwatch.read(now).await }
        })
    }

    pub(crate) fn of<F: Future<Output = Readings> + Send + 'static>(
        source: impl Fn(Timestamp) -> F + Send + Sync + 'static,
    ) -> Self {
        Self { source: Arc::new(move |now| Box::pin(source(now))), patience: PATIENCE, told: Arc::default() }
    }

    async fn tell(&self, now: Timestamp) -> Result<String, ApiError> {
        if let Some(told) = self.told_lately() {
            return Ok(told);
        }
        let asked_at = Instant::now();
        let readings = tokio::time::timeout(self.patience, (self.source)(now)).await;
        let readings = readings.map_err(ApiError::unavailable)?.map_err(ApiError::unavailable)?;
        let text = text::written(&readings).map_err(ApiError::internal)?;
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = Some((asked_at, text.clone()));
        Ok(text)
    }

    fn told_lately(&self) -> Option<String> {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let (asked_at, text) = told.as_ref()?;
        (asked_at.elapsed() < KEPT_FOR).then(|| text.clone())
    }
}

/// Read the metrics of the service, for Prometheus: for administrators, and API keys of theirs. Counts begin anew with each day, five minutes
/// after midnight (UTC). What is told is up to a minute old, and CloudWatch has heard of most of it within two; ask once a minute at most.
#[utoipa::path(
    get, operation_id = "readMetrics", path = "/metrics", tag = "ops",
    security(("bearer" = ["read:metrics"]), ("apiKey" = ["read:metrics"])),
    responses(
        (
            status = 200, description = "The metrics, in Prometheus' text format.", body = String, content_type = "text/plain",
            example = json!("# HELP http_requests_total HTTP requests that a function has answered.\n# TYPE http_requests_total counter\nhttp_requests_total{status_code=\"200\"} 1027\n"),
        ),
        ApiErrors, CallerErrors,
    ),
)]
pub(crate) async fn metrics(
    State(metrics): State<Metrics>,
    _: Caller<ReadMetrics>,
    Now(now): Now,
) -> Result<impl IntoResponse, ApiError> {
    let text = metrics.tell(now).await?;
    Ok(([(CONTENT_TYPE, text::CONTENT_TYPE)], text))
}

#[cfg(test)]
mod tests;
