//! What is said when nobody has said what to say: something that follows from the request.

use serde_json::{Map, Value, json};

use super::chat::Request;
use super::script::Script;

/// An answer to the last thing that the person said. It cites the first piece of material, if there is a line that begins
/// with `[1]`; and it has the shape that is asked for.
pub(super) fn echo(request: &Request) -> Script {
    let said = last_words(request);
    let text = match material(request) {
        Some(line) => format!("{line} [1]"),
        None => format!("You said: {said}"),
    };
    let text = match &request.schema {
        Some(schema) => sample(schema, &text).to_string(),
        None => text,
    };
    let max_bytes = request.max_answer_tokens.map_or(usize::MAX, |tokens| tokens * request.token_bytes);
    let kept = &text[..text.floor_char_boundary(max_bytes)];
    let script = Script::text(kept);
    if kept.len() < text.len() { script.finish("length") } else { script }
}

/// The first line of the last turn of the person.
fn last_words(request: &Request) -> String {
    let turn = request.messages.iter().rfind(|message| message["role"] == "user");
    let text = turn.map(content).unwrap_or_default();
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned()
}

/// What stands behind the mark of the first piece of material, in the newest message that has one.
fn material(request: &Request) -> Option<String> {
    request.messages.iter().rev().map(content).find_map(|text| {
        let mut lines = text.lines().skip_while(|line| !line.trim_start().starts_with("[1]"));
        let first = lines.next()?.trim_start().trim_start_matches("[1]");
        let filled = std::iter::once(first).chain(lines).map(str::trim).find(|line| !line.is_empty());
        filled.map(str::to_owned)
    })
}

/// The words of a message, whether they come in one piece or in parts.
pub(super) fn content(message: &Value) -> String {
    match &message["content"] {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        _ => String::new(),
    }
}

/// The simplest value of a shape.
fn sample(schema: &Value, text: &str) -> Value {
    if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
        return first.clone();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.first().and_then(Value::as_str),
        kind => kind.as_str(),
    };
    match kind {
        Some("object") => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            Value::Object(fields.map(|(name, of)| (name.clone(), sample(of, text))).collect::<Map<_, _>>())
        }
        Some("array") => json!([]),
        Some("string") => json!(text),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(0)),
        Some("boolean") => json!(false),
        _ => Value::Null,
    }
}
