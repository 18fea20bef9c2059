//! Webhook calls, and what is read from them.

use app_connectors::whatsapp::{Delivery, Reading, Said, Update, Webhook};
use app_domain::Timestamp;
use serde_json::{Value, json};

/// The one account's.
pub(crate) const ACCOUNT: &str = "900100200300400";

/// The body of a call with these changes.
pub(crate) fn call(changes: &[Value]) -> String {
    let entry = json!({"id": ACCOUNT, "time": 1_795_000_050, "changes": changes});
    json!({"object": "whatsapp_business_account", "entry": [entry]}).to_string()
}

/// A change that brings these messages.
pub(crate) fn messages(messages: &[Value]) -> Value {
    json!({"field": "messages", "value": {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "4915550001111", "phone_number_id": "700800900100200"},
        "contacts": [{"profile": {"name": "Mara"}, "wa_id": "4915550002222"}],
        "messages": messages,
    }})
}

pub(crate) fn read(body: &str) -> Webhook {
    let received_at = Timestamp::from_millis(1_795_000_100_000).unwrap();
    Webhook::read(body.as_bytes(), received_at).unwrap()
}

pub(crate) fn deliveries(webhook: &Webhook) -> Vec<&Delivery> {
    let messages = webhook.updates.iter().filter_map(|update| match update {
        Update::Message(delivery) => Some(delivery),
        _ => None,
    });
    messages.collect()
}

/// All that a reading says, to be reviewed.
pub(crate) fn shown(reading: &Reading) -> String {
    match reading {
        Reading::Said(said) => said_shown(said),
        Reading::Reaction { to, emoji } => format!("reaction to {to}: {emoji:?}"),
        Reading::Edit { of, said } => format!("edit of {of}\n{}", said_shown(said)),
        Reading::Revoke { of } => format!("revoke of {of}"),
        Reading::NumberChanged { to } => format!("number changed to {}", json!(to)),
        Reading::UserIdChanged { to } => format!("user id changed to {}", to.as_str()),
        Reading::Notice => "notice".to_owned(),
    }
}

fn said_shown(said: &Said) -> String {
    let Said { kind, text, typed, details, media, reply_to, .. } = said;
    let flags = [
        ("forwarded", said.is_forwarded),
        ("frequently forwarded", said.is_frequently_forwarded),
        ("unsupported", said.is_unsupported),
    ];
    let mut shown = format!("said ({kind})");
    for (flag, _) in flags.into_iter().filter(|(_, is_set)| *is_set) {
        shown += &format!(", {flag}");
    }
    for line in text.iter().flat_map(|text| text.lines()) {
        shown += &format!("\n  | {line}");
    }
    if let Some(typed) = typed {
        shown += &format!("\n  typed: {typed:?}");
    }
    if let Some(reply_to) = reply_to {
        shown += &format!("\n  reply to: {reply_to}");
    }
    if let Some(media) = media {
        let (kind, id) = (media.kind, &media.media_id);
        shown += &format!(
            "\n  media: {kind:?} {id} {:?} {:?} {:?}",
            media.content_type, media.sha256, media.file_name
        );
    }
    if !details.is_empty() {
        shown += &format!("\n  details: {:#}", Value::from(details.clone()));
    }
    shown
}
