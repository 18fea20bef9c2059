//! Messages of phones that are linked, and of those that are not.

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
async fn a_message_of_an_unknown_phone_is_kept() {
    let fixture = Fixture::new().await;
    fixture.deliver(&[text("wamid.1", PHONE, 1, "hello?")]).await;
    assert!(fixture.is_kept(PHONE, "wamid.1").await);
    assert!(!fixture.is_kept(PHONE, "wamid.2").await);
}

#[tokio::test]
async fn a_message_that_comes_again_after_the_phone_was_linked_is_a_memory() {
    let fixture = Fixture::new().await;
    let message = text("wamid.1", PHONE, 1, "hello?");
    fixture.deliver(std::slice::from_ref(&message)).await;
    let user = fixture.linked(PHONE).await;
    fixture.deliver(&[message]).await;
    assert_eq!(fixture.words_of(user).await, ["hello?"]);
}

#[tokio::test]
async fn a_message_of_a_hidden_phone_is_kept() {
    let fixture = Fixture::new().await;
    let hidden =
        json!({"id": "wamid.1", "from_user_id": "DE.481", "type": "text", "text": {"body": "hello?"}});
    fixture.deliver(&[hidden]).await;
    let again = fixture.inbox.keep_hidden(&sha256_hex(b"DE.481"), "wamid.1", at(60), "").await.unwrap();
    assert!(!again, "it should be there");
}

#[tokio::test]
async fn every_type_is_a_memory_or_set_aside() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let (first, second) = (event("sync-worker/types-1.json"), event("sync-worker/types-2.json"));
    assert!(fixture.handle(first).await.is_empty() && fixture.handle(second).await.is_empty());
    let mut memories = fixture.memories_of(user).await;
    memories.reverse();
    let read: Vec<(String, String, bool)> = memories
        .into_iter()
        .map(|memory| {
            let content = memory.content.unwrap().value().clone();
            let field = |name: &str| content[name].as_str().unwrap().to_owned();
            (field("type"), field("text").replace('\n', " / "), content["unsupported"].is_null())
        })
        .collect();
    let expected = [
        ("text", "plain words", true),
        ("image", "The lake at dawn", true),
        ("video", "", false),
        ("document", "bill.pdf", true),
        ("audio", "", false),
        ("sticker", "", false),
        ("location", "Old Town Hall / Market 2, Bonn / 50.7374, 7.0982", true),
        ("contacts", "Dr. Ida Blum, Blum GmbH, +49 155 5000 3333, ida@example.org", true),
        ("interactive", "Yes please", true),
        ("interactive", "Weekly / every Monday", true),
        ("interactive", "Sent / {\"a\":1}", true),
        ("button", "Stop", true),
        ("order", "two please / 2 × sku-1", true),
        ("edit", "corrected", true),
        ("unsupported", "", false),
        ("hologram", "", false),
    ];
    let read: Vec<_> =
        read.iter().map(|(kind, text, readable)| (kind.as_str(), text.as_str(), *readable)).collect();
    assert_eq!(read, expected);
    // Reaction, system, revoke, request_welcome.
    for n in 16..20 {
        assert!(fixture.is_kept(PHONE, &format!("wamid.T{n}")).await, "{n}");
    }
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
