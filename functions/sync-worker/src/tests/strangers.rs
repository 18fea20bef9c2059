//! Messages of people who have no account, or have paused theirs.

use app_domain::MemorySource;

use super::*;

const STRANGER: OutgoingTask = OutgoingTask::Say { phrase: Phrase::Stranger };
const PAUSED: OutgoingTask = OutgoingTask::Say { phrase: Phrase::Paused };

/// Messages of one phone, each in a batch of its own, some days later.
async fn days_later(fixture: &Fixture, days: i64, message: Value) {
    let later = days * 24 * 60 * 60;
    assert!(fixture.handle_at(queued_at(&[message], later), at(later)).await.is_empty());
}

#[tokio::test]
async fn a_message_of_an_unknown_phone_is_kept_and_answered_once_a_month() {
    let fixture = Fixture::new().await;
    let hello = text("wamid.1", PHONE, 1, "hello?");
    fixture.deliver(&[hello.clone(), hello, text("wamid.2", PHONE, 2, "help")]).await;
    assert_eq!(fixture.said(), [STRANGER]);
    days_later(&fixture, 29, text("wamid.3", PHONE, 3, "hello?")).await;
    assert!(fixture.said().is_empty());
    days_later(&fixture, 31, text("wamid.4", PHONE, 4, "hello?")).await;
    assert_eq!(fixture.said(), [STRANGER]);
    for wamid in ["wamid.1", "wamid.2", "wamid.3", "wamid.4"] {
        assert!(fixture.is_kept(PHONE, wamid).await, "{wamid}");
    }
    assert!(!fixture.is_kept(PHONE, "wamid.5").await);
}

#[tokio::test]
async fn a_message_that_comes_again_after_the_phone_was_linked_is_a_memory() {
    let fixture = Fixture::new().await;
    let message = text("wamid.1", PHONE, 1, "hello?");
    fixture.deliver(std::slice::from_ref(&message)).await;
    fixture.outbound.take();
    let user = fixture.linked(PHONE).await;
    fixture.deliver(&[message]).await;
    assert_eq!(fixture.words_of(user).await, ["hello?"]);
}

#[tokio::test]
async fn somebody_who_hides_the_phone_is_kept_and_answered_too() {
    let fixture = Fixture::new().await;
    let hidden =
        json!({"id": "wamid.1", "from_user_id": "DE.481", "type": "text", "text": {"body": "hello?"}});
    let call = queued(&[hidden]);
    let body: Value = serde_json::from_str(call["Records"][0]["body"].as_str().unwrap()).unwrap();
    assert!(fixture.handle(call).await.is_empty());
    let [outgoing] = &fixture.outgoing()[..] else { panic!("one answer") };
    assert_eq!(outgoing.task, STRANGER);
    assert_eq!(json!(outgoing.chat.with), json!({"user": "DE.481"}));
    assert!(body["from"].is_null());
}

#[tokio::test]
async fn somebody_who_opens_the_chat_is_answered_and_nobody_linked_is() {
    let fixture = Fixture::new().await;
    fixture.linked(OTHER_PHONE).await;
    let welcome = |wamid: &str, from: &str| message(wamid, from, 1, "request_welcome", Value::Null);
    fixture.deliver(&[welcome("wamid.1", PHONE), welcome("wamid.2", OTHER_PHONE)]).await;
    assert_eq!(fixture.said(), [STRANGER]);
}

#[tokio::test]
async fn the_number_itself_is_nobody() {
    let fixture = Fixture::new().await;
    fixture.deliver(&[text("wamid.1", BUSINESS, 1, "I answer myself")]).await;
    assert!(fixture.said().is_empty() && !fixture.is_kept(BUSINESS, "wamid.1").await);
    // However it is written: Brazil's ninth digit.
    let messages = json!([text("wamid.2", "551187654321", 1, "I answer myself")]);
    let value = json!({"metadata": metadata("+55 11 98765-4321", SHARED), "messages": messages});
    assert!(fixture.handle(records("messages", &value, 60)).await.is_empty());
    assert!(fixture.said().is_empty());
}

#[tokio::test]
async fn a_number_that_is_nobodys_answers_nobody() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let messages = json!([text("wamid.1", PHONE, 1, "to whom?")]);
    let value = json!({"metadata": metadata("4915550009999", "700800900100999"), "messages": messages});
    assert!(fixture.handle(records("messages", &value, 60)).await.is_empty());
    assert!(fixture.said().is_empty() && fixture.words_of(user).await.is_empty());
    let kept = fixture.inbox.page_hidden(&sha256_hex(b"700800900100999"), 10).await.unwrap();
    assert_eq!(kept.len(), 1);
}

#[tokio::test]
async fn while_saving_is_paused_messages_are_kept_and_answered_once_a_day() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    assert!(fixture.links.set_paused(user, Some(at(30))).await.unwrap());
    fixture.deliver(&[text("wamid.1", PHONE, 31, "one"), text("wamid.2", PHONE, 32, "two")]).await;
    assert_eq!(fixture.said(), [PAUSED]);
    days_later(&fixture, 2, text("wamid.3", PHONE, 33, "three")).await;
    assert_eq!(fixture.said(), [PAUSED]);
    assert!(fixture.words_of(user).await.is_empty());
    assert!(fixture.is_kept(PHONE, "wamid.2").await);
    // What is asked is still answered.
    fixture.deliver(&[text("wamid.4", PHONE, 34, "?what was one")]).await;
    assert_eq!(fixture.said(), [OutgoingTask::Ask { question: "what was one".to_owned() }]);
    fixture.links.set_paused(user, None).await.unwrap();
    fixture.deliver(&[text("wamid.1", PHONE, 31, "one")]).await;
    let [memory] = &fixture.memories_of(user).await[..] else { panic!("one memory") };
    assert_eq!(memory.source, MemorySource::Whatsapp);
}
