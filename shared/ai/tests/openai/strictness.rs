//! The played vendor refuses what the vendor refuses, with its errors.

use serde_json::{Value, json};

use crate::openai::{FakeOpenAi, Fault, Script};

/// Posts JSON, and returns the status and the answer.
async fn post(fake: &FakeOpenAi, body: &Value) -> (u16, Value) {
    let url = format!("{}/chat/completions", fake.base_url());
    let request = reqwest::Client::new().post(url).bearer_auth(FakeOpenAi::KEY).json(body);
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap_or_default())
}

fn good() -> Value {
    json!({ "model": "gpt-6-luna", "messages": [{ "role": "user", "content": "Hello" }] })
}

/// The good request with one field changed.
fn with(field: &str, value: Value) -> Value {
    let mut body = good();
    body[field] = value;
    body
}

fn tool(name: &str, parameters: Value) -> Value {
    json!([{ "type": "function", "function": { "name": name, "parameters": parameters } }])
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said() {
    let fake = FakeOpenAi::start();
    let object = json!({ "type": "object" });
    let format = |schema: Value| json!({ "type": "json_schema", "json_schema": schema });
    for (body, param) in [
        (with("colour", json!("red")), "colour"),
        (with("model", json!(7)), "model"),
        (json!({ "model": "gpt-6-luna" }), "messages"),
        (with("messages", json!([])), "messages"),
        (with("messages", json!([{ "role": "user" }])), "messages[0].content"),
        (with("messages", json!([{ "role": "boss", "content": "x" }])), "messages[0].role"),
        (with("messages", json!([{ "role": "user", "content": "x", "x": 1 }])), "messages[0].x"),
        (with("tools", json!([])), "tools"),
        (with("tools", tool("find it", object.clone())), "tools[0].function.name"),
        (with("tools", tool(&"x".repeat(65), object.clone())), "tools[0].function.name"),
        (with("tools", tool("find", json!({ "type": "string" }))), "tools[0].function.parameters"),
        (with("tool_choice", json!("auto")), "tool_choice"),
        (with("response_format", json!({ "type": "xml" })), "response_format.type"),
        (
            with("response_format", format(json!({ "name": "a b", "schema": object }))),
            "response_format.json_schema.name",
        ),
        (with("response_format", format(json!({ "name": "a" }))), "response_format.json_schema.schema"),
        (with("max_completion_tokens", json!(0)), "max_completion_tokens"),
        (with("max_tokens", json!(10)), "max_tokens"),
        (with("stream", json!("yes")), "stream"),
        (with("stream_options", json!({ "include_usage": true })), "stream_options"),
    ] {
        let (status, answer) = post(&fake, &body).await;
        assert_eq!((status, answer["error"]["param"].as_str()), (400, Some(param)), "{body} {answer}");
        assert_eq!(answer["error"]["type"], "invalid_request_error");
    }
    let (status, answer) = post(&fake, &with("model", json!("gpt-0"))).await;
    assert_eq!((status, &answer["error"]["code"]), (404, &json!("model_not_found")));
    assert_eq!(post(&fake, &good()).await.0, 200);
}

/// Structured outputs need every object to name all of its fields and to allow no others, however deep it lies.
#[tokio::test]
async fn a_strict_schema_leaves_nothing_open() {
    let fake = FakeOpenAi::start();
    let object = |fields: Value, required: &[&str]| {
        let (kind, others) = ("object", false);
        json!({ "type": kind, "properties": fields, "required": required, "additionalProperties": others })
    };
    let text = json!({ "type": "string" });
    let closed = object(json!({ "a": text }), &["a"]);
    let optional = object(json!({ "a": text, "b": text }), &["a"]);
    let mut open = closed.clone();
    open["additionalProperties"] = Value::Null;
    let of = |inner: &Value| object(json!({ "all": { "type": "array", "items": inner } }), &["all"]);
    for (schema, is_closed) in [
        (closed.clone(), true),
        (of(&closed), true),
        (open.clone(), false),
        (optional.clone(), false),
        (of(&open), false),
        (of(&optional), false),
    ] {
        for is_strict in [true, false] {
            let status = if is_closed || !is_strict { 200 } else { 400 };
            let shape = json!({ "name": "a", "schema": schema, "strict": is_strict });
            let format = json!({ "type": "json_schema", "json_schema": shape });
            let (answered, answer) = post(&fake, &with("response_format", format)).await;
            assert_eq!(answered, status, "{schema} {answer}");
            let mut tools = tool("find", schema.clone());
            tools[0]["function"]["strict"] = json!(is_strict);
            let (answered, answer) = post(&fake, &with("tools", tools)).await;
            assert_eq!(answered, status, "{schema} {answer}");
        }
    }
}

#[tokio::test]
async fn both_limits_at_once_are_one_too_many() {
    let fake = FakeOpenAi::start();
    let mut body = with("model", json!("gpt-4.1"));
    body["max_tokens"] = json!(10);
    assert_eq!(post(&fake, &body).await.0, 200);
    body["max_completion_tokens"] = json!(10);
    assert_eq!(post(&fake, &body).await.1["error"]["param"], "max_tokens");
}

#[tokio::test]
async fn every_call_has_one_answer_and_every_answer_its_call() {
    let fake = FakeOpenAi::start();
    let call =
        |id: &str| json!({ "id": id, "type": "function", "function": { "name": "find", "arguments": "{}" } });
    let user = json!({ "role": "user", "content": "Hello" });
    let asks = |ids: &[&str]| {
        let calls: Vec<_> = ids.iter().map(|id| call(id)).collect();
        json!({ "role": "assistant", "content": null, "tool_calls": calls })
    };
    let answers = |id: &str| json!({ "role": "tool", "tool_call_id": id, "content": "[]" });
    for (messages, status) in [
        (json!([user, asks(&["a", "b"]), answers("b"), answers("a")]), 200),
        (json!([user, asks(&["a"]), answers("a"), asks(&["a"]), answers("a")]), 200),
        (json!([user, answers("a")]), 400),
        (json!([user, asks(&["a"])]), 400),
        (json!([user, asks(&["a", "b"]), answers("a")]), 400),
        (json!([user, asks(&["a"]), user, answers("a")]), 400),
        (json!([user, asks(&["a"]), answers("a"), answers("a")]), 400),
        (json!([user, asks(&["a"]), answers("b")]), 400),
        (json!([user, asks(&["a", "a"]), answers("a"), answers("a")]), 400),
        (json!([user, asks(&[]), user]), 400),
    ] {
        let (answered, answer) = post(&fake, &with("messages", messages.clone())).await;
        assert_eq!(answered, status, "{messages} {answer}");
    }
}

#[tokio::test]
async fn a_context_that_is_too_long_is_refused_with_the_vendors_code() {
    let fake = FakeOpenAi::start();
    fake.change(|rules| (rules.max_context_tokens, rules.token_bytes) = (100, 1));
    let mut body = good();
    assert_eq!(post(&fake, &body).await.0, 200);
    body["max_completion_tokens"] = json!(99);
    let (status, answer) = post(&fake, &body).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!("context_length_exceeded")));
}

