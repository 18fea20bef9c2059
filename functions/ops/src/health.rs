//! `GET /health`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use app_domain::Timestamp;
use app_http::Now;
use app_runtime::causes;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use tokio::sync::Mutex;
use utoipa::ToSchema;

use crate::checks::{Check, Checks};

/// How long a dependency may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long what was found is told again: anybody may ask, as often as they like, and each check costs.
const KEPT_FOR: Duration = Duration::from_secs(5);

/// Checks what the product depends on. Cloning shares the start, and what was found.
#[derive(Clone)]
pub struct Health {
    checks: Checks,
    patience: Duration,
    started: Instant,
    found: Arc<Mutex<Option<Found>>>,
}

/// How the dependencies were.
#[derive(Clone, Copy)]
struct Found {
    at: Timestamp,
    asked_at: Instant,
    checks: ChecksBody,
}

impl Health {
    /// Checks `checks`; the function starts now.
    pub fn new(checks: Checks) -> Self {
        Self { checks, patience: PATIENCE, started: Instant::now(), found: Arc::default() }
    }
}

/// How the product is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HealthBody {
    status: HealthStatus,
    /// When it was checked: what was found is told again for five seconds.
    #[schema(value_type = String, format = DateTime)]
    timestamp: String,
    /// The version that is deployed.
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// How long the environment that answers has been running, in seconds.
    uptime_seconds: u64,
    checks: ChecksBody,
}

/// `healthy`: everything answers. `degraded`: something does not, but memories can be read and written. `unhealthy`: they
/// cannot, as the database or the key of what is sealed does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum HealthStatus {
    Healthy,
    Degraded,
    Unhealthy,
}

/// How each dependency is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct ChecksBody {
    /// Without it, nothing works.
    database: CheckBody,
    /// Without it, files, exports, imports and backups wait, WhatsApp messages are not taken, and searches may miss things.
    storage: CheckBody,
    /// Without them, WhatsApp messages are not taken or answered, no mail is sent, and exports, imports and backups do not start.
    queues: CheckBody,
    /// The keys of access tokens. Without them, signing in stops; functions go on with those that they still hold.
    secrets: CheckBody,
    /// The key of what is sealed. Without it, what is sealed can be read and written only where a person's own keys are
    /// still held, for five minutes.
    encryption: CheckBody,
}

/// How a dependency is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CheckBody {
    status: CheckStatus,
    /// How long it took to answer when it was checked, in milliseconds.
    latency_ms: u64,
}

/// Whether a dependency answers, and can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CheckStatus {
    Healthy,
    Unhealthy,
}

/// See whether everything that the product depends on answers.
#[utoipa::path(
    get, operation_id = "readHealth", path = "/health", tag = "ops",
    responses(
        (status = 200, description = "Healthy or degraded.", body = HealthBody),
        (status = 503, description = "Unhealthy.", body = HealthBody),
    ),
)]
pub(crate) async fn health(State(health): State<Health>, Now(now): Now) -> (StatusCode, Json<HealthBody>) {
    let Found { at, checks, .. } = health.found(now).await;
    let status = checks.overall();
    let code = match status {
        HealthStatus::Healthy | HealthStatus::Degraded => StatusCode::OK,
        HealthStatus::Unhealthy => StatusCode::SERVICE_UNAVAILABLE,
    };
    let body = HealthBody {
        status,
        timestamp: at.to_string(),
        version: env!("CARGO_PKG_VERSION"),
        uptime_seconds: health.started.elapsed().as_secs(),
        checks,
    };
    (code, Json(body))
}

impl Health {
    /// What was found lately, or is found now.
    async fn found(&self, now: Timestamp) -> Found {
        // Held while checking, so that callers who arrive meanwhile share the one check.
        let mut found = self.found.lock().await;
        if let Some(lately) = found.filter(|found| found.asked_at.elapsed() < KEPT_FOR) {
            return lately;
        }
        let asked_at = Instant::now();
        let checks = self.check().await;
        *found.insert(Found { at: now, asked_at, checks })
    }

    async fn check(&self) -> ChecksBody {
        let Checks { database, storage, queues, secrets, encryption } = &self.checks;
        let (database, storage, queues, secrets, encryption) = tokio::join!(
            self.run("database", database),
            self.run("storage", storage),
            self.run("queues", queues),
            self.run("secrets", secrets),
            self.run("encryption", encryption),
        );
        ChecksBody { database, storage, queues, secrets, encryption }
    }

    /// Runs one check. Why it failed is for the log: clients see only that it did.
    async fn run(&self, name: &'static str, check: &Check) -> CheckBody {
        let started = Instant::now();
        let failure = match tokio::time::timeout(self.patience, check.run()).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(causes(&*error)),
            Err(_) => Some("no answer in time".to_owned()),
        };
        let latency_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        if let Some(causes) = &failure {
            tracing::warn!(check = name, causes, latencyMs = latency_ms, "the check of {name} failed");
        }
        let status = if failure.is_none() { CheckStatus::Healthy } else { CheckStatus::Unhealthy };
        CheckBody { status, latency_ms }
    }
}

impl ChecksBody {
    fn overall(&self) -> HealthStatus {
        let Self { database, storage, queues, secrets, encryption } = self;
        let well = |check: &CheckBody| check.status == CheckStatus::Healthy;
        if ![database, encryption].into_iter().all(well) {
            HealthStatus::Unhealthy
        } else if ![storage, queues, secrets].into_iter().all(well) {
            HealthStatus::Degraded
        } else {
            HealthStatus::Healthy
        }
    }
}

#[cfg(test)]
mod tests;
