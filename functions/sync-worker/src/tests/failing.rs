//! Batches of which a part fails.

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
async fn behind_a_failure_its_own_group_waits_and_others_do_not() {
    let fixture = Fixture::new().await;
    let (user, other) = (fixture.linked(PHONE).await, fixture.linked(OTHER_PHONE).await);
    let mut event = queued(&[
        text("wamid.1", PHONE, 1, "first"),
        text("wamid.2", PHONE, 2, "second"),
        text("wamid.3", OTHER_PHONE, 3, "of another"),
        text("wamid.4", PHONE, 4, "third"),
    ]);
    event["Records"][1]["body"] = json!("{}");
    assert_eq!(fixture.handle(event).await, ["m1", "m3"]);
    assert_eq!(fixture.words_of(user).await, ["first"]);
    assert_eq!(fixture.words_of(other).await, ["of another"]);
}

#[tokio::test]
async fn while_the_table_is_away_everything_comes_again() {
    let nowhere = Fixture::on(app_testing::missing_table().await);
    let messages = [text("wamid.1", PHONE, 1, "a"), text("wamid.2", OTHER_PHONE, 2, "b")];
    assert_eq!(nowhere.handle(queued(&messages)).await, ["m0", "m1"]);
}
