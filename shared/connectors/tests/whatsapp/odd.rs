//! Whatever may come: nothing is lost, and nothing breaks.

use app_connectors::whatsapp::{Reading, Update, Webhook};
use app_domain::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::support::{call, deliveries, messages, read};

/// The names that Meta uses, so that what is made up gets past the first look.
const NAMES: &[&str] = &[
    "entry",
    "changes",
    "field",
    "value",
    "messages",
    "message_echoes",
    "statuses",
    "history",
    "threads",
    "state_sync",
    "errors",
    "contacts",
    "metadata",
    "id",
    "from",
    "to",
    "type",
    "timestamp",
    "text",
    "body",
    "image",
    "caption",
    "context",
    "edit",
    "message",
    "system",
    "reaction",
    "interactive",
    "order",
    "product_items",
    "location",
    "unsupported",
    "referral",
    "code",
    "name",
    "response_json",
];
const TEXTS: &[&str] = &[
    "messages",
    "history",
    "smb_message_echoes",
    "smb_app_state_sync",
    "account_update",
    "text",
    "image",
    "edit",
    "system",
    "order",
    "contacts",
    "interactive",
    "location",
    "unsupported",
    "nfm_reply",
    "user_changed_number",
    "4915550002222",
    "DE.481",
    "1795000000",
    "wamid.1",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(TEXTS).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        let name = prop_oneof![4 => prop::sample::select(NAMES).prop_map(str::to_owned), 1 => ".{0,8}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..7)
                .prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

/// A message with all that every message has, and something made up as its content.
fn any_message() -> impl Strategy<Value = Value> {
    (prop::sample::select(TEXTS), any_json(), any_json()).prop_map(|(kind, content, context)| {
        let mut message = json!({"id": "wamid.1", "from": "4915550002222", "type": kind, "context": context});
        message[kind] = content;
        message
    })
}

proptest! {
    #[test]
    fn no_json_breaks_it(json in any_json(), kind in prop::sample::select(TEXTS)) {
        let received_at = Timestamp::from_millis(1_795_000_100_000).unwrap();
        for body in [json.clone(), json!({"entry": [{"changes": [{"field": kind, "value": json}]}]})] {
            if let Ok(webhook) = Webhook::read(body.to_string().as_bytes(), received_at) {
                prop_assert!(webhook.updates.iter().all(|update| update.to_body().is_ok()));
            }
        }
        let _ = Reading::of(kind, &json);
    }

    #[test]
    fn every_message_becomes_an_update(
        odd in prop::collection::vec(any_json(), 0..4),
        sound in prop::collection::vec(any_message(), 0..4),
    ) {
        let all: Vec<Value> = odd.into_iter().chain(sound).collect();
        let body = call(&[
            messages(&all),
            json!({"field": "smb_message_echoes", "value": {"message_echoes": all}}),
            json!({"field": "history", "value": {"messages": all, "history": [{"threads": [{"id": "1", "messages": all}, {"messages": all}]}]}}),
        ]);
        let webhook = read(&body);
        prop_assert_eq!(deliveries(&webhook).len(), 5 * all.len());
        for update in &webhook.updates {
            let body = update.to_body().unwrap();
            let arrived = Update::from_body(&body).unwrap();
            prop_assert_eq!(arrived.to_body().unwrap(), body);
            prop_assert_eq!((arrived.group(), arrived.deduplication()), (update.group(), update.deduplication()));
            if let Update::Message(delivery) = arrived {
                let _ = (delivery.reading(), delivery.chat(), delivery.memory_id());
            }
        }
    }
}

#[test]
fn a_thousand_messages_in_three_megabytes_are_read() {
    let body = "\u{fc} ".repeat(900);
    let all: Vec<Value> = (0..1000)
        .map(|n| json!({"id": format!("wamid.{n}"), "from": "4915550002222", "type": "text", "text": {"body": format!("{n} {body}")}}))
        .collect();
    let body = call(&[messages(&all)]);
    assert!((2_700_000..3_145_728).contains(&body.len()), "{}", body.len());
    let webhook = read(&body);
    let deliveries = deliveries(&webhook);
    assert_eq!(deliveries.len(), 1000);
    assert!(deliveries.iter().enumerate().all(|(n, delivery)| delivery.wamid == format!("wamid.{n}")));
    assert!(deliveries.is_sorted_by(|a, b| a.received_at < b.received_at));
}
