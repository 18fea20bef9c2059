//! What the protection of a request costs in CPU time.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on should stop right there")]

use std::time::{Duration, Instant};

use app_domain::Role;
use app_http::{Authenticator, Caller, ReadMemories, service};
use app_testing::{Call, authenticator, caller};
use axum::Router;
use axum::extract::FromRequestParts;
use axum::routing::get;
use http::Request;

const REQUESTS: u32 = 20_000;

/// What this thread has used of a processor so far (proc(5), `schedstat`).
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split_whitespace().next().unwrap().parse().unwrap())
}

#[expect(clippy::print_stdout, reason = "what is measured is for whoever runs it")]
fn tell(what: &str, cpu_before: Duration, started: Instant) {
    let micros = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(REQUESTS);
    println!("{what}: {:.1} µs CPU, {:.1} µs in all", micros(cpu() - cpu_before), micros(started.elapsed()));
}

async fn proved(token: &str, authenticator: &Authenticator) {
    let request = Request::builder().header("authorization", format!("Bearer {token}"));
    let (mut parts, ()) = request.body(()).unwrap().into_parts();
    Caller::<ReadMemories>::from_request_parts(&mut parts, authenticator).await.unwrap();
}

#[tokio::test]
#[ignore = "a measurement: run it alone, with --ignored --nocapture"]
async fn the_protection_of_a_request_costs_little() {
    let (_, token) = caller(Role::User);
    let authenticator = authenticator();
    proved(&token, &authenticator).await;
    let (before, started) = (cpu(), Instant::now());
    for _ in 0..REQUESTS {
        proved(&token, &authenticator).await;
    }
    tell("caller proved and counted", before, started);

    let open = service(Router::new().route("/", get(async || "done")), "*");
    let kept =
        Router::new().route("/", get(async |_: Caller<ReadMemories>| "done")).with_state(authenticator);
    let kept = service(kept, "*");
    for (what, router) in [("request without a caller", open), ("request with one", kept)] {
        let (before, started) = (cpu(), Instant::now());
        for _ in 0..REQUESTS {
            assert_eq!(Call::get("/").as_caller(&token).send(&router).await.status, 200);
        }
        tell(what, before, started);
    }
}
