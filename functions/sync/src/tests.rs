//! Connecting a phone, from the request to the status that follows.

use app_connectors::whatsapp::code_hash;
use app_domain::{LinkCode, PhoneNumber, Role, UserId};
use app_store::WhatsappLinks;
use app_testing::{Call, Reply, authenticator, caller, event, table};
use axum::Router;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{App, BusinessNumber, router};

struct Fixture {
    links: WhatsappLinks,
    service: Router,
}

async fn fixture() -> Fixture {
    let links = WhatsappLinks::new(table().await);
    let business_number = BusinessNumber(Some("+1 555 000 1111".to_owned()));
    let app = App { links: links.clone(), business_number, authenticator: authenticator() };
    Fixture { links, service: router(app, "*") }
}

impl Fixture {
    async fn connect(&self, token: &str, phone: &Value) -> Reply {
        let body = json!({"phoneNumber": phone});
        Call::post("/sync/whatsapp/connect", &body).as_caller(token).send(&self.service).await
    }

    async fn status(&self, token: &str) -> Value {
        Call::get("/sync/status").as_caller(token).send(&self.service).await.json()["providers"][0].clone()
    }

    /// What the worker does with the code when it comes in.
    async fn confirm(&self, code: &Value, phone: &str) -> Option<UserId> {
        let code = LinkCode::find_in(code.as_str().unwrap()).unwrap();
        let phone = PhoneNumber::parse(phone).unwrap();
        let wamid = code.shown();
        self.links.confirm(&phone, &code_hash(&code), &wamid, app_runtime::now()).await.unwrap()
    }
}

#[tokio::test]
async fn gives_a_code_to_send_from_the_phone() {
    let (fixture, (_, token)) = (fixture().await, caller(Role::Premium));
    let mut event = event("sync/connect.json");
    event["headers"]["Authorization"] = json!(format!("Bearer {token}"));
    let reply = Call::of_event(&event).send(&fixture.service).await;
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
      "verificationCode": "[code]"
    }
    "#);
}

#[tokio::test]
async fn a_phone_that_is_connected_needs_no_code() {
    let (fixture, (user, token)) = (fixture().await, caller(Role::Premium));
    let phone = json!("+49 155 50002222");
    let code = fixture.connect(&token, &phone).await.json()["verificationCode"].clone();
    assert_eq!(fixture.confirm(&code, "+4915550002222").await, Some(user));
    insta::assert_json_snapshot!(fixture.connect(&token, &phone).await.json(), {".connectedAt" => "[time]"}, @r#"
    {
      "businessNumber": "+1 555 000 1111",
      "connectedAt": "[time]",
      "instructions": "This phone is connected: what you send from it to +1 555 000 1111 becomes a memory.",
      "phoneNumber": "+4915550002222",
      "status": "connected"
    }
    "#);
}

#[tokio::test]
async fn the_status_follows_the_connection() {
    let (fixture, (_, token)) = (fixture().await, caller(Role::Premium));
    assert_eq!(fixture.status(&token).await, json!({"name": "whatsapp", "status": "disconnected"}));

    let code = fixture.connect(&token, &json!("+4915550002222")).await.json()["verificationCode"].clone();
    let pending = fixture.status(&token).await;
    assert_eq!(
        (&pending["status"], &pending["pendingPhoneNumber"]),
        (&json!("pending"), &json!("+4915550002222"))
    );
    assert!(pending["pendingUntil"].is_string() && pending["phoneNumber"].is_null());

    fixture.confirm(&code, "+4915550002222").await;
    let connected = fixture.status(&token).await;
    assert_eq!(
        (&connected["status"], &connected["phoneNumber"]),
        (&json!("connected"), &json!("+4915550002222"))
    );
    assert!(connected["connectedAt"].is_string() && connected["pendingPhoneNumber"].is_null());

    fixture.connect(&token, &json!("+4915550003333")).await;
    let both = fixture.status(&token).await;
    assert_eq!(
        (&both["status"], &both["pendingPhoneNumber"]),
        (&json!("connected"), &json!("+4915550003333"))
    );
}

#[tokio::test]
async fn a_code_is_good_for_its_phone_alone() {
    let (fixture, (_, token)) = (fixture().await, caller(Role::Premium));
    let code = fixture.connect(&token, &json!("+4915550002222")).await.json()["verificationCode"].clone();
    assert_eq!(fixture.confirm(&code, "+4915550009999").await, None);
}

#[tokio::test]
async fn wants_a_phone_number() {
    let (fixture, (_, token)) = (fixture().await, caller(Role::Premium));
    for phone in [json!("015550002222"), json!(""), json!(null), json!(4_915_550_002_222_u64)] {
        let reply = fixture.connect(&token, &phone).await;
        assert_eq!(
            (reply.status, reply.wrong_fields()),
            (StatusCode::UNPROCESSABLE_ENTITY, vec!["phoneNumber".to_owned()])
        );
    }
}

#[tokio::test]
async fn wants_the_permission() {
    let (fixture, (_, token)) = (fixture().await, caller(Role::User));
    let reply = fixture.connect(&token, &json!("+4915550002222")).await;
    assert_eq!((reply.status, reply.error_type()), (StatusCode::FORBIDDEN, json!("PermissionDenied")));
    let stranger = Call::post("/sync/whatsapp/connect", &json!({})).send(&fixture.service).await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_stranger_sees_nothing() {
    let reply = Call::get("/sync/status").send(&fixture().await.service).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
}
