//! What a server is sent.

use serde::Serialize;
use serde_json::Value;

use super::config::{AnswerLimit, InstructionsRole, OpenAiChatConfig};
use crate::{ChatRequest, ChatTurn, JsonFormat, Tool, ToolCall};

#[derive(Serialize)]
pub(super) struct Body<'a> {
    model: &'a str,
    messages: Vec<Message<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Typed<Function<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<Format<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    stream: bool,
    stream_options: StreamOptions,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
#[serde(tag = "role", rename_all = "lowercase")]
enum Message<'a> {
    System {
        content: &'a str,
    },
    Developer {
        content: &'a str,
    },
    User {
        content: &'a str,
    },
    Assistant {
        content: Option<&'a str>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        tool_calls: Vec<Typed<CallOf<'a>>>,
    },
    Tool {
        tool_call_id: &'a str,
        content: &'a str,
    },
}

/// A function, or a call of one.
#[derive(Serialize)]
struct Typed<T> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    value: T,
}

#[derive(Serialize)]
struct Function<'a> {
    function: Described<'a>,
}

#[derive(Serialize)]
struct Described<'a> {
    name: &'a str,
    description: &'a str,
    parameters: &'a Value,
    strict: bool,
}

#[derive(Serialize)]
struct CallOf<'a> {
    id: &'a str,
    function: Called<'a>,
}

#[derive(Serialize)]
struct Called<'a> {
    name: &'a str,
    arguments: &'a str,
}

#[derive(Serialize)]
struct Format<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    json_schema: Schema<'a>,
}

#[derive(Serialize)]
struct Schema<'a> {
    name: &'a str,
    schema: &'a Value,
    strict: bool,
}

impl<'a> Body<'a> {
    /// The request as this model is to be told it.
    pub(super) fn of(request: &'a ChatRequest, config: &'a OpenAiChatConfig) -> Self {
        let most = config.window.answer_tokens;
        let limit =
            Some(if request.max_answer_tokens == 0 { most } else { request.max_answer_tokens.min(most) });
        let (max_completion_tokens, max_tokens) = match config.answer_limit {
            AnswerLimit::MaxCompletionTokens => (limit, None),
            AnswerLimit::MaxTokens => (None, limit),
        };
        let instructions = (!request.instructions.is_empty()).then(|| {
            let content = request.instructions.as_str();
            match config.role {
                InstructionsRole::System => Message::System { content },
                InstructionsRole::Developer => Message::Developer { content },
            }
        });
        Self {
            model: &config.server.model,
            messages: instructions.into_iter().chain(request.turns.iter().map(message)).collect(),
            tools: request.tools.iter().map(function).collect(),
            response_format: request.format.as_ref().map(format),
            max_completion_tokens,
            max_tokens,
            stream: true,
            stream_options: StreamOptions { include_usage: true },
        }
    }
}

fn message(turn: &ChatTurn) -> Message<'_> {
    match turn {
        ChatTurn::User(content) => Message::User { content },
        ChatTurn::Assistant { text, calls } => Message::Assistant {
            // Nothing was said beside the calls. Without calls there must be words, if only none.
            content: (calls.is_empty() || !text.is_empty()).then_some(text.as_str()),
            tool_calls: calls.iter().map(called).collect(),
        },
        ChatTurn::Tool { call, content } => Message::Tool { tool_call_id: call, content },
    }
}

fn called(call: &ToolCall) -> Typed<CallOf<'_>> {
    let function = Called { name: &call.name, arguments: &call.arguments };
    Typed { kind: "function", value: CallOf { id: &call.id, function } }
}

fn function(tool: &Tool) -> Typed<Function<'_>> {
    let Tool { name, description, parameters } = tool;
    let function = Described { name, description, parameters, strict: false };
    Typed { kind: "function", value: Function { function } }
}

fn format(format: &JsonFormat) -> Format<'_> {
    let JsonFormat { name, schema } = format;
    Format { kind: "json_schema", json_schema: Schema { name, schema, strict: true } }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Window;

    fn config() -> OpenAiChatConfig {
        let window = Window { tokens: 1000, answer_tokens: 200 };
        OpenAiChatConfig::new("https://a.example/v1", None, "m", window).unwrap()
    }

    fn sent(request: &ChatRequest, config: &OpenAiChatConfig) -> Value {
        serde_json::to_value(Body::of(request, config)).unwrap()
    }

    #[test]
    fn a_request_holds_what_was_said_and_what_may_be_called() {
        let call = ToolCall { id: "call_A".into(), name: "find".into(), arguments: r#"{"q":"key"}"#.into() };
        let parameters = json!({ "type": "object", "properties": { "q": { "type": "string" } } });
        let request = ChatRequest {
            instructions: "Be kind.".into(),
            turns: vec![
                ChatTurn::User("Where is it?".into()),
                ChatTurn::Assistant { text: String::new(), calls: vec![call] },
                ChatTurn::Tool { call: "call_A".into(), content: "[]".into() },
                ChatTurn::Assistant { text: "Nowhere.".into(), calls: Vec::new() },
                ChatTurn::User("Look again".into()),
            ],
            tools: vec![Tool { name: "find", description: "Finds.", parameters: parameters.clone() }],
            format: Some(JsonFormat { name: "reply", schema: json!({ "type": "object" }) }),
            max_answer_tokens: 50,
        };
        let call = json!({ "id": "call_A", "type": "function",
            "function": { "name": "find", "arguments": "{\"q\":\"key\"}" } });
        let expected = json!({
            "model": "m",
            "messages": [
                { "role": "system", "content": "Be kind." },
                { "role": "user", "content": "Where is it?" },
                { "role": "assistant", "content": null, "tool_calls": [call] },
                { "role": "tool", "tool_call_id": "call_A", "content": "[]" },
                { "role": "assistant", "content": "Nowhere." },
                { "role": "user", "content": "Look again" },
            ],
            "tools": [{ "type": "function", "function": {
                "name": "find", "description": "Finds.", "parameters": parameters, "strict": false } }],
            "response_format": { "type": "json_schema", "json_schema": {
                "name": "reply", "schema": { "type": "object" }, "strict": true } },
            "max_completion_tokens": 50,
            "stream": true,
            "stream_options": { "include_usage": true },
        });
        assert_eq!(sent(&request, &config()), expected);
    }

    #[test]
    fn servers_with_ways_of_their_own_are_spoken_to_in_those() {
        let request = ChatRequest {
            instructions: "Be kind.".into(),
            turns: vec![ChatTurn::User("Hello".into())],
            max_answer_tokens: 9000,
            ..ChatRequest::default()
        };
        let config =
            config().instructions_role(InstructionsRole::Developer).answer_limit(AnswerLimit::MaxTokens);
        let expected = json!({
            "model": "m",
            "messages": [{ "role": "developer", "content": "Be kind." }, { "role": "user", "content": "Hello" }],
            "max_tokens": 200,
            "stream": true,
            "stream_options": { "include_usage": true },
        });
        assert_eq!(sent(&request, &config), expected);
    }

    #[test]
    fn nothing_is_sent_as_instructions_where_there_are_none_and_no_limit_means_the_models() {
        let request = ChatRequest { turns: vec![ChatTurn::User("Hello".into())], ..ChatRequest::default() };
        let sent = sent(&request, &config());
        assert_eq!(sent["messages"], json!([{ "role": "user", "content": "Hello" }]));
        assert_eq!(sent["max_completion_tokens"], 200);
    }
}
