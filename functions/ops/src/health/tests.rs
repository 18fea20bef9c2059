//! The operation, with dependencies that are played.

use std::sync::atomic::{AtomicUsize, Ordering};

use app_testing::{Call, Reply, event};
use futures_util::future::join_all;

use super::*;
use crate::checks::Outcome;
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
    Checks::all(&well())
}

async fn asked(health: &Health) -> Reply {
    Call::of_event(&event("ops/health.json")).send(&router(App::of(health.clone()), "*")).await
}

async fn told(checks: Checks) -> Reply {
    asked(&Health { patience: PATIENCE / 4, ..Health::new(checks) }).await
}

/// A database that takes a moment to give this answer, and how often it was asked.
fn counted(answer: fn() -> Outcome) -> (Health, Arc<AtomicUsize>) {
    let times = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&times);
    let database = Check::new(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            answer()
        }
    });
    (Health::new(Checks { database, ..all_well() }), times)
}

#[tokio::test]
async fn everything_that_answers_is_healthy() {
    let reply = told(all_well()).await;
    assert_eq!((reply.status.as_u16(), reply.headers["cache-control"].to_str().unwrap()), (200, "no-store"));
    insta::assert_json_snapshot!(reply.json(), {
        ".timestamp" => "[now]", ".version" => "[version]", ".checks.*.latencyMs" => "[ms]",
    }, @r#"
    {
      "checks": {
        "database": {
          "latencyMs": "[ms]",
          "status": "healthy"
        },
        "encryption": {
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
async fn where_memories_cannot_be_read_it_is_unhealthy() {
    let unhealthy = [
        ("database", Checks { database: refused(), ..all_well() }),
        ("encryption", Checks { encryption: refused(), ..all_well() }),
    ];
    for (name, checks) in unhealthy {
        let reply = told(checks).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["status"]), (503, &"unhealthy".into()), "{name}");
        assert_eq!(reply.json()["checks"][name]["status"], "unhealthy");
        assert_eq!(reply.json()["checks"]["storage"]["status"], "healthy");
        assert!(!reply.text.contains("10.0.0.1"), "{}", reply.text);
    }
}

#[tokio::test]
async fn without_the_others_it_is_degraded() {
    let degraded = [
        Checks { storage: refused(), ..all_well() },
        Checks { queues: refused(), ..all_well() },
        Checks { secrets: refused(), ..all_well() },
    ];
    for checks in degraded {
        let reply = told(checks).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["status"]), (200, &"degraded".into()));
    }
}

#[tokio::test]
async fn what_does_not_answer_in_time_is_unhealthy_and_holds_up_nothing_else() {
    let started = Instant::now();
    let reply = told(Checks::all(&silent())).await;
    assert_eq!(reply.status, 503);
    assert!(reply.json()["checks"]["queues"]["latencyMs"].as_u64() >= Some(500), "{}", reply.text);
    assert!(started.elapsed() < PATIENCE, "the checks wait for each other");
}

#[tokio::test]
async fn what_was_found_is_told_again_for_a_few_seconds() {
    let (health, times) = counted(|| Ok(()));
    let first = asked(&health).await.json();
    assert!(first["checks"]["database"]["latencyMs"].as_u64() >= Some(20), "{first}");
    let again = asked(&health).await.json();
    assert_eq!((&again["timestamp"], &again["checks"]), (&first["timestamp"], &first["checks"]));
    assert_eq!(times.load(Ordering::Relaxed), 1);
    let before = Instant::now().checked_sub(KEPT_FOR).unwrap();
    health.found.lock().await.as_mut().unwrap().asked_at = before;
    let later = asked(&health).await.json();
    assert_ne!(later["timestamp"], first["timestamp"]);
    assert_eq!(times.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn what_failed_is_told_again_too() {
    let (health, times) = counted(|| Err("down".into()));
    for _ in 0..2 {
        assert_eq!(asked(&health).await.status, 503);
    }
    assert_eq!(times.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn who_asks_meanwhile_is_told_of_the_same_check() {
    let (health, times) = counted(|| Ok(()));
    let replies = join_all((0..10).map(|_| asked(&health))).await;
    assert_eq!(times.load(Ordering::Relaxed), 1);
    let checked: Vec<_> = replies.iter().map(|reply| reply.json()["timestamp"].clone()).collect();
    assert!(checked.iter().all(|at| *at == checked[0]), "{checked:?}");
}
