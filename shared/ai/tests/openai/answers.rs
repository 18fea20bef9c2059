//! What is asked, and what is made of what a server says.

use app_ai::openai::{AnswerLimit, InstructionsRole, KeyHeader, OpenAiChat, OpenAiChatConfig};
use app_ai::{ChatModel, ChatTurn, Finish, JsonFormat, ModelError, Tool, Usage, Window};
use serde_json::{Value, json};

use crate::openai::{self, FakeOpenAi, Script};
use crate::played::{ask, ask_luna, call, config, is_corrupt, luna, question, unavailable};

fn finder() -> Tool {
    let parameters = json!({ "type": "object", "properties": { "q": { "type": "string" } } });
    Tool { name: "find", description: "Finds memories.", parameters }
}

#[tokio::test]
async fn words_come_one_by_one_and_then_the_cost_and_the_end() {
    let fake = FakeOpenAi::start();
    fake.answer(Script::text("It hangs behind the door. 🎉").usage(30, 12));
    let told = ask_luna(&fake).await;
    assert_eq!((told.text.as_str(), told.pieces), ("It hangs behind the door. 🎉", 6));
    assert_eq!(told.usage, Some(Usage { prompt_tokens: 30, completion_tokens: 12 }));
    assert_eq!((told.finish, told.error), (Some(Finish::Complete), None));
}

#[tokio::test]
async fn a_request_has_what_the_vendor_knows_and_nothing_else() {
    let fake = FakeOpenAi::start();
    ask_luna(&fake).await;
    let seen = fake.take_seen();
    assert_eq!((seen.len(), seen[0].path), (1, "chat/completions"));
    let expected = json!({
        "model": "gpt-6-luna",
        "messages": [
            { "role": "system", "content": "Be kind." },
            { "role": "user", "content": "Where is the key?" },
        ],
        "max_completion_tokens": 500,
        "stream": true,
        "stream_options": { "include_usage": true },
    });
    assert_eq!(seen[0].body, expected);
}

#[tokio::test]
async fn servers_with_ways_of_their_own_are_spoken_to_in_those() {
    let fake = FakeOpenAi::start();
    fake.change(|rules| rules.key_header = openai::KeyHeader::ApiKey);
    let key = Some(FakeOpenAi::KEY.to_owned().into());
    let window = Window { tokens: 8000, answer_tokens: 100 };
    let url = format!("{}/?api-version=preview", fake.base_url());
    let config = OpenAiChatConfig::new(&url, key, "gpt-4.1", window)
        .unwrap()
        .key_header(KeyHeader::ApiKey)
        .instructions_role(InstructionsRole::Developer)
        .answer_limit(AnswerLimit::MaxTokens);
    let model = OpenAiChat::new(config).unwrap();
    assert_eq!((model.name(), model.window()), ("gpt-4.1", window));
    let told = ask(&model, question("Hello")).await;
    assert_eq!(told.text, "You said: Hello");
    let seen = fake.take_seen();
    assert_eq!(seen[0].query.as_deref(), Some("api-version=preview"));
    assert_eq!(seen[0].body["messages"][0]["role"], "developer");
    assert_eq!(
        (&seen[0].body["max_tokens"], &seen[0].body["max_completion_tokens"]),
        (&json!(100), &Value::Null)
    );
}

#[tokio::test]
async fn everybody_can_have_a_key_of_their_own() {
    let fake = FakeOpenAi::start();
    fake.change(|rules| rules.further_keys.push("sk-of-ada".to_owned()));
    let config = config(&fake).key("sk-wrong".to_owned().into()).unwrap();
    let model = OpenAiChat::new(config).unwrap();
    let refused = ask(&model, question("Hello")).await;
    assert_eq!(refused.error, unavailable("it refuses every request, status 401, invalid_api_key"));
    let of_ada = model.with_key("sk-of-ada".to_owned().into()).unwrap();
    assert_eq!(ask(&of_ada, question("Hello")).await.finish, Some(Finish::Complete));
    assert!(model.with_key("two words".to_owned().into()).is_err());
    let shown = format!("{model:?} {of_ada:?}");
    assert!(!shown.contains("sk-"), "{shown}");
}

