//! News of people, and of what we sent.

use app_domain::DeliveryState;

use super::replies::sent_to_chat;
use super::*;

#[tokio::test]
async fn a_link_goes_with_whoever_has_another_phone_now() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let moved = json!({"type": "user_changed_number", "body": "moved", "wa_id": OTHER_PHONE});
    let moved = [message("wamid.1", PHONE, 1, "system", moved)];
    fixture.deliver(&moved).await;
    fixture.deliver(&moved).await;
    fixture.deliver(&[text("wamid.2", OTHER_PHONE, 2, "new phone")]).await;
    assert_eq!(fixture.words_of(user).await, ["new phone"]);
    assert_eq!(fixture.owner(PHONE).await, None);
}

#[tokio::test]
async fn somebody_who_hides_the_phone_later_is_known_by_the_id_and_by_a_new_one() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let by = |mut message: Value, phone: bool, id: &str| {
        if !phone {
            message.as_object_mut().unwrap().remove("from");
        }
        message["from_user_id"] = json!(id);
        message
    };
    // Nobody else is named beside these messages.
    let deliver = async |message: Value| {
        let value = json!({"metadata": metadata(BUSINESS, SHARED), "messages": [message]});
        assert!(fixture.handle(records("messages", &value, 60)).await.is_empty());
    };
    deliver(by(text("wamid.1", PHONE, 1, "with both"), true, "DE.481")).await;
    deliver(by(text("wamid.2", PHONE, 2, "with the id"), false, "DE.481")).await;
    let system = json!({"type": "user_changed_user_id", "user_id": "DE.999"});
    deliver(by(message("wamid.3", PHONE, 3, "system", system), false, "DE.481")).await;
    deliver(by(text("wamid.4", PHONE, 4, "with the new id"), false, "DE.999")).await;
    assert_eq!(fixture.words_of(user).await, ["with the new id", "with the id", "with both"]);
    let connected = fixture.links.of(user).await.unwrap().connected.unwrap();
    assert_eq!(connected.user_id, BusinessUserId::parse("DE.999"));
}

#[tokio::test]
async fn a_message_under_a_memory_shows_how_far_it_has_come() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let (memory, post) = sent_to_chat(&fixture, user, "wamid.OUT1").await;
    let tell = async |status: &str, errors: Value| {
        let status = json!({"id": "wamid.OUT1", "status": status, "timestamp": "1795000030",
            "recipient_id": PHONE, "errors": errors});
        let value = json!({"metadata": metadata(BUSINESS, SHARED), "statuses": [status]});
        assert!(fixture.handle(records("messages", &value, 60)).await.is_empty());
        fixture.messages.get(user, memory, post).await.unwrap().delivery.unwrap()
    };
    assert_eq!(tell("read", json!([])).await.state, DeliveryState::Read);
    assert_eq!(tell("delivered", json!([])).await.state, DeliveryState::Read);
    assert_eq!(tell("held", json!([])).await.state, DeliveryState::Read);
}

#[tokio::test]
async fn a_message_that_failed_says_why() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let (memory, post) = sent_to_chat(&fixture, user, "wamid.OUT1").await;
    let status = json!({"id": "wamid.OUT1", "status": "failed", "timestamp": "1795000030",
        "recipient_id": PHONE, "errors": [{"code": 131_047, "title": "Re-engagement message"}]});
    let value = json!({"metadata": metadata(BUSINESS, SHARED), "statuses": [status]});
    assert!(fixture.handle(records("messages", &value, 60)).await.is_empty());
    let delivery = fixture.messages.get(user, memory, post).await.unwrap().delivery.unwrap();
    assert_eq!(delivery.state, DeliveryState::Failed);
    assert!(delivery.reason.unwrap().starts_with("More than a day"));
}
