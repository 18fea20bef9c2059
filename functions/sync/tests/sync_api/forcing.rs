//! Synchronising now.

use app_testing::{Call, event};
use serde_json::{Value, json};

use crate::stage::{PHONE, Stage, person, refusal, refused};

const FORCE: &str = "/sync/force";

#[tokio::test]
async fn what_was_kept_aside_is_claimed() {
    let stage = Stage::new().await;
    let person = stage.linked(PHONE).await;
    let mut event = event("sync/force.json");
    event["headers"]["Authorization"] = json!(format!("Bearer {}", person.token));
    let reply = Call::of_event(&event).send(&stage.router).await;
    assert_eq!(reply.status, 202, "{}", reply.text);
    insta::assert_json_snapshot!(reply.json(), {".syncId" => "[id]"}, @r#"
    {
      "estimatedDuration": 10,
      "jobs": [],
      "status": "started",
      "syncId": "[id]"
    }
    "#);
    assert_eq!(stage.chores.take(), [json!({"kind": "claimInbox", "owner": person.id})]);
    for body in [json!({}), json!({"direction": "push"}), json!({"direction": "both"})] {
        assert_eq!(stage.post(&person, FORCE, &body).await.status, 202, "{body}");
    }
}

#[tokio::test]
async fn each_time_it_has_an_id_of_its_own() {
    let stage = Stage::new().await;
    let person = stage.linked(PHONE).await;
    let one = stage.post(&person, FORCE, &json!({})).await.json()["syncId"].clone();
    let two = stage.post(&person, FORCE, &json!({})).await.json()["syncId"].clone();
    let version = |id: &Value| id.as_str().unwrap().parse::<uuid::Uuid>().unwrap().get_version_num();
    assert!(one != two && version(&one) == 7 && version(&two) == 7);
}

#[tokio::test]
async fn there_must_be_something_to_synchronise() {
    let (stage, person) = (Stage::new().await, person());
    assert_eq!(refusal(&stage.post(&person, FORCE, &json!({})).await), refused(409, "NotConnected"));
}

#[tokio::test]
async fn wants_a_service_and_a_direction_that_there_are() {
    let stage = Stage::new().await;
    let person = stage.linked(PHONE).await;
    let reply = stage.post(&person, FORCE, &json!({"provider": "telegram", "direction": "up"})).await;
    assert_eq!(
        (reply.status.as_u16(), reply.wrong_fields()),
        (422, vec!["provider".into(), "direction".into()])
    );
    assert!(stage.chores.take().is_empty());
}
