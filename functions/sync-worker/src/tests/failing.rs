//! Batches of which a part fails.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

#[tokio::test]
async fn a_message_that_cannot_be_understood_fails_alone() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let mut event =
        queued(&[text("wamid.1", PHONE, 1, "before"), text("wamid.2", OTHER_PHONE, 2, "of another")]);
    event["Records"][1]["body"] = json!("poison");
    let mut after = queued(&[text("wamid.3", PHONE, 3, "after")]);
    after["Records"][0]["messageId"] = json!("m2");
    event["Records"].as_array_mut().unwrap().push(after["Records"][0].clone());
    assert_eq!(fixture.handle(event).await, ["m1"]);
    assert_eq!(fixture.words_of(user).await, ["after", "before"]);
}

#[tokio::test]
async fn a_message_that_cannot_be_understood_holds_its_own_group_back_neither() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let mut event = queued(&[
        text("wamid.1", PHONE, 1, "first"),
        text("wamid.2", PHONE, 2, "second"),
        text("wamid.3", PHONE, 3, "third"),
    ]);
    event["Records"][1]["body"] = json!("{}");
    assert_eq!(fixture.handle(event).await, ["m1"]);
    assert_eq!(fixture.words_of(user).await, ["third", "first"]);
}

/// A table that answers the first call with this, and then holds nothing and takes everything.
fn answering_once(status: u16, first: &'static str) -> Table {
    let calls = AtomicUsize::new(0);
    let config = app_testing::aws(move |_| {
        let is_first = calls.fetch_add(1, Ordering::SeqCst) == 0;
        let (status, body) = if is_first { (status, first) } else { (200, "{}") };
        http::Response::builder().status(status).body(body.to_owned()).unwrap()
    });
    Table::new("data", move || aws_sdk_dynamodb::Client::new(&config))
}

#[tokio::test]
async fn behind_a_failure_of_the_store_its_own_group_waits_and_others_do_not() {
    let failure = r#"{"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"}"#;
    let fixture = Fixture::on(answering_once(400, failure));
    let messages = [
        text("wamid.1", PHONE, 1, "first"),
        text("wamid.2", PHONE, 2, "second"),
        text("wamid.3", OTHER_PHONE, 3, "of another"),
    ];
    assert_eq!(fixture.handle(queued(&messages)).await, ["m0", "m1"]);
}

#[tokio::test]
async fn while_the_table_is_away_everything_comes_again() {
    let nowhere = Fixture::on(app_testing::missing_table().await);
    let messages = [text("wamid.1", PHONE, 1, "a"), text("wamid.2", OTHER_PHONE, 2, "b")];
    assert_eq!(nowhere.handle(queued(&messages)).await, ["m0", "m1"]);
}

#[tokio::test]
async fn what_meets_an_unreadable_item_holds_nobody_back() {
    let odd = r#"{"Item": {"userId": {"S": "nobody"}}}"#;
    let fixture = Fixture::on(answering_once(200, odd));
    let messages = [text("wamid.1", PHONE, 1, "first"), text("wamid.2", PHONE, 2, "second")];
    assert_eq!(fixture.handle(queued(&messages)).await, ["m0"]);
}
