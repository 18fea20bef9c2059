//! What a request for an answer must be like.

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

use super::chat::Request;
use super::echo::content;
use super::messages;
use super::refusal::Refusal;
use super::rules::Rules;

const FIELDS: &[&str] = &[
    "model",
    "messages",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "response_format",
    "max_completion_tokens",
    "max_tokens",
    "reasoning_effort",
    "verbosity",
    "temperature",
    "top_p",
    "stop",
    "n",
    "seed",
    "store",
    "metadata",
    "service_tier",
    "safety_identifier",
    "prompt_cache_key",
    "stream",
    "stream_options",
];
const MAX_TOOLS: usize = 128;

/// Reads a request, or says what is wrong with it.
pub(super) fn read(headers: &HeaderMap, body: Option<Value>, rules: &Rules) -> Result<Request, Refusal> {
    let is_json = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    let Some(Value::Object(body)) = body.filter(|_| is_json) else {
        return Err(Refusal::invalid(None, None, "We could not parse the JSON body of your request."));
    };
    known_fields(&body, "", FIELDS)?;
    let Some(model) = body.get("model").and_then(Value::as_str) else {
        return Err(Refusal::invalid(Some("model"), None, "you must provide a model parameter"));
    };
    let known = rules.chat_models.iter().find(|known| known.id == model);
    let model = known.ok_or_else(|| Refusal::unknown_model(model))?;
    let messages = messages::read(body.get("messages"), rules)?;
    tools(&body)?;
    let schema = schema(body.get("response_format"))?;
    let is_streamed = flag(&body, "stream")?;
    let includes_usage = stream_options(body.get("stream_options"), is_streamed)?;
    if body.contains_key("max_tokens")
        && (body.contains_key("max_completion_tokens") || !model.takes_max_tokens)
    {
        let message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.";
        return Err(Refusal::invalid(Some("max_tokens"), Some("unsupported_parameter"), message));
    }
    let limits = [positive(&body, "max_completion_tokens")?, positive(&body, "max_tokens")?];
    let max_answer_tokens = limits.into_iter().flatten().next();
    let texts: usize = messages.iter().map(|message| rules.tokens(&content(message)) + 4).sum();
    let shapes = ["tools", "response_format"].map(|field| body.get(field).map(Value::to_string));
    let prompt_tokens = texts + shapes.iter().flatten().map(|shape| rules.tokens(shape)).sum::<usize>();
    let tokens = prompt_tokens + max_answer_tokens.unwrap_or_default();
    if tokens > rules.max_context_tokens {
        return Err(Refusal::too_long(Some("messages"), rules.max_context_tokens, tokens));
    }
    Ok(Request {
        model: model.id,
        messages,
        schema,
        max_answer_tokens,
        is_streamed,
        // Without a stream it is always there.
        includes_usage: includes_usage || !is_streamed,
        prompt_tokens,
        token_bytes: rules.token_bytes,
    })
}

/// Refuses fields that the vendor does not know. `at` is where they stand.
pub(super) fn known_fields(object: &Map<String, Value>, at: &str, known: &[&str]) -> Result<(), Refusal> {
    match object.keys().find(|field| !known.contains(&field.as_str())) {
        Some(unknown) => Err(Refusal::unknown_field(&format!("{at}{unknown}"))),
        None => Ok(()),
    }
}

/// Whether something may be called so.
pub(super) fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

fn flag(object: &Map<String, Value>, field: &str) -> Result<bool, Refusal> {
    match object.get(field) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(invalid(field, "expected a boolean")),
    }
}

fn positive(object: &Map<String, Value>, field: &str) -> Result<Option<usize>, Refusal> {
    match object.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(number) => match number.as_u64().filter(|&number| number > 0) {
            Some(number) => Ok(Some(number as usize)),
            None => Err(invalid(field, "expected a positive integer")),
        },
    }
}

fn stream_options(options: Option<&Value>, is_streamed: bool) -> Result<bool, Refusal> {
    match options {
        None | Some(Value::Null) => Ok(false),
        Some(_) if !is_streamed => Err(invalid("stream_options", "only allowed when 'stream' is enabled")),
        Some(Value::Object(options)) => {
            known_fields(options, "stream_options.", &["include_usage", "include_obfuscation"])?;
            flag(options, "include_obfuscation")?;
            flag(options, "include_usage")
        }
        Some(_) => Err(invalid("stream_options", "expected an object")),
    }
}

