//! What a conversation must be like.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::chat_rules::{invalid, is_name, known_fields};
use super::echo::content;
use super::refusal::Refusal;
use super::rules::Rules;

/// Reads the messages of a request, or says what is wrong with them.
pub(super) fn read(messages: Option<&Value>, rules: &Rules) -> Result<Vec<Value>, Refusal> {
    let Some(messages) = messages else {
        let message = "Missing required parameter: 'messages'.";
        return Err(Refusal::invalid(Some("messages"), Some("missing_required_parameter"), message));
    };
    let messages = messages.as_array().filter(|messages| !messages.is_empty());
    let messages = messages.ok_or_else(|| invalid("messages", "expected a list of at least one"))?;
    let mut open = HashSet::new();
    for (at, message) in messages.iter().enumerate() {
        let at = format!("messages[{at}]");
        let Value::Object(fields) = message else { return Err(invalid(&at, "expected an object")) };
        match fields.get("role").and_then(Value::as_str) {
            Some("tool") => answered(fields, &at, &mut open)?,
            Some(role) => {
                all_answered(&open)?;
                spoken(fields, role, &at, &mut open)?;
            }
            None => return Err(invalid(&format!("{at}.role"), "expected a role")),
        }
        let refused = rules.refused_text.as_ref();
        if refused.is_some_and(|refused| content(message).contains(refused)) {
            let message = format!("Invalid prompt: {}", content(message));
            return Err(Refusal::invalid(Some("messages"), Some("invalid_prompt"), message));
        }
    }
    all_answered(&open)?;
    Ok(messages.clone())
}

/// A message of anybody but a tool.
fn spoken(
    fields: &Map<String, Value>,
    role: &str,
    at: &str,
    open: &mut HashSet<String>,
) -> Result<(), Refusal> {
    let prefix = format!("{at}.");
    match role {
        "system" | "developer" | "user" => {
            known_fields(fields, &prefix, &["role", "content", "name"])?;
            words(fields, at)
        }
        "assistant" => {
            known_fields(fields, &prefix, &["role", "content", "name", "refusal", "tool_calls"])?;
            let Some(calls) = fields.get("tool_calls") else { return words(fields, at) };
            if !matches!(fields.get("content"), None | Some(Value::Null)) {
                words(fields, at)?;
            }
            calls_of(calls, at, open)
        }
        _ => Err(invalid(&format!("{at}.role"), "unknown role")),
    }
}

fn words(fields: &Map<String, Value>, at: &str) -> Result<(), Refusal> {
    let is_text = match fields.get("content") {
        Some(Value::String(_)) => true,
        Some(Value::Array(parts)) => {
            !parts.is_empty() && parts.iter().all(|part| part["type"] == "text" && part["text"].is_string())
        }
        _ => false,
    };
    if is_text {
        Ok(())
    } else {
        Err(invalid(&format!("{at}.content"), "expected a string or parts of text"))
    }
}

fn calls_of(calls: &Value, at: &str, open: &mut HashSet<String>) -> Result<(), Refusal> {
    let at = format!("{at}.tool_calls");
    let calls = calls.as_array().filter(|calls| !calls.is_empty());
    for call in calls.ok_or_else(|| invalid(&at, "expected a list of at least one"))? {
        let Value::Object(fields) = call else { return Err(invalid(&at, "expected objects")) };
        known_fields(fields, &format!("{at}."), &["id", "type", "function"])?;
        let function = call["function"].as_object().ok_or_else(|| invalid(&at, "expected a function"))?;
        known_fields(function, &format!("{at}.function."), &["name", "arguments"])?;
        let is_good = call["type"] == "function"
            && call["function"]["name"].as_str().is_some_and(is_name)
            && call["function"]["arguments"].is_string();
        let id = call["id"].as_str().filter(|id| is_good && !id.is_empty());
        let id = id.ok_or_else(|| invalid(&at, "expected id, type, name and arguments"))?;
        if !open.insert(id.to_owned()) {
            return Err(invalid(&at, "two calls have the same id"));
        }
    }
    Ok(())
}

/// What came of a call.
fn answered(fields: &Map<String, Value>, at: &str, open: &mut HashSet<String>) -> Result<(), Refusal> {
    known_fields(fields, &format!("{at}."), &["role", "content", "tool_call_id"])?;
    words(fields, at)?;
    let id = fields.get("tool_call_id").and_then(Value::as_str).unwrap_or_default();
    if open.remove(id) {
        return Ok(());
    }
    let message = "messages with role 'tool' must be a response to a preceding message with 'tool_calls'.";
    Err(Refusal::invalid(Some(&format!("{at}.tool_call_id")), None, message))
}

fn all_answered(open: &HashSet<String>) -> Result<(), Refusal> {
    let Some(id) = open.iter().next() else { return Ok(()) };
    let message = format!(
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each \
         'tool_call_id'. The following did not have response messages: {id}"
    );
    Err(Refusal::invalid(Some("messages"), None, message))
}
