//! How many requests pass, and what is told to those that do and those that do not.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod attempts;
mod keys;
#[path = "../played/mod.rs"]
mod played;
mod requests;

use app_testing::{Call, Reply};
use axum::Router;
use futures_util::future::join_all;
use played::{PlayedGate, app};
use serde_json::Value;

const RATES: &str = "auth=2/1h,free.api=10/1h,free.upload=1/1h,free.ai=1/1h,\
                     premium.api=20/1h,premium.upload=1/1h,premium.ai=3/1h";

fn header(reply: &Reply, name: &str) -> Option<u64> {
    reply.headers.get(name).map(|value| value.to_str().unwrap().parse().unwrap())
}

fn outcome(reply: &Reply) -> (u16, Value) {
    (reply.status.as_u16(), reply.error_type())
}

fn played() -> (PlayedGate, Router) {
    let gate = PlayedGate::default();
    let router = app(gate.authenticator(RATES));
    (gate, router)
}

async fn many(router: &Router, count: usize, call: impl Fn() -> Call) -> Vec<Reply> {
    join_all((0..count).map(|_| call().send(router))).await
}

fn passed(replies: &[Reply]) -> usize {
    assert!(replies.iter().all(|reply| [200, 429].contains(&reply.status.as_u16())), "{replies:?}");
    replies.iter().filter(|reply| reply.status == 200).count()
}
