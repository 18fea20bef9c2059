//! Saving pauses and goes on.

use serde_json::json;

use crate::stage::{PHONE, Stage, person, refusal, refused};

const PAUSE: &str = "/sync/whatsapp/pause";
const RESUME: &str = "/sync/whatsapp/resume";

#[tokio::test]
async fn saving_pauses_and_goes_on_however_often_it_is_asked_for() {
    let stage = Stage::new().await;
    let person = stage.linked(PHONE).await;
    for _ in 0..2 {
        let paused = stage.post(&person, PAUSE, &json!({})).await.json();
        assert_eq!((&paused["status"], &paused["paused"]), (&json!("paused"), &json!(true)));
    }
    assert_eq!(stage.provider(&person).await["status"], "paused");
    assert!(stage.chores.take().is_empty());
    for _ in 0..2 {
        let resumed = stage.post(&person, RESUME, &json!({})).await.json();
        assert_eq!((&resumed["status"], &resumed["paused"]), (&json!("connected"), &json!(false)));
        assert_eq!(stage.chores.take(), [json!({"kind": "claimInbox", "owner": person.id})]);
    }
}

#[tokio::test]
async fn a_number_of_ones_own_pauses_too() {
    let (stage, person) = (Stage::new().await, person());
    stage.give_number(&person).await;
    assert_eq!(stage.post(&person, PAUSE, &json!({})).await.json()["status"], "paused");
}

#[tokio::test]
async fn what_the_queue_does_not_take_can_be_asked_for_again() {
    let stage = Stage::new().await;
    let person = stage.linked(PHONE).await;
    stage.post(&person, PAUSE, &json!({})).await;
    stage.chores.refuse(true);
    assert_eq!(refusal(&stage.post(&person, RESUME, &json!({})).await), refused(503, "Unavailable"));
    stage.chores.refuse(false);
    assert_eq!(stage.post(&person, RESUME, &json!({})).await.status, 200);
    assert_eq!(stage.chores.take().len(), 1);
}

#[tokio::test]
async fn without_a_connection_nothing_pauses() {
    let (stage, person) = (Stage::new().await, person());
    for path in [PAUSE, RESUME] {
        assert_eq!(refusal(&stage.post(&person, path, &json!({})).await), refused(409, "NotConnected"));
    }
    assert!(stage.chores.take().is_empty());
}
