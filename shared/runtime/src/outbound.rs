//! What is to be said in WhatsApp's chats, in the order of each chat.

use std::sync::Arc;

use app_domain::{Chat, Outgoing, Recipient};
use aws_lc_rs::digest::{SHA256, digest};
use aws_sdk_sqs::Client;
use data_encoding::HEXLOWER;

use crate::{OrderedMessage, OrderedQueue, QueueError};

/// The queue that the outbound worker reads. Cloning shares the client.
#[derive(Clone)]
pub struct OutboundQueue(OrderedQueue);

impl OutboundQueue {
    /// The queue at `url`; `client` is asked for when something is sent.
    pub fn new(url: impl Into<Arc<str>>, client: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        Self(OrderedQueue::new(url, client))
    }

    /// Asks for something to be said: once, however often it is asked for.
    ///
    /// # Errors
    /// If the queue does not say that it has it.
    pub async fn send(&self, outgoing: &Outgoing) -> Result<(), QueueError> {
        let body = body(outgoing).map_err(QueueError::of)?;
        let deduplication = outgoing.key.as_str().to_owned();
        self.0.send_all(vec![OrderedMessage { body, group: group(&outgoing.chat), deduplication }]).await
    }
}

/// JSON without the two characters that SQS does not take. Those below a space JSON writes in other letters anyway.
fn body(outgoing: &Outgoing) -> Result<String, serde_json::Error> {
    let json = serde_json::to_string(outgoing)?;
    Ok(json.replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff"))
}

/// A hash of the chat: phone numbers are not for the queue's metadata.
fn group(chat: &Chat) -> String {
    let with = match &chat.with {
        Recipient::Phone(phone) => phone.digits(),
        Recipient::User(user) => user.as_str(),
    };
    let chat = format!("{} {with}", chat.phone_number_id);
    HEXLOWER.encode(digest(&SHA256, chat.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use app_domain::{OutgoingKey, OutgoingTask, PhoneNumber, Timestamp};

    use super::*;

    fn chat(phone_number_id: &str, phone: &str) -> Chat {
        let with = Recipient::Phone(PhoneNumber::from_digits(phone).unwrap());
        Chat { phone_number_id: phone_number_id.to_owned(), with }
    }

    #[test]
    fn each_chat_has_a_row_of_its_own_that_shows_no_number() {
        let here = group(&chat("700800900100200", "4915550002222"));
        assert_eq!(here, group(&chat("700800900100200", "4915550002222")));
        assert!(here.len() == 64 && !here.contains("2222"), "{here}");
        assert_ne!(here, group(&chat("700800900100300", "4915550002222")));
        assert_ne!(here, group(&chat("700800900100200", "4915550003333")));
    }

    #[test]
    fn a_body_has_only_characters_that_sqs_takes() {
        let task = OutgoingTask::Ask { question: "\u{1}\u{ffff}ü\u{fffe}".to_owned() };
        let chat = chat("1", "4915550002222");
        let key = OutgoingKey::answer("ab");
        let asked_at = Timestamp::from_millis(0).unwrap();
        let outgoing = Outgoing { key, chat, owner: None, answers: None, asked_at, task };
        let body = body(&outgoing).unwrap();
        assert!(!body.contains(['\u{1}', '\u{fffe}', '\u{ffff}']) && body.contains('ü'), "{body}");
        assert_eq!(serde_json::from_str::<Outgoing>(&body).unwrap(), outgoing);
    }
}
