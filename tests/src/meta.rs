//! Meta, as it calls the WhatsApp webhook.

use std::sync::Arc;

use app_connectors::whatsapp::sign;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Person, Reply, Stack, eventually};

/// The webhook's caller: knows the app secret and the verify token.
#[derive(Clone)]
pub struct Meta {
    caller: Person,
    app_secret: String,
    /// What the handshake must show.
    pub verify_token: String,
}

impl Meta {
    /// Reads what the deployer gave to Meta.
    pub async fn of(stack: &Arc<Stack>) -> Self {
        let secrets = aws_sdk_secretsmanager::Client::new(&stack.aws());
        let read = async |output| {
            let secret = secrets.get_secret_value().secret_id(stack.output(output)).send().await;
            secret.expect("the secret").secret_string.expect("its text")
        };
        Self {
            caller: Person::stranger(stack),
            app_secret: read("WhatsAppAppSecretArn").await,
            verify_token: read("WhatsAppVerifyTokenArn").await,
        }
    }

    /// Delivers a payload, signed over its bytes.
    pub async fn deliver(&self, payload: &Value) -> Reply {
        self.deliver_bytes(payload.to_string().into_bytes()).await
    }

    /// Delivers any bytes, signed.
    pub async fn deliver_bytes(&self, body: Vec<u8>) -> Reply {
        let signature = sign(self.app_secret.as_bytes(), &body);
        self.deliver_signed(body, &signature).await
    }

    /// Delivers a payload as Meta does: again, until it is answered with 200.
    pub async fn deliver_until_taken(&self, payload: &Value) {
        eventually("a delivery to be taken", || async {
            (self.deliver(payload).await.status == 200).then_some(())
        })
        .await;
    }

    /// Delivers bytes with any signature.
    pub async fn deliver_signed(&self, body: Vec<u8>, signature: &str) -> Reply {
        let headers = [("content-type", "application/json"), ("x-hub-signature-256", signature)];
        self.caller.send(Method::POST, "/whatsapp/webhook", &headers, Some(body)).await
    }

    /// Links the phone (digits alone) to the person, as they would: ask for a code, send it from the phone.
    pub async fn link(&self, person: &Person, phone: &str) {
        let asked = person.post("/sync/whatsapp/connect", &json!({"phoneNumber": format!("+{phone}")})).await;
        assert!(asked.status.is_success(), "{}", asked.body);
        let code = asked.body["verificationCode"].as_str().expect("a code").to_owned();
        let delivered = self.deliver(&text_message(phone, &wamid(), now(), &code)).await;
        assert_eq!(delivered.status, 200, "{}", delivered.body);
        eventually("the phone to be linked", || async {
            let status = person.get("/sync/status").await.body["providers"][0]["status"].clone();
            (status == "connected").then_some(())
        })
        .await;
    }
}

/// Meta's id of the number that everybody writes to.
pub const SHARED_NUMBER: &str = "700800900100200";

/// A new message id.
pub fn wamid() -> String {
    format!("wamid.{}", Uuid::new_v4().simple())
}

/// A phone number that nobody else has, digits alone.
pub fn phone() -> String {
    format!("49155501{:07}", Uuid::new_v4().as_u128() % 10_000_000)
}

/// Seconds since 1970.
pub fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// A payload with one text message.
pub fn text_message(phone: &str, wamid: &str, sent: i64, text: &str) -> Value {
    message(
        phone,
        &json!({
            "from": phone, "id": wamid, "timestamp": sent.to_string(), "type": "text", "text": {"body": text},
        }),
    )
}

/// A payload with one message of any kind.
pub fn message(phone: &str, message: &Value) -> Value {
    let contacts = json!([{"profile": {"name": "Mara"}, "wa_id": phone}]);
    change(&json!({"contacts": contacts, "messages": [message]}))
}

/// A payload with messages of several senders.
pub fn payload(messages: &[Value]) -> Value {
    let contact = |message: &Value| json!({"profile": {"name": "Mara"}, "wa_id": message["from"]});
    let contacts: Vec<Value> = messages.iter().map(contact).collect();
    change(&json!({"contacts": contacts, "messages": messages}))
}

/// A payload about the shared number.
pub fn change(value: &Value) -> Value {
    change_of(SHARED_NUMBER, "900100200300400", value)
}

/// A payload about one of a business account's numbers.
pub fn change_of(phone_number_id: &str, business_account_id: &str, value: &Value) -> Value {
    let mut value = value.clone();
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] = json!({"display_phone_number": "4915550001111", "phone_number_id": phone_number_id});
    let changes = json!([{"field": "messages", "value": value}]);
    json!({"object": "whatsapp_business_account", "entry": [{"id": business_account_id, "changes": changes}]})
}
