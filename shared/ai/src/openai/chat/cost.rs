//! What a request costs, where a server does not say.

use crate::openai::tokens::Meter;
use crate::{ChatRequest, ChatTurn};

/// What a message costs beside its words.
const MESSAGE_TOKENS: usize = 4;

/// About how many tokens a request has, or more.
pub(super) fn prompt_tokens(request: &ChatRequest) -> usize {
    let mut meter = Meter::default();
    let mut total = meter.add(&request.instructions);
    for turn in &request.turns {
        match turn {
            ChatTurn::User(text) => total = meter.add(text),
            ChatTurn::Assistant { text, calls } => {
                total = meter.add(text);
                for call in calls {
                    meter.add(&call.name);
                    total = meter.add(&call.arguments);
                }
            }
            ChatTurn::Tool { content, .. } => total = meter.add(content),
        }
    }
    for tool in &request.tools {
        meter.add(tool.name);
        meter.add(tool.description);
        total = meter.add(&tool.parameters.to_string());
    }
    if let Some(format) = &request.format {
        total = meter.add(&format.schema.to_string());
    }
    total + MESSAGE_TOKENS * (request.turns.len() + request.tools.len() + 1)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{JsonFormat, Tool, ToolCall};

    #[test]
    fn all_that_is_sent_counts() {
        let mut request = ChatRequest::default();
        let mut last = prompt_tokens(&request);
        let mut grown = |request: &ChatRequest| {
            let now = prompt_tokens(request);
            let has_grown = now > last;
            last = now;
            has_grown
        };
        request.instructions = "Be kind to everybody.".into();
        assert!(grown(&request));
        request.turns.push(ChatTurn::User("Where?".into()));
        assert!(grown(&request));
        let call = ToolCall { id: "a".into(), name: "find".into(), arguments: "{}".into() };
        request.turns.push(ChatTurn::Assistant { text: "I look".into(), calls: vec![call] });
        assert!(grown(&request));
        request.turns.push(ChatTurn::Tool { call: "a".into(), content: "There".into() });
        assert!(grown(&request));
        request.tools.push(Tool { name: "find", description: "Finds.", parameters: json!({}) });
        assert!(grown(&request));
        request.format = Some(JsonFormat { name: "reply", schema: json!({ "type": "object" }) });
        assert!(grown(&request));
    }
}
