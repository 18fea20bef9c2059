//! An answer, read event by event.

use serde::Deserialize;
use serde_json::Value;

use super::calls::{CallPiece, Calls};
use crate::openai::failure::Failure;
use crate::openai::tokens::Meter;
use crate::{ChatEvent, Finish, Usage};

/// One event of an answer. What it holds beside this is of no use here.
#[derive(Deserialize)]
struct Chunk {
    choices: Option<Vec<Choice>>,
    usage: Option<Value>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Option<Delta>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
    refusal: Option<String>,
    tool_calls: Option<Vec<CallPiece>>,
}

/// An answer, as far as it has come.
pub(super) struct Reading {
    calls: Calls,
    finish: Option<Finish>,
    has_refused: bool,
    usage: Option<Usage>,
    /// What was asked, and what was said, in case that nobody says what it cost.
    prompt_tokens: usize,
    said: Meter,
}

impl Reading {
    /// Nothing yet, of an answer to so much.
    pub(super) fn new(prompt_tokens: usize) -> Self {
        Self {
            calls: Calls::default(),
            finish: None,
            has_refused: false,
            usage: None,
            prompt_tokens,
            said: Meter::default(),
        }
    }

    /// Whether all has been said, but perhaps not what it cost.
    pub(super) fn is_finished(&self) -> bool {
        self.finish.is_some()
    }

    /// Takes the next event. Returns the words in it.
    ///
    /// # Errors
    /// If it cannot be read, or tells of an error.
    pub(super) fn take(&mut self, event: &str) -> Result<Option<String>, Failure> {
        let chunk: Chunk =
            serde_json::from_str(event).map_err(|_| Failure::Corrupt("an event of it cannot be read"))?;
        if let Some(error) = chunk.error {
            return Err(Failure::within(error));
        }
        self.usage = chunk.usage.as_ref().and_then(usage).or(self.usage);
        // There is one choice, or none where the event is about something else.
        let Some(choice) = chunk.choices.into_iter().flatten().next() else { return Ok(None) };
        let mut words = String::new();
        if let Some(delta) = choice.delta {
            words.push_str(&delta.content.unwrap_or_default());
            let refusal = delta.refusal.unwrap_or_default();
            self.has_refused |= !refusal.is_empty();
            words.push_str(&refusal);
            delta.tool_calls.into_iter().flatten().try_for_each(|piece| self.calls.add(piece))?;
        }
        self.said.add(&words);
        self.finish = choice.finish_reason.as_deref().and_then(finish).or(self.finish);
        Ok((!words.is_empty()).then_some(words))
    }

    /// What is left to be told at the end.
    ///
    /// # Errors
    /// If a call of a tool makes no sense.
    pub(super) fn end(self) -> Result<Vec<ChatEvent>, Failure> {
        let finish = match self.finish.unwrap_or(Finish::Complete) {
            _ if self.has_refused => Finish::Refused,
            // Some say "stop" whatever was said, and some "tool_calls" when there are none.
            Finish::Complete if !self.calls.is_empty() => Finish::ToolCalls,
            Finish::ToolCalls if self.calls.is_empty() => Finish::Complete,
            finish => finish,
        };
        // Where an answer was cut, so may be the last call in it.
        let calls = if finish == Finish::ToolCalls { self.calls.end()? } else { Vec::new() };
        let mut said = self.said;
        let usage = self.usage.unwrap_or_else(|| {
            let said = calls.iter().fold(said.add(""), |_, call| {
                said.add(&call.name);
                said.add(&call.arguments)
            });
            let [prompt_tokens, completion_tokens] = [self.prompt_tokens, said].map(bounded);
            Usage { prompt_tokens, completion_tokens }
        });
        let calls = calls.into_iter().map(ChatEvent::ToolCall);
        Ok(calls.chain([ChatEvent::Usage(usage), ChatEvent::Finished(finish)]).collect())
    }
}

fn finish(reason: &str) -> Option<Finish> {
    match reason {
        "" => None,
        "length" => Some(Finish::Length),
        "tool_calls" | "function_call" => Some(Finish::ToolCalls),
        "content_filter" => Some(Finish::Refused),
        _ => Some(Finish::Complete),
    }
}

fn usage(usage: &Value) -> Option<Usage> {
    let tokens = |field: &str| usage[field].as_u64().map(|tokens| bounded(tokens as usize));
    let prompt_tokens = tokens("prompt_tokens")?;
    // Some leave it out where nothing was said.
    Some(Usage { prompt_tokens, completion_tokens: tokens("completion_tokens").unwrap_or_default() })
}

