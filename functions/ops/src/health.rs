//! `GET /health`.

use std::time::{Duration, Instant};

use app_http::Now;
use app_runtime::causes;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::checks::{Check, Checks};

/// How long a dependency may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Checks what the product depends on. Cloning shares the start.
#[derive(Clone)]
pub struct Health {
    checks: Checks,
    patience: Duration,
    started: Instant,
}

impl Health {
    /// Checks `checks`; the function starts now.
    pub fn new(checks: Checks) -> Self {
        Self { checks, patience: PATIENCE, started: Instant::now() }
    }
}

/// How the product is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HealthBody {
    status: HealthStatus,
    /// When it was checked.
    #[schema(value_type = String, format = DateTime)]
    timestamp: String,
    /// The version that is deployed.
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// How long the environment that answers has been running, in seconds.
    uptime_seconds: u64,
    checks: ChecksBody,
}

/// `healthy`: everything answers. `degraded`: something does not, but memories can be read and written. `unhealthy`:
/// the database does not answer, so nothing works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum HealthStatus {
    Healthy,
    Degraded,
    Unhealthy,
}

/// How each dependency is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChecksBody {
    database: CheckBody,
    /// Without it, exports wait and cannot be downloaded, and WhatsApp messages are not taken.
    storage: CheckBody,
    /// Without them, WhatsApp messages are not taken or answered and exports not started.
    queues: CheckBody,
    /// Without them, signing in stops; tokens are checked with the keys that functions still hold.
    secrets: CheckBody,
}

/// How a dependency is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CheckBody {
    status: CheckStatus,
    /// How long it took to answer, in milliseconds.
    latency_ms: u64,
}

/// Whether a dependency answers.
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
    let checks = health.check().await;
    let status = checks.overall();
    let code = match status {
        HealthStatus::Healthy | HealthStatus::Degraded => StatusCode::OK,
        HealthStatus::Unhealthy => StatusCode::SERVICE_UNAVAILABLE,
    };
    let body = HealthBody {
        status,
        timestamp: now.to_string(),
        version: env!("CARGO_PKG_VERSION"),
        uptime_seconds: health.started.elapsed().as_secs(),
        checks,
    };
    (code, Json(body))
}

impl Health {
    async fn check(&self) -> ChecksBody {
        let Checks { database, storage, queues, secrets } = &self.checks;
        let (database, storage, queues, secrets) = tokio::join!(
            self.run("database", database),
            self.run("storage", storage),
            self.run("queues", queues),
            self.run("secrets", secrets),
        );
        ChecksBody { database, storage, queues, secrets }
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
        let well = |check: &CheckBody| check.status == CheckStatus::Healthy;
        match self {
            Self { database, .. } if !well(database) => HealthStatus::Unhealthy,
            Self { storage, queues, secrets, .. } if well(storage) && well(queues) && well(secrets) => {
                HealthStatus::Healthy
            }
            _ => HealthStatus::Degraded,
        }
    }
}

#[cfg(test)]
mod tests {
    use app_testing::{Call, Reply, event};

    use super::*;
    use crate::{App, router};

    fn well() -> Check {
        Check::new(async || Ok(()))
    }

    fn refused() -> Check {
        Check::new(async || Err("connection to 10.0.0.1 refused".into()))
    }

    fn silent() -> Check {
        Check::new(std::future::pending)
    }

    fn all_well() -> Checks {
        Checks { database: well(), storage: well(), queues: well(), secrets: well() }
    }

    async fn asked(checks: Checks) -> Reply {
        let health = Health { patience: PATIENCE / 4, ..Health::new(checks) };
        let event = event("ops/health.json");
        let call = Call::new(
            event["httpMethod"].as_str().unwrap().parse().unwrap(),
            event["path"].as_str().unwrap(),
        );
        call.send(&router(App::of(health), "*")).await
    }

    #[tokio::test]
    async fn everything_that_answers_is_healthy() {
        let reply = asked(all_well()).await;
        assert_eq!(
            (reply.status.as_u16(), reply.headers["cache-control"].to_str().unwrap()),
            (200, "no-store")
        );
        insta::assert_json_snapshot!(reply.json(), {
            ".timestamp" => "[now]", ".version" => "[version]", ".checks.*.latencyMs" => "[ms]",
        }, @r#"
        {
          "checks": {
            "database": {
              "latencyMs": "[ms]",
              "status": "healthy"
            },
            "queues": {
              "latencyMs": "[ms]",
              "status": "healthy"
            },
            "secrets": {
              "latencyMs": "[ms]",
              "status": "healthy"
            },
            "storage": {
              "latencyMs": "[ms]",
              "status": "healthy"
            }
          },
          "status": "healthy",
          "timestamp": "[now]",
          "uptimeSeconds": 0,
          "version": "[version]"
        }
        "#);
    }

    #[tokio::test]
    async fn without_the_database_nothing_works() {
        let reply = asked(Checks { database: refused(), ..all_well() }).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["status"]), (503, &"unhealthy".into()));
        assert_eq!(reply.json()["checks"]["database"]["status"], "unhealthy");
        assert_eq!(reply.json()["checks"]["storage"]["status"], "healthy");
        assert!(!reply.text.contains("10.0.0.1"), "{}", reply.text);
    }

    #[tokio::test]
    async fn without_the_others_it_is_degraded() {
        let degraded = [
            Checks { storage: refused(), ..all_well() },
            Checks { queues: refused(), ..all_well() },
            Checks { secrets: refused(), ..all_well() },
        ];
        for checks in degraded {
            let reply = asked(checks).await;
            assert_eq!((reply.status.as_u16(), &reply.json()["status"]), (200, &"degraded".into()));
        }
    }

    #[tokio::test]
    async fn what_does_not_answer_in_time_is_unhealthy_and_holds_up_nothing_else() {
        let started = Instant::now();
        let silent = Checks { database: silent(), storage: silent(), queues: silent(), secrets: silent() };
        let reply = asked(silent).await;
        assert_eq!(reply.status, 503);
        assert!(reply.json()["checks"]["queues"]["latencyMs"].as_u64() >= Some(500), "{}", reply.text);
        assert!(started.elapsed() < PATIENCE, "the checks wait for each other");
    }
}