#[tokio::test]
async fn an_answer_may_come_in_one_piece() {
    let fake = FakeOpenAi::start();
    fake.answer(Script::text("I look.").call("a", "find", r#"{"q":"key"}"#).usage(3, 4));
    let (_, answer) = post(&fake, &good()).await;
    let message = &answer["choices"][0]["message"];
    assert_eq!((&message["content"], &message["refusal"]), (&json!("I look."), &Value::Null));
    let call = json!({ "id": "a", "type": "function", "function": { "name": "find", "arguments": "{\"q\":\"key\"}" } });
    assert_eq!(message["tool_calls"], json!([call]));
    assert_eq!(
        (&answer["choices"][0]["finish_reason"], &answer["usage"]["total_tokens"]),
        (&json!("tool_calls"), &json!(7))
    );
    fake.fail(Fault::Truncated);
    let url = format!("{}/chat/completions", fake.base_url());
    let request = reqwest::Client::new().post(url).bearer_auth(FakeOpenAi::KEY).json(&good());
    assert!(request.send().await.unwrap().bytes().await.is_err());
}

#[tokio::test]
async fn what_nobody_has_told_it_follows_from_the_request() {
    let fake = FakeOpenAi::start();
    let material = "Notes:\n[1] The key hangs behind the door.\n[2] Pancakes.\nQuestion: where?";
    let say = |content: &str| with("messages", json!([{ "role": "user", "content": content }]));
    for (body, text, finish) in [
        (say(material), "The key hangs behind the door. [1]", "stop"),
        (say("\n Hello \nthere"), "You said: Hello", "stop"),
    ] {
        let (_, answer) = post(&fake, &body).await;
        assert_eq!(answer["choices"][0]["message"]["content"], text);
        assert_eq!(answer["choices"][0]["finish_reason"], finish);
    }
    let mut short = say("Hello");
    short["max_completion_tokens"] = json!(2);
    let (_, answer) = post(&fake, &short).await;
    assert_eq!(answer["choices"][0]["message"]["content"], "You said");
    assert_eq!(answer["choices"][0]["finish_reason"], "length");
}

#[tokio::test]
async fn the_models_are_listed_for_those_who_have_a_key() {
    let fake = FakeOpenAi::start();
    let url = format!("{}/models", fake.base_url());
    let get = |key: &str| reqwest::Client::new().get(&url).bearer_auth(key).send();
    assert_eq!(get("sk-other").await.unwrap().status(), 401);
    let list: Value = get(FakeOpenAi::KEY).await.unwrap().json().await.unwrap();
    let ids: Vec<_> =
        list["data"].as_array().unwrap().iter().filter_map(|model| model["id"].as_str()).collect();
    for id in ["gpt-6-luna", "text-embedding-3-small", "whisper-1"] {
        assert!(ids.contains(&id), "{ids:?}");
    }
}
