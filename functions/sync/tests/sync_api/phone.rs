//! Connecting a phone, from the request to the status that follows.

use app_connectors::whatsapp::code_hash;
use app_domain::{LinkCode, PendingPhone, Timestamp};
use app_testing::graph::GraphCall;
use app_testing::{Call, event};
use axum::http::StatusCode;
use serde_json::json;

use crate::stage::{PHONE, Stage, person, phone, refusal, refused};

const CONNECT: &str = "/sync/whatsapp/connect";
const VERIFY: &str = "/sync/whatsapp/verify";

#[tokio::test]
async fn gives_a_code_to_send_from_the_phone() {
    let (stage, person) = (Stage::new().await, person());
    let mut event = event("sync/connect.json");
    event["headers"]["Authorization"] = json!(format!("Bearer {}", person.token));
    let reply = Call::of_event(&event).send(&stage.router).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    let answer = reply.json();
    let code = answer["verificationCode"].as_str().unwrap();
    assert_eq!(LinkCode::find_in(code).unwrap().shown(), code);
    assert!(answer["instructions"].as_str().unwrap().contains(code));
    insta::assert_json_snapshot!(answer, {
        ".verificationCode" => "[code]", ".expiresAt" => "[time]", ".instructions" => "[words]",
    }, @r#"
    {
      "businessNumber": "+1 555 000 1111",
      "expiresAt": "[time]",
      "instructions": "[words]",
      "phoneNumber": "+4915550002222",
      "status": "pending",
      "verificationCode": "[code]",
      "webhookUrl": "https://abcde12345.execute-api.us-east-1.amazonaws.com/whatsapp/webhook"
    }
    "#);
}

#[tokio::test]
async fn a_phone_that_is_connected_needs_no_code() {
    let stage = Stage::new().await;
    let person = stage.linked(PHONE).await;
    let reply = stage.connect(&person, &json!("+49 155 50002222")).await;
    insta::assert_json_snapshot!(reply.json(), {".connectedAt" => "[time]"}, @r#"
    {
      "businessNumber": "+1 555 000 1111",
      "connectedAt": "[time]",
      "instructions": "This phone is connected: what you send from it to +1 555 000 1111 becomes a memory.",
      "phoneNumber": "+4915550002222",
      "status": "connected",
      "webhookUrl": "https://api.example/whatsapp/webhook"
    }
    "#);
    // Written with the zero that one dials at home it is the same phone.
    assert_eq!(stage.connect(&person, &json!("+49 0155 50002222")).await.json()["status"], "connected");
}

#[tokio::test]
async fn the_status_follows_the_connection() {
    let (stage, person) = (Stage::new().await, person());
    assert_eq!(stage.provider(&person).await, json!({"name": "whatsapp", "status": "disconnected"}));
    let nothing = json!({"status": "disconnected", "paused": false, "muted": false});
    assert_eq!(stage.whatsapp(&person).await, nothing);

    let code = stage.connect(&person, &json!(PHONE)).await.json()["verificationCode"].clone();
    for pending in [stage.provider(&person).await, stage.whatsapp(&person).await] {
        assert_eq!((&pending["status"], &pending["pendingPhoneNumber"]), (&json!("pending"), &json!(PHONE)));
        assert!(pending["pendingUntil"].is_string() && pending["phoneNumber"].is_null());
    }

    stage.confirm(&code, PHONE).await;
    insta::assert_json_snapshot!(stage.provider(&person).await, {
        ".connectedAt" => "[time]", ".lastSync" => "[time]",
    }, @r#"
    {
      "connectedAt": "[time]",
      "lastSync": "[time]",
      "name": "whatsapp",
      "phoneNumber": "+4915550002222",
      "status": "connected"
    }
    "#);
    insta::assert_json_snapshot!(stage.whatsapp(&person).await, {
        ".connectedAt" => "[time]", ".lastInbound" => "[time]",
    }, @r#"
    {
      "connectedAt": "[time]",
      "lastInbound": "[time]",
      "muted": false,
      "paused": false,
      "phoneNumber": "+4915550002222",
      "status": "connected"
    }
    "#);

    stage.connect(&person, &json!("+4915550003333")).await;
    let both = stage.provider(&person).await;
    let pending = json!("+4915550003333");
    assert_eq!((&both["status"], &both["pendingPhoneNumber"]), (&json!("connected"), &pending));
}

#[tokio::test]
async fn a_code_is_good_for_its_phone_alone() {
    let (stage, person) = (Stage::new().await, person());
    let code = stage.connect(&person, &json!(PHONE)).await.json()["verificationCode"].clone();
    assert_eq!(stage.confirm(&code, "+4915550009999").await, None);
}

#[tokio::test]
async fn looking_again_tells_whether_the_code_has_come() {
    let (stage, person) = (Stage::new().await, person());
    let reply = stage.post(&person, VERIFY, &json!({})).await;
    assert_eq!(refusal(&reply), refused(409, "NotConnected"));

    let long_ago = Timestamp::from_millis(1_700_000_000_000).unwrap();
    let pending = PendingPhone { phone: phone(PHONE), expires_at: long_ago };
    stage.links.offer(person.id, &pending, &code_hash(&LinkCode::from_random([0; 5]))).await.unwrap();
    assert_eq!(stage.post(&person, VERIFY, &json!({})).await.json()["status"], "expired");

    let code = stage.connect(&person, &json!(PHONE)).await.json()["verificationCode"].clone();
    assert_eq!(stage.post(&person, VERIFY, &json!({})).await.json()["status"], "pending");
    stage.confirm(&code, PHONE).await;
    assert_eq!(stage.post(&person, VERIFY, &json!({})).await.json()["status"], "connected");
    // Only of a number of one's own is Meta asked.
    assert_eq!(stage.graph.calls(GraphCall::Inspect), 0);
}

#[tokio::test]
async fn wants_a_phone_number() {
    let (stage, person) = (Stage::new().await, person());
    let long = "+".to_owned() + &"9".repeat(100_000);
    for phone in [json!("015550002222"), json!(""), json!(null), json!(4_915_550_002_222_u64), json!(long)] {
        let reply = stage.connect(&person, &phone).await;
        assert_eq!(
            (reply.status, reply.wrong_fields()),
            (StatusCode::UNPROCESSABLE_ENTITY, vec!["phoneNumber".to_owned()])
        );
    }
    assert_eq!(stage.post(&person, CONNECT, &json!([])).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
