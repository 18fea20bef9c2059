//! Forms that were filled in.

use serde_json::{Value, json};

use super::Said;
use super::parts::{joined, lines, list, plain, text};

pub(super) fn said(form: &Value) -> Said {
    let raw = text(&form["response_json"]);
    // The answers are JSON in a text. Their names are whoever made the form's, and stay as they are.
    let answers: Option<Value> = raw.as_deref().and_then(|raw| serde_json::from_str(raw).ok());
    let words = match &answers {
        Some(Value::Object(members)) => lines(members.iter().map(answered)),
        _ => raw.clone(),
    };
    let detail =
        json!({"name": form["name"], "body": form["body"], "response": answers.or(raw.map(Value::from))});
    Said::default().say(lines([text(&form["body"]), words])).with("form", without_nothing(detail))
}

/// One line of a form. The token says which form it was, and is nobody's answer.
fn answered((name, value): (&String, &Value)) -> Option<String> {
    let words = match value {
        Value::Null => None,
        Value::Bool(is_so) => Some(if *is_so { "yes" } else { "no" }.to_owned()),
        Value::Array(_) => joined(list(value).map(plain), ", "),
        Value::Object(_) => Some(value.to_string()),
        _ => plain(value),
    };
    words.filter(|_| name != "flow_token").map(|words| format!("{name}: {words}"))
}

fn without_nothing(value: Value) -> Value {
    match value {
        Value::Object(members) => members.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        other => other,
    }
}
