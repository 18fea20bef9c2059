//! Messages of phones that are linked.

use super::*;

#[tokio::test]
async fn a_message_becomes_a_memory_of_the_phones_owner() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    assert!(fixture.handle(event("sync-worker/text.json")).await.is_empty());
    let [memory] = &fixture.memories_of(user).await[..] else { panic!("one memory") };
    assert_eq!(memory.title.as_ref().unwrap().as_str(), "WhatsApp message from Mara");
    assert_eq!(memory.created_at, at(0));
    assert_eq!(memory.content.as_ref().unwrap().value()["whatsappId"], "wamid.W1");
    assert_eq!(fixture.memories.total(user).await.unwrap(), 1);
    assert_eq!(fixture.said(), [OutgoingTask::Seen]);
    let connected = fixture.links.of(user).await.unwrap().connected.unwrap();
    assert_eq!(connected.last_sync_at, Some(at(61)));
}

#[tokio::test]
async fn delivered_three_times_it_is_one_memory() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let message = text("wamid.1", PHONE, 1, "once");
    fixture.deliver(&[message.clone(), message.clone()]).await;
    fixture.deliver(&[message]).await;
    assert_eq!(fixture.words_of(user).await, ["once"]);
    assert_eq!(fixture.memories.total(user).await.unwrap(), 1);
}

#[tokio::test]
async fn delivered_at_the_same_moment_it_is_one_memory() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let message = [text("wamid.1", PHONE, 1, "once")];
    tokio::join!(fixture.deliver(&message), fixture.deliver(&message), fixture.deliver(&message));
    assert_eq!(fixture.words_of(user).await, ["once"]);
    assert_eq!(fixture.memories.total(user).await.unwrap(), 1);
}

#[tokio::test]
async fn memories_stand_in_the_order_of_sending() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let message = |n: i64| text(&format!("wamid.{n}"), PHONE, n, &n.to_string());
    fixture.deliver(&[message(2), message(4)]).await;
    fixture.deliver(&[message(3), message(1)]).await;
    assert_eq!(fixture.words_of(user).await, ["4", "3", "2", "1"]);
}

#[tokio::test]
async fn what_cannot_be_read_is_kept_and_marked() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    assert!(fixture.handle(event("sync-worker/unsupported.json")).await.is_empty());
    let memory = fixture.memories_of(user).await.remove(0);
    let content = memory.content.unwrap();
    assert_eq!(content.value()["unsupported"], true);
    assert_eq!(content.value()["message"]["unsupported"]["type"], "poll_creation");
}
