//! What the senders send: messages of every type that becomes a memory, one a second, the media of their own.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::media::Media;

/// A message that must become one memory.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    /// Its id.
    pub(crate) wamid: String,
    /// Which of the senders.
    pub(crate) sender: usize,
    /// The message as Meta delivers it.
    pub(crate) message: Value,
    /// What its memory must say.
    pub(crate) says: String,
    /// The media that its memory must have.
    pub(crate) media: Option<Media>,
}

/// The types, in the order in which each sender uses them, again and again.
const KINDS: [&str; 20] = [
    "text",
    "image",
    "text",
    "audio",
    "location",
    "text",
    "document",
    "contacts",
    "text",
    "video",
    "voice",
    "button",
    "text",
    "sticker",
    "list",
    "order",
    "text",
    "image",
    "reply",
    "unsupported",
];

/// As many messages as asked for of so many senders, each sender's in the order of sending. `phones` are digits alone.
pub(crate) fn messages(count: usize, phones: &[String], begun: i64, media: &[Media]) -> Vec<Sent> {
    let each = count.div_ceil(phones.len());
    let of_sender = |(sender, phone): (usize, &String)| {
        (0..each).map(|n| message(sender, phone, n, begun + n as i64, media)).collect::<Vec<_>>()
    };
    let mut all: Vec<Sent> = phones.iter().enumerate().flat_map(of_sender).collect();
    all.truncate(count);
    all
}

fn message(sender: usize, phone: &str, n: usize, sent: i64, all_media: &[Media]) -> Sent {
    let kind = KINDS[n % KINDS.len()];
    let wamid = format!("wamid.LOAD{}", Uuid::new_v4().simple());
    let says = format!("{kind} {n} of sender {sender}");
    let media = all_media.iter().find(|media| media.kind == kind).cloned();
    let mut message = json!({"from": phone, "id": wamid, "timestamp": sent.to_string()});
    let (kind, content) = content(kind, &says, media.as_ref());
    message["type"] = json!(kind);
    message[kind] = content;
    if kind == "unsupported" {
        message["errors"] = json!([{"code": 131_051, "title": "Message type unknown"}]);
    }
    if says.starts_with("reply") {
        message["context"] = json!({"from": phone, "id": "wamid.EARLIER"});
    }
    Sent { wamid, sender, message, says, media }
}

/// The type on the wire, and what stands under it.
fn content(kind: &str, says: &str, media: Option<&Media>) -> (&'static str, Value) {
    let media = |more: Value| {
        let mut content = media.map_or(json!({}), Media::reference);
        content
            .as_object_mut()
            .into_iter()
            .for_each(|members| members.extend(more.as_object().cloned().unwrap_or_default()));
        content
    };
    match kind {
        "image" => ("image", media(json!({"caption": says}))),
        "video" => ("video", media(json!({"caption": says}))),
        "document" => ("document", media(json!({"caption": says, "filename": "notes.pdf"}))),
        "audio" => ("audio", media(json!({"voice": false}))),
        "voice" => ("audio", media(json!({"voice": true}))),
        "sticker" => ("sticker", media(json!({"animated": false}))),
        "location" => ("location", json!({"latitude": 52.5, "longitude": 13.4, "name": says})),
        "contacts" => (
            "contacts",
            json!([{"name": {"formatted_name": says}, "phones": [{"phone": "+49 155 5000 3333"}]}]),
        ),
        "button" => ("button", json!({"payload": "P", "text": says})),
        "list" => {
            let row = json!({"id": "row", "title": says, "description": "every Monday"});
            ("interactive", json!({"type": "list_reply", "list_reply": row}))
        }
        "order" => {
            let item =
                json!({"product_retailer_id": "sku-1", "quantity": 2, "item_price": 9.5, "currency": "EUR"});
            ("order", json!({"catalog_id": "5550006", "text": says, "product_items": [item]}))
        }
        "unsupported" => ("unsupported", json!({"type": "poll_creation"})),
        _ => ("text", json!({"body": says})),
    }
}
