//! Requests with access tokens.

use std::collections::BTreeSet;
use std::time::Duration;

use app_domain::{Role, Tier, UserId};
use app_testing::emf::{Datum, metrics_of};
use app_testing::{Call, Log, TestKeys};
use serde_json::json;

use crate::played::{PlayedGate, app};
use crate::{RATES, header, many, outcome, passed, played};

fn seconds_left(window_s: i64) -> u64 {
    u64::try_from(window_s - jiff::Timestamp::now().as_second().rem_euclid(window_s)).unwrap()
}

#[tokio::test]
async fn of_a_hundred_at_once_exactly_as_many_pass_as_may() {
    let (gate, router) = played();
    let (_, token) = gate.signed_in(Role::User);
    let replies = many(&router, 100, || Call::get("/known").as_caller(&token)).await;
    assert_eq!(passed(&replies), 10);
    let remaining: BTreeSet<_> = replies
        .iter()
        .filter(|reply| reply.status == 200)
        .map(|reply| header(reply, "ratelimit-remaining"))
        .collect();
    assert_eq!(remaining, (0..10).map(Some).collect(), "each is told something else");
    let (_, other) = gate.signed_in(Role::User);
    assert_eq!(
        Call::get("/known").as_caller(&other).send(&router).await.status,
        200,
        "others are counted apart"
    );
}

#[tokio::test]
async fn everybody_is_told_where_they_stand() {
    let (gate, router) = played();
    let (_, token) = gate.signed_in(Role::User);
    for n in 1..=12_u64 {
        let reply = Call::get("/known").as_caller(&token).send(&router).await;
        assert_eq!(reply.headers["ratelimit-policy"], "10;w=3600");
        assert_eq!(header(&reply, "ratelimit-limit"), Some(10));
        assert_eq!(header(&reply, "ratelimit-remaining"), Some(10_u64.saturating_sub(n)));
        let reset = header(&reply, "ratelimit-reset").unwrap();
        assert!(reset.abs_diff(seconds_left(3600)) <= 1, "{reset}");
        if n <= 10 {
            assert_eq!((reply.status.as_u16(), header(&reply, "retry-after")), (200, None));
        } else {
            assert_eq!(outcome(&reply), (429, json!("RateLimited")));
            assert_eq!(header(&reply, "retry-after"), Some(reset));
        }
    }
    // Who is refused for lack of a permission has been counted all the same.
    let (_, token) = gate.signed_in(Role::User);
    let refused = Call::get("/delete").as_caller(&token).send(&router).await;
    assert_eq!((refused.status.as_u16(), header(&refused, "ratelimit-remaining")), (403, Some(9)));
}

#[tokio::test]
async fn whoever_is_refused_costs_nothing_more() {
    let (gate, router) = played();
    let (_, token) = gate.signed_in(Role::User);
    many(&router, 11, || Call::get("/known").as_caller(&token)).await;
    let before = ["session", "count", "ip_rules"].map(|operation| gate.calls(operation));
    assert_eq!(passed(&many(&router, 50, || Call::get("/known").as_caller(&token)).await), 0);
    assert_eq!(["session", "count", "ip_rules"].map(|operation| gate.calls(operation)), before);
}

#[tokio::test]
async fn whoever_is_refused_costs_nothing_even_when_the_session_has_to_be_asked_for() {
    let gate = PlayedGate::default();
    let authenticator = gate.authenticator(RATES);
    let router = app(authenticator.clone());
    let claims = app_testing::claims(UserId::new(jiff::Timestamp::now().into()), Role::User);
    let token = TestKeys::shared().sign(&claims);
    let replies = many(&router, 30, || Call::get("/known").as_caller(&token)).await;
    assert!(replies.iter().all(|reply| [401, 429].contains(&reply.status.as_u16())));
    authenticator.forget();
    let (sessions, counts) = (gate.calls("session"), gate.calls("count"));
    let again = many(&router, 30, || Call::get("/known").as_caller(&token)).await;
    assert!(again.iter().all(|reply| reply.status == 429));
    assert_eq!((gate.calls("session"), gate.calls("count")), (sessions, counts));
}

#[tokio::test]
async fn the_next_window_passes() {
    let gate = PlayedGate::default();
    let router = app(gate.authenticator(&RATES.replace("free.api=10/1h", "free.api=2/2s")));
    let (_, token) = gate.signed_in(Role::User);
    let next_window = async || {
        let into_ms = u64::try_from(jiff::Timestamp::now().as_millisecond().rem_euclid(2_000)).unwrap();
        tokio::time::sleep(Duration::from_millis(2_010 - into_ms)).await;
    };
    for _ in 0..2 {
        next_window().await;
        assert_eq!(passed(&many(&router, 5, || Call::get("/known").as_caller(&token)).await), 2);
    }
}

#[tokio::test]
async fn classes_and_tiers_are_counted_apart() {
    let (gate, router) = played();
    let (_, premium) = gate.signed_in(Role::Premium);
    let (_, free) = gate.signed_in(Role::User);
    assert_eq!(passed(&many(&router, 8, || Call::get("/ask").as_caller(&premium)).await), 3);
    assert_eq!(passed(&many(&router, 40, || Call::get("/known").as_caller(&premium)).await), 20);
    assert_eq!(passed(&many(&router, 40, || Call::get("/known").as_caller(&free)).await), 10);
    let refused = Call::get("/ask").as_caller(&premium).send(&router).await;
    assert_eq!(refused.headers["ratelimit-policy"], "3;w=3600");
}

#[tokio::test]
async fn whoever_gets_a_better_rate_need_not_wait_for_the_next_window() {
    let (gate, router) = played();
    let user = UserId::new(jiff::Timestamp::now().into());
    let mut claims = app_testing::claims(user, Role::User);
    gate.admit(&claims, Role::User);
    let free = TestKeys::shared().sign(&claims);
    assert_eq!(passed(&many(&router, 15, || Call::get("/known").as_caller(&free)).await), 10);
    claims["tier"] = json!(Tier::Premium);
    let premium = TestKeys::shared().sign(&claims);
    let after = many(&router, 20, || Call::get("/known").as_caller(&premium)).await;
    let counted = gate.calls("count");
    assert_eq!(passed(&after), 5, "15 of the 20 were used before");
    many(&router, 5, || Call::get("/known").as_caller(&premium)).await;
    assert_eq!(gate.calls("count"), counted);
}

#[tokio::test]
async fn requests_pass_while_they_cannot_be_counted() {
    let (gate, router) = played();
    let (_, token) = gate.signed_in(Role::User);
    gate.state().failing = vec!["count"];
    let replies = many(&router, 12, || Call::get("/known").as_caller(&token)).await;
    assert_eq!(passed(&replies), 12);
    assert!(replies.iter().all(|reply| !reply.headers.contains_key("ratelimit-limit")));
    gate.state().failing.clear();
    assert_eq!(passed(&many(&router, 12, || Call::get("/known").as_caller(&token)).await), 10);
}

#[tokio::test]
async fn the_alarm_hears_of_requests_that_are_not_counted() {
    Log::keep();
    let (gate, router) = played();
    let (_, token) = gate.signed_in(Role::User);
    gate.state().failing = vec!["count"];
    let log = Log::start();
    many(&router, 12, || Call::get("/known").as_caller(&token)).await;
    let kept: Vec<Datum> = log.lines().iter().flat_map(|line| metrics_of(line).unwrap()).collect();
    let of_limits = kept.iter().filter(|datum| datum.name == "rate_limiter_failures_total");
    assert_eq!(of_limits.map(|datum| datum.value).sum::<f64>(), 12.0, "{}", log.text());
}
