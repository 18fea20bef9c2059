//! The webhooks that tell what became of messages.

use serde_json::{Value, json};

use super::state::{Sent, State};

/// What is told of a failure if nothing is said of it.
const UNDELIVERABLE: i64 = 131_026;

impl State {
    /// The webhook that tells this of accepted messages of one number, by their `wamid` or their key.
    pub(super) fn webhook(&self, of: &str, status: &str, code: Option<i64>) -> Option<Value> {
        let is_meant = |sent: &&Sent| sent.wamid == of || sent.key.as_deref() == Some(of);
        let meant: Vec<&Sent> = self.outbox.iter().filter(is_meant).collect();
        let first = *meant.first()?;
        let number = self.rules.numbers.iter().find(|number| number.id == first.from)?;
        let statuses: Vec<Value> = meant.iter().map(|sent| self.status(sent, status, code)).collect();
        let mut value = json!({
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": number.digits(), "phone_number_id": number.id },
            "statuses": statuses,
        });
        if status != "failed" {
            value["contacts"] = json!([person(&first.to, "wa_id", "user_id")]);
        }
        let changes = json!([{ "field": "messages", "value": value }]);
        Some(json!({
            "object": "whatsapp_business_account",
            "entry": [{ "id": number.account, "changes": changes }],
        }))
    }

    fn status(&self, sent: &Sent, status: &str, code: Option<i64>) -> Value {
        let mut told = person(&sent.to, "recipient_id", "recipient_user_id");
        told["id"] = json!(sent.wamid);
        told["status"] = json!(status);
        told["timestamp"] = json!(self.now().as_seconds().to_string());
        if let Some(key) = &sent.key {
            told["biz_opaque_callback_data"] = json!(key);
        }
        if matches!(status, "sent" | "delivered") {
            told["pricing"] = json!({
                "billable": true, "pricing_model": "PMP", "type": "regular", "category": "service",
            });
        }
        if status == "failed" {
            let (code, title) = (code.unwrap_or(UNDELIVERABLE), "Message undeliverable");
            told["errors"] = json!([{
                "code": code, "title": title, "message": title, "error_data": { "details": "It could not be delivered." },
            }]);
        }
        told
    }
}

/// Who got it, by phone or by id.
fn person(to: &str, phone: &str, user_id: &str) -> Value {
    match to.strip_prefix('+') {
        Some(digits) => json!({ phone: digits }),
        None => json!({ user_id: to }),
    }
}
