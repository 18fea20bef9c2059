//! Requests with API keys.

use std::time::Duration;

use app_domain::{Role, Timestamp};
use app_testing::Call;
use serde_json::json;

use crate::{header, many, outcome, passed, played};

fn with_key(path: &str, key: &str) -> Call {
    Call::get(path).header("x-api-key", key)
}

#[tokio::test]
async fn an_api_key_has_its_owners_rate_and_a_month_of_its_own() {
    let (gate, router) = played();
    let key = gate.key(Role::User, |_| ());
    let replies = many(&router, 30, || with_key("/known", &key)).await;
    assert_eq!(passed(&replies), 10);
    let refused = replies.iter().find(|reply| reply.status == 429).unwrap();
    assert_eq!(outcome(refused), (429, json!("RateLimited")));
    assert_eq!(header(refused, "retry-after"), header(refused, "ratelimit-reset"));
    let counted = gate.calls("count_key");
    many(&router, 10, || with_key("/known", &key)).await;
    assert_eq!(gate.calls("count_key"), counted, "the refused cost nothing more");
    let other = gate.key(Role::User, |_| ());
    assert_eq!(with_key("/known", &other).send(&router).await.status, 200);
}

#[tokio::test]
async fn a_used_up_month_is_told_until_the_next() {
    let (gate, router) = played();
    let key = gate.key(Role::Premium, |key| key.usage_limit = 5);
    let replies = many(&router, 15, || with_key("/known", &key)).await;
    assert_eq!(passed(&replies), 5);
    let now: Timestamp = jiff::Timestamp::now().into();
    let left = now.until_next_month();
    for refused in replies.iter().filter(|reply| reply.status == 429) {
        assert_eq!(outcome(refused), (429, json!("QuotaExceeded")));
        let wait = Duration::from_secs(header(refused, "retry-after").unwrap());
        assert!(wait >= left && wait < left + Duration::from_secs(5), "{wait:?} of {left:?}");
    }
    let asked = with_key("/ask", &key).send(&router).await;
    assert_eq!(outcome(&asked), (429, json!("QuotaExceeded")), "the month is one for all classes");
    // A key that goes on all the same soon costs nothing more: 20 writes in a window are enough.
    for _ in 0..40 {
        assert_eq!(with_key("/known", &key).send(&router).await.status, 429);
    }
    assert!(gate.calls("count_key") <= 22, "{}", gate.calls("count_key"));
}

#[tokio::test]
async fn api_keys_pass_while_they_cannot_be_counted() {
    let (gate, router) = played();
    let key = gate.key(Role::User, |key| key.usage_limit = 1);
    gate.state().failing = vec!["count_key"];
    assert_eq!(passed(&many(&router, 3, || with_key("/known", &key)).await), 3);
    gate.state().failing.clear();
    assert_eq!(passed(&many(&router, 3, || with_key("/known", &key)).await), 1);
}
