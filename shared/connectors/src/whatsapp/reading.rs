//! What a message says, in words a person can read and search.

use serde_json::Value;

/// What a message means to its sender's memories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Something to remember, in words.
    Words(String),
    /// Something to remember that has no words, or none that can be read: a voice note, a poll, a type yet unknown.
    NoWords,
    /// About another message or about the chat itself: nothing to remember on its own.
    Notice,
}

/// As much as is kept of words that are too many. However they are escaped, they fit into a memory's content.
const BEGINNING_CHARS: usize = 8000;

/// The beginning of a text that is too long, with an ellipsis; a shorter text as it is.
pub fn beginning_of(text: &str) -> String {
    match text.char_indices().nth(BEGINNING_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

impl Reading {
    /// Reads a message of any type (`kind`), known or not.
    pub fn of(kind: &str, message: &Value) -> Self {
        if matches!(kind, "reaction" | "request_welcome" | "revoke" | "system") {
            return Self::Notice;
        }
        words(kind, message).map_or(Self::NoWords, Self::Words)
    }
}

fn words(kind: &str, message: &Value) -> Option<String> {
    let content = &message[kind];
    match kind {
        "text" => lines([text(&content["body"])]),
        "image" | "video" | "audio" | "sticker" | "document" => {
            lines([text(&content["caption"]), text(&content["filename"])])
        }
        "location" => location(content),
        "contacts" => lines(list(content).map(contact)),
        "interactive" => answer(content),
        "button" => lines([text(&content["text"])]),
        "order" => {
            lines([text(&content["text"])].into_iter().chain(list(&content["product_items"]).map(ordered)))
        }
        // What was corrected says what it says now; the message it corrects is named in the raw message.
        "edit" => {
            let edited = &content["message"];
            words(edited["type"].as_str()?, edited)
        }
        _ => None,
    }
}

fn location(place: &Value) -> Option<String> {
    let coordinates = match (place["latitude"].as_f64(), place["longitude"].as_f64()) {
        (Some(latitude), Some(longitude)) => Some(format!("{latitude}, {longitude}")),
        _ => None,
    };
    lines([text(&place["name"]), text(&place["address"]), coordinates])
}

fn contact(card: &Value) -> Option<String> {
    let name = [text(&card["name"]["formatted_name"]), text(&card["org"]["company"])];
    let phones = list(&card["phones"]).map(|phone| text(&phone["phone"]));
    let emails = list(&card["emails"]).map(|email| text(&email["email"]));
    joined(name.into_iter().chain(phones).chain(emails), ", ")
}

fn answer(interactive: &Value) -> Option<String> {
    match interactive["type"].as_str()? {
        "button_reply" => lines([text(&interactive["button_reply"]["title"])]),
        "list_reply" => {
            let row = &interactive["list_reply"];
            lines([text(&row["title"]), text(&row["description"])])
        }
        "nfm_reply" => {
            let form = &interactive["nfm_reply"];
            lines([text(&form["body"]), text(&form["response_json"])])
        }
        _ => None,
    }
}

fn ordered(item: &Value) -> Option<String> {
    let product = text(&item["product_retailer_id"])?;
    let quantity = item["quantity"].as_f64();
    Some(quantity.map_or_else(|| product.clone(), |quantity| format!("{quantity} × {product}")))
}

/// A text that holds more than white space.
fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn lines(parts: impl IntoIterator<Item = Option<String>>) -> Option<String> {
    joined(parts, "\n")
}

fn joined(parts: impl IntoIterator<Item = Option<String>>, separator: &str) -> Option<String> {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(separator))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(message: Value) -> Reading {
        Reading::of(message["type"].as_str().unwrap(), &message)
    }

    #[test]
    fn every_type_with_words_is_read() {
        for (message, words) in [
            (json!({"type": "text", "text": {"body": " as written\n"}}), " as written\n"),
            (json!({"type": "image", "image": {"id": "1", "caption": "The lake"}}), "The lake"),
            (json!({"type": "video", "video": {"id": "1", "caption": "Waves"}}), "Waves"),
            (
                json!({"type": "document", "document": {"id": "1", "caption": "The bill", "filename": "bill.pdf"}}),
                "The bill\nbill.pdf",
            ),
            (json!({"type": "location", "location": {"latitude": 52.52, "longitude": 13.4}}), "52.52, 13.4"),
            (
                json!({"type": "location", "location": {"latitude": 1, "longitude": -2.5, "name": "Café", "address": "Ring 1"}}),
                "Café\nRing 1\n1, -2.5",
            ),
            (
                json!({"type": "contacts", "contacts": [
                    {"name": {"formatted_name": "Dr. Ida Blum"}, "org": {"company": "Blum GmbH"},
                     "phones": [{"phone": "+49 155 5000 3333"}], "emails": [{"email": "ida@example.org"}]},
                    {"name": {"formatted_name": "Bo"}}]}),
                "Dr. Ida Blum, Blum GmbH, +49 155 5000 3333, ida@example.org\nBo",
            ),
            (
                json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"title": "Yes please"}}}),
                "Yes please",
            ),
            (
                json!({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"title": "Weekly", "description": "every Monday"}}}),
                "Weekly\nevery Monday",
            ),
            (
                json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"body": "Sent", "response_json": "{\"a\":1}"}}}),
                "Sent\n{\"a\":1}",
            ),
            (json!({"type": "button", "button": {"payload": "STOP-1", "text": "Stop"}}), "Stop"),
            (
                json!({"type": "order", "order": {"text": "two please", "product_items": [{"product_retailer_id": "sku-1", "quantity": 2}]}}),
                "two please\n2 × sku-1",
            ),
            (
                json!({"type": "edit", "edit": {"original_message_id": "wamid.1", "message": {"type": "text", "text": {"body": "corrected"}}}}),
                "corrected",
            ),
        ] {
            assert_eq!(read(message), Reading::Words(words.to_owned()));
        }
    }

    #[test]
    fn what_has_no_words_is_still_to_be_remembered() {
        for message in [
            json!({"type": "audio", "audio": {"id": "1", "voice": true}}),
            json!({"type": "sticker", "sticker": {"id": "1", "animated": false}}),
            json!({"type": "image", "image": {"id": "1"}}),
            json!({"type": "text", "text": {"body": "  "}}),
            json!({"type": "text", "text": "not an object"}),
            json!({"type": "contacts", "contacts": []}),
            json!({"type": "interactive", "interactive": {"type": "call_permission_reply"}}),
            json!({"type": "unsupported", "errors": [{"code": 131_051}], "unsupported": {"type": "poll_creation"}}),
            json!({"type": "media_placeholder"}),
            json!({"type": "hologram", "hologram": {"body": "from the future"}}),
        ] {
            assert_eq!(read(message.clone()), Reading::NoWords, "{message}");
        }
        assert_eq!(Reading::of("unknown", &Value::Null), Reading::NoWords);
    }

    #[test]
    fn what_is_about_a_message_or_the_chat_is_a_notice() {
        for message in [
            json!({"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": "👍"}}),
            json!({"type": "reaction", "reaction": {"message_id": "wamid.1"}}),
            json!({"type": "revoke", "revoke": {"original_message_id": "wamid.1"}}),
            json!({"type": "system", "system": {"body": "Mara changed", "type": "user_changed_number"}}),
            json!({"type": "request_welcome"}),
        ] {
            assert_eq!(read(message.clone()), Reading::Notice, "{message}");
        }
    }
}
