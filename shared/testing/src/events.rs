//! The real events under `events/`.

use std::path::Path;

use serde_json::Value;

/// An event by its path below `events/`, such as `sync-worker/text.json`.
pub fn event(path: &str) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events").join(path);
    let text = std::fs::read_to_string(file).expect("the event's file");
    serde_json::from_str(&text).expect("an event in JSON")
}
