//! `POST /sync/whatsapp/connect`: the person names a phone, gets a code, and proves the phone by sending the code from it.

use app_connectors::whatsapp::code_hash;
use app_domain::{ConnectedPhone, LinkCode, PendingPhone, PhoneNumber, Timestamp};
use app_http::{ApiError, ApiErrors, Caller, FieldErrors, Now, Parse, SyncWhatsapp, ValidJson};
use app_store::WhatsappLinks;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::BusinessNumber;

/// The phone to connect.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectWhatsappRequest {
    /// With its country code.
    #[schema(example = "+49 155 50002222")]
    phone_number: String,
}

impl Parse for ConnectWhatsappRequest {
    type Parsed = PhoneNumber;

    fn parse(self) -> Result<PhoneNumber, FieldErrors> {
        PhoneNumber::parse(&self.phone_number).map_err(|invalid| FieldErrors::one("phoneNumber", &invalid))
    }
}

/// How far connecting has come.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WhatsappConnection {
    /// `connected`: messages from the phone become memories. `pending`: the code is still to be sent.
    #[schema(example = "pending")]
    status: &'static str,
    /// The phone, in E.164 form.
    #[schema(example = "+4915550002222")]
    phone_number: String,
    /// When it was connected.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    connected_at: Option<Timestamp>,
    /// What to send from the phone. It is shown this once.
    #[schema(example = "MEMO-1A2B3C4D")]
    #[serde(skip_serializing_if = "Option::is_none")]
    verification_code: Option<String>,
    /// When the code stops working.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    /// Where to send it.
    #[serde(skip_serializing_if = "Option::is_none")]
    business_number: Option<String>,
    /// What to do next, in words for the person.
    instructions: String,
}

/// Connect WhatsApp.
///
/// Answers with a code. Once it is sent from the phone, messages of that phone become memories of the caller's alone,
/// whoever had it before. Until then nothing changes.
#[utoipa::path(
    post, path = "/sync/whatsapp/connect", tag = "sync", security(("bearer" = [])),
    request_body = ConnectWhatsappRequest,
    responses((status = 200, description = "Connected, or a code to send.", body = WhatsappConnection), ApiErrors),
)]
pub(crate) async fn connect(
    State(links): State<WhatsappLinks>,
    State(BusinessNumber(business_number)): State<BusinessNumber>,
    caller: Caller<SyncWhatsapp>,
    Now(now): Now,
    ValidJson(phone): ValidJson<ConnectWhatsappRequest>,
) -> Result<Json<WhatsappConnection>, ApiError> {
    let connected = links.of(caller.user_id).await?.connected;
    if let Some(connected) = connected.filter(|connected| connected.phone == phone) {
        return Ok(Json(WhatsappConnection::connected(&connected, business_number)));
    }
    let code = new_code()?;
    let pending = PendingPhone { phone, expires_at: now.plus(LinkCode::LIFETIME) };
    links.offer(caller.user_id, &pending, &code_hash(&code)).await?;
    Ok(Json(WhatsappConnection::pending(&pending, &code, business_number)))
}

fn new_code() -> Result<LinkCode, ApiError> {
    let mut random = [0; 5];
    aws_lc_rs::rand::fill(&mut random).map_err(|_| ApiError::internal("no random numbers"))?;
    Ok(LinkCode::from_random(random))
}

impl WhatsappConnection {
    fn connected(connected: &ConnectedPhone, business_number: Option<String>) -> Self {
        let to = business_number.as_deref().unwrap_or("our WhatsApp number");
        Self {
            status: "connected",
            phone_number: connected.phone.to_string(),
            connected_at: Some(connected.since),
            verification_code: None,
            expires_at: None,
            instructions: format!("This phone is connected: what you send from it to {to} becomes a memory."),
            business_number,
        }
    }

    fn pending(pending: &PendingPhone, code: &LinkCode, business_number: Option<String>) -> Self {
        let to = business_number.as_deref().unwrap_or("our WhatsApp number");
        let minutes = LinkCode::LIFETIME.as_secs() / 60;
        Self {
            status: "pending",
            phone_number: pending.phone.to_string(),
            connected_at: None,
            verification_code: Some(code.shown()),
            expires_at: Some(pending.expires_at),
            instructions: format!(
                "Send {} as a WhatsApp message from {} to {to} within {minutes} minutes.",
                code.shown(),
                pending.phone
            ),
            business_number,
        }
    }
}

#[cfg(test)]
mod tests {
    use app_domain::{Role, UserId};
    use app_testing::{Call, Reply, TestKeys, caller, event, table};
    use axum::Router;
    use axum::http::StatusCode;
    use serde_json::{Value, json};

    use super::*;
    use crate::{App, router};

    struct Fixture {
        links: WhatsappLinks,
        service: Router,
    }

    async fn fixture() -> Fixture {
        let links = WhatsappLinks::new(table().await);
        let business_number = BusinessNumber(Some("+1 555 000 1111".to_owned()));
        let app = App { links: links.clone(), business_number, verifier: TestKeys::shared().verifier() };
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
        assert_eq!((&pending["status"], &pending["pendingPhoneNumber"]), (&json!("pending"), &json!("+4915550002222")));
        assert!(pending["pendingUntil"].is_string() && pending["phoneNumber"].is_null());

        fixture.confirm(&code, "+4915550002222").await;
        let connected = fixture.status(&token).await;
        assert_eq!((&connected["status"], &connected["phoneNumber"]), (&json!("connected"), &json!("+4915550002222")));
        assert!(connected["connectedAt"].is_string() && connected["pendingPhoneNumber"].is_null());

        fixture.connect(&token, &json!("+4915550003333")).await;
        let both = fixture.status(&token).await;
        assert_eq!((&both["status"], &both["pendingPhoneNumber"]), (&json!("connected"), &json!("+4915550003333")));
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
            assert_eq!((reply.status, reply.wrong_fields()), (StatusCode::UNPROCESSABLE_ENTITY, vec!["phoneNumber".to_owned()]));
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
}
