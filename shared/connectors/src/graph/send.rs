//! Sending a message.

use std::fmt;

use app_domain::Recipient;
use reqwest::Method;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Graph, GraphError, http};

/// The longest text, in characters.
const MAX_TEXT_CHARS: usize = 4096;
/// The longest key that comes back with statuses.
const MAX_KEY_CHARS: usize = 512;

/// What is sent. `Debug` hides what it says.
#[derive(Clone, PartialEq, Eq)]
pub enum Sending {
    /// A text of at most 4,096 characters. It is delivered only within a day of the person's last message.
    Text {
        /// What it says.
        body: String,
    },
    /// A text that Meta has approved, with some words of one's own in it.
    Template {
        /// Its name.
        name: String,
        /// In which language, such as `de` or `en_US`.
        language: String,
        /// What stands in the places of its body, in order. Line breaks and rows of spaces, which Meta refuses there, become
        /// one space.
        parameters: Vec<String>,
    },
}

impl fmt::Debug for Sending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { .. } => f.write_str("Text(…)"),
            Self::Template { name, language, .. } => write!(f, "Template({name}, {language})"),
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    messages: Vec<Accepted>,
}

#[derive(Deserialize)]
struct Accepted {
    id: String,
}

impl Graph {
    /// Sends a message from one of our numbers and returns its `wamid`. Meta has accepted it then; what becomes of it comes
    /// as statuses, with the key. `quoting` is the message that it answers.
    ///
    /// # Errors
    /// If it was not accepted. After [`Uncertain`](super::ErrorClass::Uncertain) it may have been: to send it again blindly
    /// may say it twice.
    pub async fn send(
        &self,
        token: &SecretString,
        from: &str,
        to: &Recipient,
        what: &Sending,
        key: &str,
        quoting: Option<&str>,
    ) -> Result<String, GraphError> {
        if key.chars().count() > MAX_KEY_CHARS {
            return Err(GraphError::UNFIT);
        }
        let (kind, content) = content(what)?;
        let mut body = json!({
            "messaging_product": "whatsapp", "recipient_type": "individual",
            "type": kind, "biz_opaque_callback_data": key,
        });
        body[kind] = content;
        match to {
            // Without the plus, the business's own country may be put before it.
            Recipient::Phone(phone) => body["to"] = json!(format!("+{}", phone.digits())),
            Recipient::User(user) => body["recipient"] = json!(user.as_str()),
        }
        if let Some(wamid) = quoting {
            body["context"] = json!({ "message_id": wamid });
        }
        let request = self.request(Method::POST, &[from, "messages"], &[], token)?.json(&body);
        let answer: Answer = http::json(request).await?;
        let accepted = answer.messages.into_iter().next().filter(|accepted| !accepted.id.is_empty());
        accepted.map(|accepted| accepted.id).ok_or(GraphError::UNCERTAIN)
    }
}

/// The type and what stands under its name.
fn content(what: &Sending) -> Result<(&'static str, Value), GraphError> {
    match what {
        Sending::Text { body } if (1..=MAX_TEXT_CHARS).contains(&body.chars().count()) => {
            Ok(("text", json!({ "body": body, "preview_url": false })))
        }
        Sending::Text { .. } => Err(GraphError::UNFIT),
        Sending::Template { name, language, parameters } => {
            let mut template = json!({ "name": name, "language": { "code": language } });
            if !parameters.is_empty() {
                let parameters: Vec<Value> =
                    parameters.iter().map(|text| json!({ "type": "text", "text": one_line(text) })).collect();
                template["components"] = json!([{ "type": "body", "parameters": parameters }]);
            }
            Ok(("template", template))
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