fn tools(body: &Map<String, Value>) -> Result<(), Refusal> {
    let tools = match body.get("tools") {
        None if body.contains_key("tool_choice") => {
            return Err(invalid("tool_choice", "only allowed when 'tools' are specified"));
        }
        None => return Ok(()),
        Some(tools) => tools.as_array().filter(|tools| (1..=MAX_TOOLS).contains(&tools.len())),
    };
    let tools = tools.ok_or_else(|| invalid("tools", "expected an array of 1 to 128"))?;
    for (at, tool) in tools.iter().enumerate() {
        let at = format!("tools[{at}]");
        let Value::Object(tool) = tool else { return Err(invalid(&at, "expected an object")) };
        known_fields(tool, &format!("{at}."), &["type", "function"])?;
        let at = format!("{at}.function");
        let Some(function) = tool
            .get("function")
            .and_then(Value::as_object)
            .filter(|_| tool.get("type").is_some_and(|kind| kind == "function"))
        else {
            return Err(invalid(&at, "expected a function"));
        };
        known_fields(function, &format!("{at}."), &["name", "description", "parameters", "strict"])?;
        if !function.get("name").and_then(Value::as_str).is_some_and(is_name) {
            return Err(invalid(&format!("{at}.name"), "does not match the pattern '^[a-zA-Z0-9_-]{1,64}$'"));
        }
        if function.get("parameters").is_some_and(|parameters| parameters["type"] != "object") {
            return Err(invalid(&format!("{at}.parameters"), "schema must have type 'object'"));
        }
        if function.get("description").is_some_and(|description| !description.is_string()) {
            return Err(invalid(&format!("{at}.description"), "expected a string"));
        }
        if flag(function, "strict")?
            && let Some(missing) = function.get("parameters").and_then(loose)
        {
            let message = format!("Invalid schema for function: {missing}");
            let code = Some("invalid_function_parameters");
            return Err(Refusal::invalid(Some(&format!("{at}.parameters")), code, message));
        }
    }
    Ok(())
}

/// The shape that the answer shall have.
fn schema(format: Option<&Value>) -> Result<Option<Value>, Refusal> {
    let Some(format) = format else { return Ok(None) };
    match format["type"].as_str() {
        Some("text") => Ok(None),
        Some("json_object") => Ok(Some(serde_json::json!({ "type": "object", "properties": {} }))),
        Some("json_schema") => {
            let at = "response_format.json_schema";
            let described = format["json_schema"].as_object();
            let described = described.ok_or_else(|| invalid(at, "expected an object"))?;
            known_fields(described, &format!("{at}."), &["name", "description", "schema", "strict"])?;
            let is_strict = flag(described, "strict")?;
            if !described.get("name").and_then(Value::as_str).is_some_and(is_name) {
                return Err(invalid(&format!("{at}.name"), "does not match the pattern '^[a-zA-Z0-9_-]+$'"));
            }
            let schema = described.get("schema").filter(|schema| schema["type"] == "object");
            let schema = schema.ok_or_else(|| invalid(&format!("{at}.schema"), "expected type 'object'"))?;
            if is_strict && let Some(missing) = loose(schema) {
                let message = format!("Invalid schema for response_format: {missing}");
                return Err(Refusal::invalid(Some("response_format"), None, message));
            }
            Ok(Some(schema.clone()))
        }
        _ => Err(invalid("response_format.type", "expected 'text', 'json_object' or 'json_schema'")),
    }
}

/// What a schema lacks to be followed strictly: each object in it must say that all of its fields are there, and no others.
fn loose(schema: &Value) -> Option<&'static str> {
    if schema["type"] == "object" {
        let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
        let mut fields = schema["properties"].as_object().into_iter().flat_map(Map::keys);
        if schema["additionalProperties"] != Value::Bool(false) {
            return Some("'additionalProperties' is required to be supplied and to be false.");
        }
        if !fields.all(|field| required.iter().any(|known| known == field)) {
            return Some("'required' is required to be supplied and to be an array including every key.");
        }
    }
    match schema {
        Value::Object(inner) => inner.values().find_map(loose),
        Value::Array(inner) => inner.iter().find_map(loose),
        _ => None,
    }
}

pub(super) fn invalid(param: &str, why: &str) -> Refusal {
    Refusal::invalid(Some(param), Some("invalid_value"), format!("Invalid '{param}': {why}."))
}
