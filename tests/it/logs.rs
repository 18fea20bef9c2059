//! What the functions have logged while all the other tests ran.

use std::collections::BTreeSet;
use std::sync::Arc;

use e2e::Stack;
use serde_json::Value;

crate::trials!(hold_one_line_per_request, hold_nothing_private);

fn lines(stack: &Stack) -> Vec<Value> {
    let logs = stack.logs().unwrap();
    logs.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

async fn hold_one_line_per_request(stack: Arc<Stack>) {
    let lines = lines(&stack);
    let requests: Vec<&Value> = lines.iter().filter(|line| line["message"] == "request").collect();
    let routes: BTreeSet<&str> = requests.iter().filter_map(|line| line["route"].as_str()).collect();
    for route in [
        "/auth/register",
        "/memories/{id}",
        "/whatsapp/webhook",
        "/exports",
        "/ai/chat",
        "/sync/status",
        "/health",
    ] {
        assert!(routes.contains(route), "nothing was logged of {route}");
    }
    for line in &requests {
        let complete =
            line["requestId"].is_string() && line["status"].is_number() && line["durationMs"].is_number();
        assert!(complete, "{line}");
    }
}

/// Every test uses addresses of one domain, phones of one prefix, one password, and texts that are easy to find again.
async fn hold_nothing_private(stack: Arc<Stack>) {
    let logs = stack.logs().unwrap();
    let private = [
        "@example.com",
        "49155501",
        "TestPassword",
        "eyJ",
        "PRIVATE KEY",
        "heron-42",
        "471199",
        "MEMO-",
        "Lovelace",
    ];
    // The cloud's own lines begin with a date; all others are of functions, panics among them.
    for line in logs.lines().filter(|line| !line.starts_with("20")) {
        assert!(private.iter().all(|text| !line.contains(text)), "{line}");
    }
}
