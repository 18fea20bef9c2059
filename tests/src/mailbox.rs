//! The mail that people get: what the local cloud's SES was given to send.

use reqwest::Client;
use serde_json::Value;

use crate::{Stack, eventually};

/// Everybody's mail.
#[derive(Clone)]
pub struct Mailbox {
    http: Client,
    url: String,
}

/// A mail.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Its subject.
    pub subject: String,
    /// Its plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl Mailbox {
    /// What this stack has sent.
    pub fn of(stack: &Stack) -> Self {
        let url = format!("{}/_ministack/ses/messages", stack.output("CloudEndpoint"));
        Self { http: Client::new(), url }
    }

    /// All mail to an address so far, oldest first.
    pub async fn all_to(&self, address: &str) -> Vec<Mail> {
        let answer = self.http.get(&self.url).send().await.expect("the local cloud answers");
        let answer: Value = answer.json().await.expect("its messages in JSON");
        let accounts = answer["messages"].as_object().into_iter().flat_map(|accounts| accounts.values());
        let messages = accounts.filter_map(Value::as_array).flatten();
        messages.filter(|message| message["To"][0] == address).map(Mail::of).collect()
    }

    /// The newest mail to an address, once there is one.
    pub async fn newest_to(&self, address: &str) -> Mail {
        eventually("a mail", || async { self.all_to(address).await.pop() }).await
    }

    /// The newest mail to an address with this subject, once there is one: for those who get several.
    pub async fn newest_about(&self, address: &str, subject: &str) -> Mail {
        eventually("a mail of its subject", || async {
            self.all_to(address).await.into_iter().rfind(|mail| mail.subject == subject)
        })
        .await
    }
}

impl Mail {
    fn of(message: &Value) -> Self {
        let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
        Self { subject: text("Subject"), text: text("BodyText"), html: text("BodyHtml") }
    }

    /// The token in its link.
    pub fn token(&self) -> String {
        let (_, rest) = self.text.split_once("?token=").expect("a link with a token");
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect()
    }
}
