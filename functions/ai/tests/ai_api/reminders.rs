//! What a model may remind people of.

use std::time::Duration;

use serde_json::json;

use crate::stage::{Stage, good};
use crate::tools::{decide, told, with};

/// A time that can be reminded of.
fn in_days(days: u64) -> String {
    app_runtime::now().plus(Duration::from_secs(days * 86_400)).to_string()
}

#[tokio::test]
async fn a_reminder_is_proposed_and_set_once() {
    let stage = Stage::new().await;
    let cabin = stage.save("Cabin", "The stove of the cabin needs wood.").await;
    let wish = json!({"at": in_days(3), "text": "Bring wood", "memory": 1}).to_string();
    let answer = with(&stage, "set_reminder", &wish).await;
    let proposed = &answer["actions"][0];
    assert_eq!(
        (&proposed["status"], &proposed["arguments"]["memoryId"]),
        (&json!("proposed"), &json!(cabin))
    );
    let id = proposed["arguments"]["reminderId"].as_str().unwrap().to_owned();
    let is_set = async || stage.meter.keys().await.iter().any(|key| key.contains(&id));
    assert!(!is_set().await);
    let (one, other) =
        tokio::join!(decide(&stage, &stage.me, &answer, true), decide(&stage, &stage.me, &answer, true));
    let (done, late) = if one.status == 200 { (one, other) } else { (other, one) };
    let done = good(done)["action"].clone();
    assert_eq!((&done["status"], &done["outcome"]["reminderId"]), (&json!("done"), &json!(id)));
    assert_eq!((late.status.as_u16(), late.error_type()), (409, json!("AlreadyDecided")));
    assert!(is_set().await);
}

#[tokio::test]
async fn a_reminder_that_cannot_be_is_explained_to_the_model() {
    let stage = Stage::new().await;
    for wish in [
        json!({"at": "2001-03-01T09:00:00Z", "text": "Bring wood"}),
        json!({"at": in_days(1_000), "text": "Bring wood"}),
        json!({"at": "tomorrow", "text": "Bring wood"}),
        json!({"at": in_days(3), "text": " "}),
        json!({"at": in_days(3), "text": "Bring wood", "memory": 4}),
    ] {
        let answer = with(&stage, "set_reminder", &wish.to_string()).await;
        assert_eq!((&answer["actions"], told(&stage).len()), (&json!([]), 1), "{wish}");
    }
}