fn bounded(tokens: usize) -> u32 {
    u32::try_from(tokens).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ToolCall;

    /// The words of an answer and what it ends with.
    fn read(events: &[&str]) -> Result<(String, Vec<ChatEvent>), Failure> {
        let mut reading = Reading::new(100);
        let mut words = String::new();
        for event in events {
            words.push_str(&reading.take(event)?.unwrap_or_default());
        }
        Ok((words, reading.end()?))
    }

    fn finish_of(events: &[&str]) -> Finish {
        match read(events).unwrap().1.last() {
            Some(ChatEvent::Finished(finish)) => *finish,
            other => panic!("{other:?}"),
        }
    }

    const CALL: &str = r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a",
        "function":{"name":"find","arguments":"{}"}}]},"finish_reason":null}]}"#;

    #[test]
    fn every_end_has_its_meaning() {
        let end = |reason: &str| format!(r#"{{"choices":[{{"delta":{{}},"finish_reason":"{reason}"}}]}}"#);
        for (reason, alone, with_a_call) in [
            ("stop", Finish::Complete, Finish::ToolCalls),
            ("length", Finish::Length, Finish::Length),
            ("content_filter", Finish::Refused, Finish::Refused),
            ("tool_calls", Finish::Complete, Finish::ToolCalls),
            ("function_call", Finish::Complete, Finish::ToolCalls),
            ("eos", Finish::Complete, Finish::ToolCalls),
        ] {
            assert_eq!(finish_of(&[&end(reason)]), alone, "{reason}");
            assert_eq!(finish_of(&[CALL, &end(reason)]), with_a_call, "{reason}");
        }
        let refusal = r#"{"choices":[{"delta":{"refusal":"I cannot"},"finish_reason":null}]}"#;
        assert_eq!(finish_of(&[refusal, &end("stop")]), Finish::Refused);
        assert_eq!(read(&[refusal, &end("stop")]).unwrap().0, "I cannot");
    }

    #[test]
    fn a_call_that_may_have_been_cut_is_none() {
        let (_, events) = read(&[CALL, r#"{"choices":[{"delta":{},"finish_reason":"length"}]}"#]).unwrap();
        assert!(!events.iter().any(|event| matches!(event, ChatEvent::ToolCall(_))), "{events:?}");
    }

    #[test]
    fn the_cost_is_what_the_server_says_or_else_estimated() {
        let cost = |events: &[&str]| {
            let (_, events) = read(events).unwrap();
            let usages = events.into_iter().filter_map(|event| match event {
                ChatEvent::Usage(usage) => Some([usage.prompt_tokens, usage.completion_tokens]),
                _ => None,
            });
            usages.collect::<Vec<_>>()
        };
        let hello = r#"{"choices":[{"delta":{"content":"Hello there"}}],"usage":null}"#;
        let said = r#"{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}"#;
        assert_eq!(cost(&[hello, said]), [[7, 3]]);
        assert_eq!(cost(&[said, hello]), [[7, 3]], "what came once is kept");
        assert_eq!(cost(&[hello]), [[100, 4]]);
        assert!(cost(&[hello, CALL])[0][1] > 4);
        for nonsense in ["{}", "7", r#"{"prompt_tokens":-1}"#, r#"{"prompt_tokens":"7"}"#] {
            let event = format!(r#"{{"choices":[],"usage":{nonsense}}}"#);
            assert_eq!(cost(&[hello, &event]), [[100, 4]], "{nonsense}");
        }
        let huge = r#"{"usage":{"prompt_tokens":18446744073709551615,"completion_tokens":5000000000}}"#;
        assert_eq!(cost(&[huge]), [[u32::MAX, u32::MAX]]);
    }

    #[test]
    fn what_is_not_known_is_passed_over() {
        let odd = r#"{"id":7,"object":null,"choices":[{"index":0,"delta":{"role":"assistant","content":"Hi",
            "reasoning":"hm","annotations":[]},"logprobs":{},"finish_reason":""}],"obfuscation":"xyz","moderation":{}}"#;
        let nothing =
            [r#"{}"#, r#"{"choices":null}"#, r#"{"choices":[{}]}"#, r#"{"choices":[{"delta":null}]}"#];
        let (words, events) = read(&[&[odd], &nothing[..]].concat()).unwrap();
        assert_eq!((words.as_str(), events.len()), ("Hi", 2));
    }

    #[test]
    fn what_is_no_event_is_corrupt_and_an_error_is_an_error() {
        for bad in ["", "{", "[]", "7", r#"{"choices":{}}"#, r#"{"choices":[{"delta":{"content":7}}]}"#] {
            assert!(matches!(read(&[bad]), Err(Failure::Corrupt(_))), "{bad}");
        }
        let error = r#"{"error":{"type":"server_error","message":"sk-secret"}}"#;
        let failed = read(&[error]).unwrap_err();
        assert!(matches!(failed, Failure::Passing { .. }) && !format!("{failed:?}").contains("secret"));
    }

    #[test]
    fn calls_are_told_whole_and_before_the_end() {
        let (_, events) = read(&[CALL]).unwrap();
        let call = ToolCall { id: "a".into(), name: "find".into(), arguments: "{}".into() };
        assert_eq!(events[0], ChatEvent::ToolCall(call));
        assert!(matches!(events[1..], [ChatEvent::Usage(_), ChatEvent::Finished(Finish::ToolCalls)]));
    }
}
