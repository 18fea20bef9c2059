//! Who gets through the gate, as whom, and what is asked for it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod addresses;
mod callers;
mod hostile;
#[path = "../played/mod.rs"]
mod played;

use app_http::Authenticator;
use app_testing::{Call, RATES, Reply};
use axum::Router;
use played::{PlayedGate, app};
use serde_json::Value;

fn outcome(reply: &Reply) -> (u16, Value) {
    (reply.status.as_u16(), reply.error_type())
}

fn played() -> (PlayedGate, Authenticator, Router) {
    let gate = PlayedGate::default();
    let authenticator = gate.authenticator(RATES);
    (gate, authenticator.clone(), app(authenticator))
}

fn with_key(path: &str, key: &str) -> Call {
    Call::get(path).header("x-api-key", key)
}
