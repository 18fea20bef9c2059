//! How often somebody has called.

use app_domain::{Gate, KeyUsage, RateClass, SessionId};
use app_store::UsedSoFar;
use app_testing::table;
use serde_json::Value;

use crate::support::{at, noting, person};
use crate::{LATER, api_key, gate, registered, window};

#[tokio::test]
async fn a_hundred_requests_at_once_are_counted_exactly() {
    let table = table().await;
    let counting = (0..100).map(|_| {
        let gate = gate(&table);
        tokio::spawn(async move { gate.count("api#somebody", window(1)).await.unwrap() })
    });
    let mut counts = Vec::new();
    for count in counting.collect::<Vec<_>>() {
        counts.push(count.await.unwrap());
    }
    counts.sort_unstable();
    assert_eq!(counts, (1..=100).collect::<Vec<_>>());
    let gate = gate(&table);
    assert_eq!(gate.count("api#somebody", window(2)).await.unwrap(), 1, "the next window");
    assert_eq!(gate.count("api#somebody else", window(1)).await.unwrap(), 1);
    assert_eq!(gate.count("ai#somebody", window(1)).await.unwrap(), 1);
}

#[tokio::test]
async fn a_key_is_counted_in_its_window_and_its_month_together() {
    let (table, user) = registered().await;
    let (key, keys) = api_key(&table, &user).await;
    let counting = (0..50).map(|_| {
        let (gate, key) = (gate(&table), key.clone());
        tokio::spawn(
            async move { gate.count_key(&key, RateClass::Api, window(101), "2026-11").await.unwrap() },
        )
    });
    let mut counts = Vec::new();
    for count in counting.collect::<Vec<_>>() {
        let usage = count.await.unwrap();
        counts.push((usage.in_window, usage.in_month));
    }
    counts.sort_unstable();
    assert_eq!(counts, (1..=50).map(|n| (n, n)).collect::<Vec<_>>());

    let gate = gate(&table);
    let count = async |class: RateClass, index: i64, month: &str| {
        let KeyUsage { in_window, in_month } =
            gate.count_key(&key, class, window(index), month).await.unwrap();
        (in_window, in_month)
    };
    assert_eq!(count(RateClass::Ai, 101, "2026-11").await, (1, 51), "classes apart, the month together");
    assert_eq!(count(RateClass::Api, 102, "2026-11").await, (1, 52));
    assert_eq!(count(RateClass::Api, 103, "2026-12").await, (1, 1), "another month");
    let used = keys.usage(user.id, "2026-11").await.unwrap();
    assert_eq!(used[&key.id], UsedSoFar { in_month: 52, last_used_at: Some(at(LATER)) });
    assert!(keys.usage(user.id, "2026-10").await.unwrap().is_empty());
    assert_eq!(keys.of_owner(user.id).await.unwrap(), [key], "its usage is not a key");
}

#[tokio::test]
async fn windows_that_have_passed_are_dropped() {
    let (table, user) = registered().await;
    let (key, _) = api_key(&table, &user).await;
    let gate = gate(&table);
    let in_window = async |class: RateClass, index: i64| {
        gate.count_key(&key, class, window(index), "2026-11").await.unwrap().in_window
    };
    for index in 11..=20 {
        assert_eq!((in_window(RateClass::Api, index).await, in_window(RateClass::Ai, index).await), (1, 1));
    }
    // Going back in time shows what is still there: a window that was dropped begins anew.
    assert_eq!(in_window(RateClass::Api, 20).await, 2);
    assert_eq!(in_window(RateClass::Api, 19).await, 1);
    assert_eq!(in_window(RateClass::Api, 12).await, 1);
    assert_eq!(in_window(RateClass::Ai, 20).await, 2, "each class drops its own");
}

#[tokio::test]
async fn counting_a_request_is_one_write_and_nothing_else() {
    let (table, asked) = noting();
    let (gate, user) = (gate(&table), person("Ada"));
    let (key, _) = api_key(&table, &user).await;
    asked.take();
    gate.count("api#somebody", window(1)).await.unwrap();
    gate.count_key(&key, RateClass::Ai, window(1), "2026-11").await.unwrap();
    let writes = asked.take();
    assert_eq!(writes.iter().map(|(operation, _)| operation.as_str()).collect::<Vec<_>>(), ["UpdateItem"; 2]);
    let ttl_s = |write: &(String, Value)| -> i64 {
        assert_eq!(write.1["ExpressionAttributeNames"]["#ttl"], "ttl");
        write.1["ExpressionAttributeValues"][":ttl"]["N"].as_str().unwrap().parse().unwrap()
    };
    let day = 24 * 3600;
    assert_eq!(ttl_s(&writes[0]), window(1).ends_at_s + day, "a day after the window");
    assert!(ttl_s(&writes[1]) > window(1).ends_at_s + 31 * day, "longer than the month");
    assert!(writes.iter().all(|(_, body)| body.to_string().len() < 1_500), "small to send");

    gate.session(user.id, SessionId::new(at(1))).await.unwrap();
    assert_eq!(asked.take().iter().filter(|(operation, _)| operation == "GetItem").count(), 2);
    gate.api_key(&key.hash).await.unwrap();
    assert_eq!(asked.take().len(), 1, "a key that is not there needs no owner");
    gate.ip_rules().await.unwrap();
    assert_eq!(asked.take().len(), 1);
}
