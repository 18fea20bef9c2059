//! Attempts of those who are not signed in.

use app_testing::Call;
use serde_json::json;

use crate::{header, many, outcome, passed, played};

#[tokio::test]
async fn attempts_to_sign_in_are_counted_by_address_and_name() {
    let (gate, router) = played();
    let attempt = |ip: &'static str, name: &str| Call::get(&format!("/sign-in/{name}")).from_address(ip);
    let replies = many(&router, 20, || attempt("203.0.113.7", "ada")).await;
    assert_eq!(passed(&replies), 2);
    let refused = replies.last().unwrap();
    assert_eq!(outcome(refused), (429, json!("RateLimited")));
    assert_eq!(header(refused, "retry-after"), header(refused, "ratelimit-reset"));
    assert_eq!(refused.headers["ratelimit-policy"], "2;w=3600");
    let counted = gate.calls("count");
    assert_eq!(passed(&many(&router, 20, || attempt("203.0.113.7", "ada")).await), 0);
    assert_eq!(gate.calls("count"), counted, "the refused cost nothing more");
    assert_eq!(attempt("203.0.113.7", "eve").send(&router).await.status, 200);
    assert_eq!(attempt("203.0.113.8", "ada").send(&router).await.status, 200);
    let forged = attempt("203.0.113.7", "ada").header("x-forwarded-for", "203.0.113.99").send(&router).await;
    assert_eq!(forged.status, 429);
    assert_eq!(passed(&many(&router, 5, || Call::get("/sign-in/ada")).await), 2, "without an address too");
}

#[tokio::test]
async fn while_attempts_cannot_be_counted_there_are_none() {
    let (gate, router) = played();
    gate.state().failing = vec!["count"];
    let reply = Call::get("/sign-in/ada").from_address("203.0.113.7").send(&router).await;
    assert_eq!(outcome(&reply), (503, json!("Unavailable")));
    assert_eq!(header(&reply, "retry-after"), Some(1));
    assert!(!reply.text.contains("played failure"));
}
