//! What functions are given: the events under `events/`, with other tokens, and requests made after them.

use anyhow::Context;
use app_domain::{DriveJobId, DriveTask, Timestamp, UserId};
use app_testing::event;
use serde_json::{Value, json};

/// What a function is first given, and what the mixed requests are of those that need nothing to be there. What the others are asked is in
/// [`crate::mixed`].
const PLANS: [(&str, &str, &[&str]); 21] = [
    ("auth", "auth/me.json", &[]),
    ("users", "users/own-audit.json", &[]),
    ("memories", "memories/list.json", &[]),
    ("search", "search/search.json", &[]),
    ("indexer", "indexer/changes.json", &[]),
    (
        "whatsapp",
        "whatsapp/text.json",
        &["whatsapp/text.json", "whatsapp/several.json", "whatsapp/status.json"],
    ),
    ("sync", "sync/status.json", &[]),
    ("sync-worker", "sync-worker/text.json", &[]),
    ("media-worker", "media-worker/job.json", &[]),
    ("outbound-worker", "outbound-worker/say.json", &[]),
    ("files", "files/list.json", &[]),
    ("exports", "", &[]),
    ("export-worker", "export-worker/export.json", &[]),
    ("import-worker", "import-worker/import.json", &[]),
    ("backup-worker", "", &[]),
    ("scheduler", "", &[]),
    ("mail-worker", "mail-worker/reminder.json", &[]),
    ("chores-worker", "chores-worker/purge-memory.json", &[]),
    ("ai", "ai/chat.json", &["ai/chat.json"]),
    ("ai-stream", "ai-stream/chat.json", &["ai-stream/chat.json"]),
    ("ops", "ops/health.json", &["ops/health.json", "ops/ready.json", "ops/openapi.json"]),
];

/// What a function is first given: a real event, whose token is nobody's.
pub(crate) fn first(function: &str) -> anyhow::Result<Value> {
    let (_, path, _) = plan(function)?;
    match function {
        // There is no file of these. A job that nobody has queued:
        "backup-worker" => {
            let at = Timestamp::from_millis(1_600_000_000_000).context("a time")?;
            let task = DriveTask::Job { job_id: DriveJobId::new(at), user_id: UserId::new(at) };
            let mut event = event("export-worker/export.json");
            event["Records"][0]["body"] = serde_json::to_string(&task)?.into();
            Ok(event)
        }
        // what the clock says, which nobody reads,
        "scheduler" => Ok(json!({})),
        // and the list of exports.
        "exports" => Ok(request("GET", "/exports", None, None)),
        _ => Ok(event(path)),
    }
}

/// What a function is asked over and over that needs nothing to be there, by somebody who is signed in.
pub(crate) fn mixed(function: &str, token: &str) -> anyhow::Result<Vec<Value>> {
    Ok(plan(function)?.2.iter().map(|path| signed(&event(path), token)).collect())
}

fn plan(function: &str) -> anyhow::Result<&'static (&'static str, &'static str, &'static [&'static str])> {
    let plan = PLANS.iter().find(|(name, ..)| *name == function);
    plan.with_context(|| format!("no event for {function}: add one to PLANS"))
}

/// Whether the event is a request, through the gateway or at the function's own address.
pub(crate) fn is_request(event: &Value) -> bool {
    event["httpMethod"].is_string() || event["requestContext"]["http"].is_object()
}

/// Whether the event is a request that says who sends it.
pub(crate) fn has_token(event: &Value) -> bool {
    event["headers"]
        .as_object()
        .is_some_and(|headers| headers.keys().any(|name| name.eq_ignore_ascii_case("authorization")))
}

/// The event as somebody sends it who is signed in.
pub(crate) fn signed(event: &Value, token: &str) -> Value {
    let mut event = event.clone();
    let bearer = Value::from(format!("Bearer {token}"));
    for (place, value) in [("headers", bearer.clone()), ("multiValueHeaders", json!([bearer]))] {
        let headers = event[place].as_object_mut().into_iter().flatten();
        for (_, header) in headers.filter(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
            *header = value.clone();
        }
    }
    event
}

/// A request after the pattern of a real one, whose token is nobody's.
pub(crate) fn request(method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> Value {
    let mut event = event("memories/create.json");
    event["httpMethod"] = method.into();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    for place in ["path", "resource"] {
        event[place] = path.into();
    }
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    for (name, value) in pairs {
        event["queryStringParameters"][name] = value.into();
        event["multiValueQueryStringParameters"][name] = json!([value]);
    }
    event["requestContext"]["httpMethod"] = method.into();
    event["requestContext"]["path"] = format!("/api{path}").into();
    event["body"] = body.map_or(Value::Null, |body| body.to_string().into());
    match token {
        Some(token) => signed(&event, token),
        None => event,
    }
}
