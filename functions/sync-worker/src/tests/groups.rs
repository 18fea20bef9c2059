//! What people write where others read it too.

use super::*;

fn in_group(mut message: Value) -> Value {
    message["group_id"] = json!("Y2FwaV9ncm91cDox");
    message
}

#[tokio::test]
async fn what_is_said_in_a_group_is_kept_and_asks_for_nothing() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    fixture.deliver(&[text("wamid.0", PHONE, 0, "alone")]).await;
    fixture.outbound.take();
    let before = fixture.links.of(user).await.unwrap();
    let said = ["undo", "?where is the key", "stop", "export"];
    for (n, body) in (1..).zip(said) {
        let message = in_group(text(&format!("wamid.{n}"), PHONE, n, body));
        let later = queued_at(&[message.clone(), message], 90);
        assert!(fixture.handle_at(later, at(91)).await.is_empty());
    }
    assert_eq!(fixture.words_of(user).await, ["export", "stop", "?where is the key", "undo", "alone"]);
    assert!(fixture.said().is_empty());
    let after = fixture.links.of(user).await.unwrap();
    assert_eq!(after.connected, before.connected, "it does not open the chat");
    assert!(!after.is_muted);
    let like = message("wamid.9", PHONE, 9, "reaction", json!({"message_id": "wamid.0", "emoji": "👍"}));
    assert!(fixture.handle_at(queued_at(&[in_group(like)], 90), at(91)).await.is_empty());
    let first = fixture.memories_of(user).await.pop().unwrap();
    assert_eq!(first.content.unwrap().value()["reactions"], json!({"me": "👍"}));
    assert_eq!(fixture.links.of(user).await.unwrap().connected, before.connected);
}

#[tokio::test]
async fn nobody_is_answered_or_linked_for_what_they_say_in_a_group() {
    let fixture = Fixture::new().await;
    let user = UserId::new(at(0));
    let code = fixture.offer(user, PHONE, 1000).await;
    let messages = [text("wamid.1", PHONE, 1, "hello?"), text("wamid.2", PHONE, 2, &code)];
    fixture.deliver(&messages.map(in_group)).await;
    assert!(fixture.said().is_empty());
    assert_eq!(fixture.owner(PHONE).await, None);
    assert!(fixture.is_kept(PHONE, "wamid.1").await);
    fixture.deliver(&[text("wamid.3", PHONE, 3, "hello?")]).await;
    assert_eq!(fixture.said(), [OutgoingTask::Say { phrase: Phrase::Stranger }]);
}