#[tokio::test]
async fn tools_are_called_and_what_came_of_it_goes_back() {
    let fake = FakeOpenAi::start();
    let calls = [("call_A", "find", r#"{"q":"Schlüssel 🔑"}"#), ("call_B", "find", r#"{"q":"key"}"#)];
    fake.answer(Script::text("I look. ").calls(&calls));
    let mut request = question("Where is the key?");
    request.tools = vec![finder()];
    let told = ask(&luna(&fake), request.clone()).await;
    assert_eq!(told.calls, calls.map(|(id, name, arguments)| call(id, name, arguments)));
    assert_eq!((told.text.as_str(), told.finish), ("I look. ", Some(Finish::ToolCalls)));

    request.turns.push(ChatTurn::Assistant { text: told.text, calls: told.calls });
    for id in ["call_A", "call_B"] {
        request.turns.push(ChatTurn::Tool {
            call: id.to_owned(),
            content: "[1] It hangs behind the door.".to_owned(),
        });
    }
    let told = ask(&luna(&fake), request).await;
    assert_eq!((told.text.as_str(), told.error), ("It hangs behind the door. [1]", None));
}

#[tokio::test]
async fn an_answer_has_the_shape_that_is_wanted() {
    let fake = FakeOpenAi::start();
    let schema = json!({ "type": "object", "required": ["say"], "additionalProperties": false,
        "properties": { "say": { "type": "string" } } });
    let mut request = question("Hello");
    request.format = Some(JsonFormat { name: "reply", schema });
    let told = ask(&luna(&fake), request).await;
    let answer: Value = serde_json::from_str(&told.text).unwrap();
    assert_eq!(answer, json!({ "say": "You said: Hello" }));
}

#[tokio::test]
async fn what_compatible_servers_do_otherwise_is_understood() {
    let whole = |index: Value, id: &str, arguments: Value| json!([{ "index": index, "id": id, "type": "function", "function": { "name": "find", "arguments": arguments } }]);
    for script in [
        // Whole calls with arguments as an object, no index, an ordinary end, no [DONE].
        Script::new()
            .piece(whole(Value::Null, "a", json!({ "q": "x" })))
            .piece(whole(Value::Null, "b", json!({ "q": "y" })))
            .without_done(),
        Script::new().piece(whole(json!(0), "a", json!(r#"{"q":"x"}"#))).piece(whole(
            json!(0),
            "b",
            json!(r#"{"q":"y"}"#),
        )),
        Script::new().calls(&[("a", "find", r#"{"q":"x"}"#), ("b", "find", r#"{"q":"y"}"#)]).finish("stop"),
    ] {
        let fake = FakeOpenAi::start();
        fake.answer(script.clone().usage(7, 3).usage_with_finish());
        let told = ask_luna(&fake).await;
        assert_eq!(
            told.calls,
            [call("a", "find", r#"{"q":"x"}"#), call("b", "find", r#"{"q":"y"}"#)],
            "{script:?}"
        );
        assert_eq!(told.finish, Some(Finish::ToolCalls), "{script:?}");
        assert_eq!(told.usage, Some(Usage { prompt_tokens: 7, completion_tokens: 3 }), "{script:?}");
    }
}

#[tokio::test]
async fn every_end_has_its_meaning() {
    let fake = FakeOpenAi::start();
    for (script, finish) in [
        (Script::text("a b").finish("length"), Finish::Length),
        (Script::text("a b").finish("content_filter"), Finish::Refused),
        (Script::new().refuse("a ").refuse("b"), Finish::Refused),
        (Script::text("a b").finish("eos_token"), Finish::Complete),
        (Script::text("a b").without_finish(), Finish::Complete),
        (Script::text("a b").without_done(), Finish::Complete),
        // All is said. What came behind would only have been the cost.
        (
            Script::text("a b").event(r#"{"choices":[{"delta":{},"finish_reason":"length"}]}"#).cut(),
            Finish::Length,
        ),
    ] {
        fake.answer(script.clone());
        let told = ask_luna(&fake).await;
        assert_eq!((told.text.as_str(), told.finish), ("a b", Some(finish)), "{script:?}");
        assert!(told.usage.is_some(), "{script:?}");
    }
}

#[tokio::test]
async fn a_cost_that_is_not_told_is_estimated_from_above() {
    let fake = FakeOpenAi::start();
    fake.answer(Script::text("It hangs behind the blue door.").without_usage());
    let usage = ask_luna(&fake).await.usage.unwrap();
    // Seven words are asked, six are said, and each is a token at least.
    assert!(
        (7..60).contains(&usage.prompt_tokens) && (6..30).contains(&usage.completion_tokens),
        "{usage:?}"
    );
}

#[tokio::test]
async fn what_says_nothing_is_passed_over() {
    let fake = FakeOpenAi::start();
    let script = Script::new().no_choices().say("one ").comments().event("").say("two").no_choices();
    fake.answer(script.event(r#"{"choices":[{"index":0,"delta":{"reasoning":"hm"}}],"moderation":{}}"#));
    let told = ask_luna(&fake).await;
    assert_eq!((told.text.as_str(), told.finish), ("one two", Some(Finish::Complete)));
}

#[tokio::test]
async fn arguments_that_are_no_json_are_left_as_they_are() {
    let fake = FakeOpenAi::start();
    fake.answer(Script::new().call("a", "find", r#"{"q": oops"#));
    assert_eq!(ask_luna(&fake).await.calls, [call("a", "find", r#"{"q": oops"#)]);
}

#[tokio::test]
async fn what_makes_no_sense_is_corrupt() {
    let fake = FakeOpenAi::start();
    let piece = "x".repeat(40_000);
    let long =
        json!([{ "index": 0, "id": "a", "function": { "name": "find", "arguments": "x".repeat(66_000) } }]);
    let many = (0..33).fold(Script::new(), |script, at| script.call(&format!("c{at}"), "find", "{}"));
    for (script, is_begun) in [
        (Script::text("one ").event("{oops"), true),
        (Script::text("one ").event(&format!(r#"{{"x":"{}"}}"#, "x".repeat(1024 * 1024))), true),
        (Script::text("one ").piece(long), true),
        (Script::text("one ").piece(json!([{ "index": 0, "id": "a" }])).finish("tool_calls"), true),
        ((0..120).fold(Script::new(), |script, _| script.say(&piece)), true),
        (many, false),
    ] {
        fake.answer(script.clone());
        let told = ask_luna(&fake).await;
        assert!(is_corrupt(&told) && told.finish.is_none(), "{:?}", told.error);
        assert_eq!(!told.text.is_empty(), is_begun);
        assert_eq!(fake.take_seen().len(), 1, "it is not asked again");
    }
    // A page of the hotel's network, and an answer in one piece.
    for body in ["<html>Sign in</html>", r#"{"choices":[{"message":{"content":"Hi"}}]}"#] {
        fake.fail(openai::Fault::Body(body.to_owned()));
        assert!(is_corrupt(&ask_luna(&fake).await), "{body}");
    }
}

#[tokio::test]
async fn a_request_that_is_too_long_is_told_from_a_bad_one() {
    let fake = FakeOpenAi::start();
    fake.change(|rules| rules.max_context_tokens = 520);
    assert_eq!(ask(&luna(&fake), question(&"word ".repeat(200))).await.error, Some(ModelError::TooLong));
    fake.change(|rules| rules.refused_text = Some("poison".to_owned()));
    let refused = ask(&luna(&fake), question("poison")).await.error;
    assert!(matches!(&refused, Some(ModelError::Rejected(why)) if !why.contains("poison")), "{refused:?}");
    assert_eq!(fake.take_seen().len(), 2);
}
