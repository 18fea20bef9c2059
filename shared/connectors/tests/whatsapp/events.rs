//! The events that other tests use are what the webhook gives and the queue takes.

use std::path::Path;

use app_connectors::whatsapp::{Signature, Update};
use app_testing::event;
use serde_json::Value;

use crate::support::read;

fn events(folder: &str) -> Vec<(String, Value)> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events").join(folder);
    let names = std::fs::read_dir(all).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    names.map(|name| (name.clone(), event(&format!("{folder}/{name}")))).collect()
}

#[test]
fn the_queue_holds_updates() {
    for (name, event) in events("sync-worker") {
        for record in event["Records"].as_array().unwrap() {
            let body = record["body"].as_str().unwrap();
            let update = Update::from_body(body).unwrap();
            assert_eq!(update.to_body().unwrap(), body, "{name}");
            assert_eq!(record["attributes"]["MessageGroupId"], update.group(), "{name}");
            assert_eq!(record["attributes"]["MessageDeduplicationId"], update.deduplication(), "{name}");
        }
    }
}

#[test]
fn the_webhook_is_called_with_what_is_signed_and_read() {
    let calls = events("whatsapp").into_iter().filter(|(_, event)| event["httpMethod"] == "POST");
    for (name, event) in calls {
        let body = event["body"].as_str().unwrap();
        let signature = Signature::parse(event["headers"]["X-Hub-Signature-256"].as_str().unwrap()).unwrap();
        assert!(signature.is_of_any(body.as_bytes(), "app-secret-for-tests-01"), "{name}");
        let webhook = read(body);
        let is_empty =
            webhook.updates.is_empty() && webhook.errors.is_empty() && webhook.other_fields.is_empty();
        assert!(!is_empty, "{name}");
    }
}
