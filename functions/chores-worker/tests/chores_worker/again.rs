//! Messages that come twice, that are none, and a table or a queue that is not there for a while.

use app_domain::{Chore, Walk};
use app_testing::{event, missing_table, table};
use serde_json::json;

use crate::stage::{Stage, at, hasty, tag};

fn retag(stage: &Stage) -> Chore {
    Chore::Retag { owner: stage.owner, from: tag("trip"), to: Some(tag("travel")), walk: Walk::default() }
}

#[tokio::test]
async fn what_is_no_chore_fails_every_time_and_holds_nothing_up() {
    let stage = Stage::new().await;
    let id = stage.save(None, &["trip"]).await;
    let poison = event("chores-worker/poison.json");
    let message = poison["Records"][0]["messageId"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        assert_eq!(stage.handle_event(poison.clone()).await, [message.as_str()]);
    }
    let nonsense = [json!(""), json!({}), json!([]), json!({"kind": "retag"})];
    let bodies = [&nonsense[..], &[json!(retag(&stage))]].concat();
    assert_eq!(stage.handle(&bodies).await, ["m0", "m1", "m2", "m3"]);
    assert_eq!(stage.memory(id).await.tags.iter().collect::<Vec<_>>(), ["travel"]);
}

#[tokio::test]
async fn events_of_the_queue_are_understood() {
    let stage = Stage::new().await;
    for name in ["retag", "clear-category", "sweep", "send-reminders", "claim-inbox", "trash-whatsapp"] {
        assert!(stage.handle_event(event(&format!("chores-worker/{name}.json"))).await.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn delivered_twice_at_the_same_moment_it_is_done_once() {
    let stage = Stage::new().await;
    for _ in 0..10 {
        stage.save(None, &["trip", "sea"]).await;
    }
    let chore = [json!(retag(&stage))];
    let (one, two) = tokio::join!(stage.handle(&chore), stage.handle(&chore));
    assert!(one.is_empty() && two.is_empty(), "{one:?} {two:?}");
    assert!(stage.handle(&chore).await.is_empty());
    let counts = (stage.count("trip").await, stage.count("travel").await, stage.count("sea").await);
    assert_eq!(counts, (0, 10, 10));
}

#[tokio::test]
async fn a_rest_that_the_queue_does_not_take_comes_again() {
    let stage = Stage::at(&table().await, hasty);
    for _ in 0..30 {
        stage.save(None, &["trip"]).await;
    }
    stage.queue.refuse(true);
    assert_eq!(stage.handle(&[json!(retag(&stage))]).await, ["m0"]);
    assert_eq!((stage.count("trip").await, stage.count("travel").await), (5, 25));
    stage.queue.refuse(false);
    stage.finish(&retag(&stage)).await;
    assert_eq!((stage.count("trip").await, stage.count("travel").await), (0, 30));
}

#[tokio::test]
async fn while_the_table_is_away_everything_comes_again() {
    let stage = Stage::at(&missing_table().await, || at(0));
    assert_eq!(stage.handle(&[json!(retag(&stage)), json!({"kind": "sweep"})]).await, ["m0", "m1"]);
    assert!(stage.queue.take().is_empty());
}
