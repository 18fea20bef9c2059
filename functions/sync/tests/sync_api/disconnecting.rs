//! Disconnecting, with what becomes of the memories.

use std::time::Duration;

use app_domain::{Sender, Timestamp};
use app_testing::graph::{FakeGraph, Fault, GraphCall, Number};
use app_testing::{Call, event};
use serde_json::json;

use crate::stage::{PHONE, Stage, now, person, phone, refusal, refused};

const ACCOUNT: &str = FakeGraph::OWN_ACCOUNT;

#[tokio::test]
async fn a_phone_is_freed_and_the_memories_stay() {
    let stage = Stage::new().await;
    let person = stage.linked(PHONE).await;
    insta::assert_json_snapshot!(stage.disconnect(&person, "").await.json(), @r#"
    {
      "memories": "kept",
      "phoneNumber": "+4915550002222",
      "status": "disconnected"
    }
    "#);
    let sender = Sender { phone: Some(phone(PHONE)), user_id: None };
    assert!(stage.links.person(&sender).await.unwrap().is_none());
    assert_eq!(stage.whatsapp(&person).await["status"], "disconnected");
    assert!(stage.chores.take().is_empty());
    // Somebody else can have it now; and who has nothing disconnects nothing.
    stage.linked(PHONE).await;
    let again = stage.disconnect(&person, "?memories=keep").await;
    assert_eq!(again.json(), json!({"status": "disconnected", "memories": "kept"}));
    assert!(stage.links.person(&sender).await.unwrap().is_some());
}

#[tokio::test]
async fn the_memories_go_to_the_trash_if_that_is_wanted() {
    let stage = Stage::new().await;
    let person = stage.linked(PHONE).await;
    stage.chores.refuse(true);
    let failed = stage.disconnect(&person, "?memories=delete").await;
    assert_eq!(refusal(&failed), refused(503, "Unavailable"));
    stage.chores.refuse(false);
    let mut event = event("sync/disconnect.json");
    event["headers"]["Authorization"] = json!(format!("Bearer {}", person.token));
    let reply = Call::of_event(&event).send(&stage.router).await;
    assert_eq!(reply.json(), json!({"status": "disconnected", "memories": "deleting"}));
    let chores = stage.chores.take();
    assert_eq!((&chores[0]["kind"], &chores[0]["owner"]), (&json!("trashWhatsapp"), &json!(person.id)));
}

#[tokio::test]
async fn what_was_kept_aside_goes_with_the_memories() {
    let stage = Stage::new().await;
    let person = stage.linked(PHONE).await;
    assert_eq!(stage.disconnect(&person, "?memories=delete").await.status, 200);
    let chores = stage.chores.take();
    let [trash, kept] = &chores[..] else { panic!("two chores") };
    assert_eq!(
        (&kept["kind"], &kept["phone"]),
        (&json!("emptyInbox"), &json!(PHONE.trim_start_matches('+')))
    );
    assert_eq!((&kept["owner"], &kept["until"]), (&trash["owner"], &trash["until"]));
}

/// Meta takes its time to be told, and goes on delivering meanwhile.
#[tokio::test]
async fn what_comes_in_until_it_is_disconnected_goes_too() {
    let (stage, person) = (Stage::new().await, person());
    stage.give_number(&person).await;
    let wait = Duration::from_millis(300);
    stage.graph.fail(GraphCall::Subscription, Fault::Late(wait));
    let last = now().plus(wait);
    assert_eq!(stage.disconnect(&person, "?memories=delete").await.status, 200);
    let until: Timestamp = serde_json::from_value(stage.chores.take()[0]["until"].clone()).unwrap();
    assert!(until >= last, "{until} {last}");
}

#[tokio::test]
async fn a_number_of_ones_own_is_freed_and_its_token_forgotten() {
    let (stage, person) = (Stage::new().await, person());
    assert_eq!(stage.connect_own(&person, &json!({})).await.status, 200);
    assert!(stage.graph.is_subscribed(ACCOUNT));
    insta::assert_json_snapshot!(stage.disconnect(&person, "").await.json(), @r#"
    {
      "memories": "kept",
      "ownNumber": "+49 1555 0004444",
      "status": "disconnected"
    }
    "#);
    assert!(stage.numbers.token(person.id).await.unwrap().is_none());
    assert!(stage.numbers.owner(FakeGraph::OWN_NUMBER).await.unwrap().is_none());
    assert!(!stage.graph.is_subscribed(ACCOUNT));
}

#[tokio::test]
async fn an_account_that_others_have_numbers_of_stays_subscribed() {
    let (stage, ada, eve) = (Stage::new().await, person(), person());
    let second = Number::new("700800900100301", ACCOUNT, "+49 1555 0005555");
    stage.graph.change(|rules| rules.numbers.push(second));
    stage.connect_own(&ada, &json!({})).await;
    let reply = stage.connect_own(&eve, &json!({"phoneNumber": "+4915550005555"})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    stage.disconnect(&ada, "").await;
    assert!(stage.graph.is_subscribed(ACCOUNT));
    stage.disconnect(&eve, "").await;
    assert!(!stage.graph.is_subscribed(ACCOUNT));
}

#[tokio::test]
async fn meta_may_be_away_meanwhile() {
    let (stage, person) = (Stage::new().await, person());
    stage.give_number(&person).await;
    stage.graph.fail(GraphCall::Subscription, Fault::CutBefore);
    assert_eq!(stage.disconnect(&person, "").await.status, 200);
    assert!(stage.numbers.owner(FakeGraph::OWN_NUMBER).await.unwrap().is_none());
}

#[tokio::test]
async fn wants_to_know_what_becomes_of_the_memories() {
    let stage = Stage::new().await;
    let person = stage.linked(PHONE).await;
    let reply = stage.disconnect(&person, "?memories=burn").await;
    assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec!["memories".to_owned()]));
    assert_eq!(stage.whatsapp(&person).await["status"], "connected");
}
