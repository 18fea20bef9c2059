//! What a model says next, and how it comes over the wire.

use std::time::Duration;

use serde_json::{Value, json};

use super::step::{Cost, Manner, Step};

/// What a model says next. Made step by step, in the order in which it comes.
#[derive(Debug, Clone)]
pub struct Script {
    pub(super) steps: Vec<Step>,
    /// Nothing if the answer never says why it ends.
    pub(super) finish: Option<&'static str>,
    pub(super) usage: Cost,
    pub(super) is_usage_with_finish: bool,
    pub(super) is_done_said: bool,
    pub(super) wire: Manner,
}

impl Script {
    /// An answer that says nothing yet.
    pub fn new() -> Self {
        let cuts = Vec::new();
        let wire = Manner { line_end: "\n", has_comments: false, cuts, bytes: None, wait: None };
        Self {
            steps: Vec::new(),
            finish: None,
            usage: Cost::Counted,
            is_usage_with_finish: false,
            is_done_said: true,
            wire,
        }
        .finish("stop")
    }

    /// An answer of these words, one by one.
    pub fn text(text: &str) -> Self {
        text.split_inclusive(' ').fold(Self::new(), Self::say)
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Then these words, in one piece.
    #[must_use]
    pub fn say(self, piece: &str) -> Self {
        self.step(Step::Text(piece.to_owned()))
    }

    /// Then these words of refusal, in one piece.
    #[must_use]
    pub fn refuse(self, piece: &str) -> Self {
        self.step(Step::Refusal(piece.to_owned()))
    }

    /// Then the call of a tool, in pieces as the vendor sends it. The answer ends with `tool_calls`.
    #[must_use]
    pub fn call(self, id: &str, name: &str, arguments: &str) -> Self {
        self.calls(&[(id, name, arguments)])
    }

    /// Then several calls (id, name, arguments), whose pieces come by turns. The answer ends with `tool_calls`.
    #[must_use]
    pub fn calls(mut self, calls: &[(&str, &str, &str)]) -> Self {
        let first = self.began();
        for (index, (id, name, _)) in (first..).zip(calls) {
            let function = json!({ "name": name, "arguments": "" });
            let piece = json!({ "index": index, "id": id, "type": "function", "function": function });
            self = self.piece(json!([piece]));
        }
        let mut rest: Vec<_> = calls.iter().map(|(_, _, arguments)| *arguments).collect();
        while rest.iter().any(|arguments| !arguments.is_empty()) {
            for (index, arguments) in (first..).zip(&mut rest) {
                let (piece, others) =
                    arguments.split_at(arguments.ceil_char_boundary(5.min(arguments.len())));
                if !piece.is_empty() {
                    self = self.piece(json!([{ "index": index, "function": { "arguments": piece } }]));
                }
                *arguments = others;
            }
        }
        self.finish("tool_calls")
    }

    /// Then these pieces of calls, for servers that have a way of their own.
    #[must_use]
    pub fn piece(self, tool_calls: Value) -> Self {
        self.step(Step::Calls(tool_calls))
    }

    /// How many calls have begun.
    fn began(&self) -> usize {
        let pieces = self.steps.iter().filter_map(|step| match step {
            Step::Calls(pieces) => pieces.as_array(),
            _ => None,
        });
        pieces.flatten().filter(|piece| piece["id"].is_string()).count()
    }

    /// Then an event with this in it, whatever it is.
    #[must_use]
    pub fn event(self, data: &str) -> Self {
        self.step(Step::Event(data.to_owned()))
    }

    /// Then an event about nothing that is said.
    #[must_use]
    pub fn no_choices(self) -> Self {
        self.event(r#"{"id":"chatcmpl-t1","object":"chat.completion.chunk","choices":[],"usage":null}"#)
    }

    /// Then an error with this type and code, and nothing after it.
    #[must_use]
    pub fn error(self, kind: &str, code: Option<&str>) -> Self {
        let message = "The server had an error, sk-secret-of-tests";
        let error = json!({ "message": message, "type": kind, "param": null, "code": code });
        self.event(&json!({ "error": error }).to_string()).cut()
    }

    /// Then nothing for so long.
    #[must_use]
    pub fn wait(self, pause: Duration) -> Self {
        self.step(Step::Wait(pause))
    }

    /// Then nothing any more, although the connection stays open.
    #[must_use]
    pub fn stall(self) -> Self {
        self.step(Step::Stall)
    }

    /// Then the connection is closed.
    #[must_use]
    pub fn cut(self) -> Self {
        self.step(Step::Cut)
    }

    /// Comes so long after its head.
    #[must_use]
    pub fn wait_first(mut self, pause: Duration) -> Self {
        self.wire.wait = Some(pause);
        self
    }

    /// Ends for this reason.
    #[must_use]
    pub fn finish(mut self, reason: &'static str) -> Self {
        self.finish = Some(reason);
        self
    }

    /// Ends without a reason.
    #[must_use]
    pub fn without_finish(mut self) -> Self {
        self.finish = None;
        self
    }

    /// Ends without `[DONE]`.
    #[must_use]
    pub fn without_done(mut self) -> Self {
        self.is_done_said = false;
        self
    }

    /// Costs so many tokens, whatever was asked and said.
    #[must_use]
    pub fn usage(mut self, prompt_tokens: u32, completion_tokens: u32) -> Self {
        self.usage = Cost::Told { prompt_tokens, completion_tokens };
        self
    }

    /// Does not say what it cost.
    #[must_use]
    pub fn without_usage(mut self) -> Self {
        self.usage = Cost::Untold;
        self
    }

    /// Says what it cost in the event that says why it ends.
    #[must_use]
    pub fn usage_with_finish(mut self) -> Self {
        self.is_usage_with_finish = true;
        self
    }

    /// Ends its lines otherwise.
    #[must_use]
    pub fn line_end(mut self, line_end: &'static str) -> Self {
        self.wire.line_end = line_end;
        self
    }

    /// Has a comment before each event.
    #[must_use]
    pub fn comments(mut self) -> Self {
        self.wire.has_comments = true;
        self
    }

    /// Comes in pieces of so many bytes, over and over, wherever that cuts it.
    #[must_use]
    pub fn cut_into(mut self, bytes: &[usize]) -> Self {
        self.wire.cuts = bytes.iter().map(|&bytes| bytes.max(1)).collect();
        self
    }

    /// Breaks off after so many bytes, whatever is in them.
    #[must_use]
    pub fn cut_after_bytes(mut self, bytes: usize) -> Self {
        self.wire.bytes = Some(bytes);
        self
    }

    /// All the words in it.
    pub(super) fn words(&self) -> String {
        let words = self.steps.iter().filter_map(|step| match step {
            Step::Text(text) | Step::Refusal(text) => Some(text.as_str()),
            _ => None,
        });
        words.collect()
    }
}

impl Default for Script {
    fn default() -> Self {
        Self::new()
    }
}
