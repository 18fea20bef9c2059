//! A model that fails, in every way it can.

use std::time::Duration;

use app_testing::openai::{Fault, Script};
use serde_json::{Value, json};

use crate::ear::{Ear, names};
use crate::stage::{Setup, Stage};

/// How an answer goes wrong, and what is said of it: the answer's status, its type, and why the call failed.
struct Case {
    name: &'static str,
    spoil: fn(&Stage),
    answer: (u16, &'static str),
    call: &'static str,
}

const UNAVAILABLE: (u16, &str) = (503, "ModelUnavailable");

/// Nothing of the answer comes.
const CASES: &[Case] = &[
    Case { name: "silence", spoil: |it| all(it, &Fault::Silence), answer: UNAVAILABLE, call: "unavailable" },
    Case {
        name: "too many requests",
        spoil: |it| all(it, &Fault::RateLimit(None)),
        answer: (503, "ModelThrottled"),
        call: "throttled",
    },
    Case {
        name: "come back tomorrow",
        spoil: |it| it.openai.fail(Fault::RateLimit(Some(("retry-after", "86400".to_owned())))),
        answer: (503, "ModelThrottled"),
        call: "throttled",
    },
    Case {
        name: "no funds",
        spoil: |it| it.openai.fail(Fault::NoFunds),
        answer: UNAVAILABLE,
        call: "unavailable",
    },
    Case {
        name: "401",
        spoil: |it| it.openai.fail(Fault::Status(401)),
        answer: UNAVAILABLE,
        call: "unavailable",
    },
    Case { name: "500", spoil: |it| all(it, &Fault::Status(500)), answer: UNAVAILABLE, call: "unavailable" },
    Case { name: "a page", spoil: |it| all(it, &Fault::Page(502)), answer: UNAVAILABLE, call: "unavailable" },
    Case {
        name: "not in events",
        spoil: |it| it.openai.fail(Fault::Body("{}".to_owned())),
        answer: UNAVAILABLE,
        call: "corrupt",
    },
    Case {
        name: "unknown model",
        spoil: |it| it.openai.change(|rules| rules.chat_models.clear()),
        answer: UNAVAILABLE,
        call: "unavailable",
    },
    Case {
        name: "another key",
        spoil: |it| it.openai.change(|rules| rules.key_header = app_testing::openai::KeyHeader::ApiKey),
        answer: UNAVAILABLE,
        call: "unavailable",
    },
    Case {
        name: "more than it reads",
        spoil: |it| it.openai.change(|rules| rules.max_context_tokens = 100),
        answer: (422, "TooLong"),
        call: "tooLong",
    },
    Case {
        name: "what it does not take",
        spoil: |it| it.openai.change(|rules| rules.refused_text = Some("Memo".to_owned())),
        answer: (422, "ModelRejected"),
        call: "rejected",
    },
];

/// As often as the model is asked.
fn all(stage: &Stage, fault: &Fault) {
    (0..3).for_each(|_| stage.openai.fail(fault.clone()));
}

async fn impatient() -> Stage {
    Stage::with(Setup { patience: Duration::from_secs(1), ..Setup::default() }).await
}

/// The two messages of the newest conversation: the question and the answer.
async fn kept(stage: &Stage) -> [Value; 2] {
    let talks = stage.get("/ai/conversations").await;
    let talk = talks["conversations"][0]["id"].as_str().unwrap();
    let messages = stage.get(&format!("/ai/conversations/{talk}/messages")).await;
    let [answer, question] = messages["messages"].as_array().unwrap().as_slice() else {
        panic!("{messages}")
    };
    [question.clone(), answer.clone()]
}

#[tokio::test]
async fn what_goes_wrong_before_the_first_word_is_said_kept_and_free() {
    for Case { name, spoil, answer: (status, kind), call } in CASES {
        let stage = impatient().await;
        spoil(&stage);
        let reply = stage.ask(&json!({"message": "Where is the key?"})).await;
        assert_eq!(
            (reply.status.as_u16(), reply.error_type()),
            (*status, json!(kind)),
            "{name}: {}",
            reply.text
        );
        assert!(!reply.text.contains("sk-secret"), "{name}");
        stage.openai.forget_faults();
        spoil(&stage);
        let question = json!({"message": "Where is the key?"});
        let events = Ear::ask(&stage.streams, &stage.me, &question).await.all().await;
        assert_eq!(names(&events), ["start", "error"], "{name}");
        let error = &events[1].data["error"];
        assert_eq!((&error["code"], &error["type"]), (&json!(status), &json!(kind)), "{name}");

        let [question, answer] = kept(&stage).await;
        assert_eq!(question["text"], "Where is the key?", "{name}");
        assert_eq!((&answer["text"], &answer["answer"]["status"]), (&json!(""), &json!("failed")), "{name}");
        let calls = stage.calls().await;
        assert_eq!(calls.len(), 2, "{name}");
        for noted in &calls {
            assert_eq!((&noted["status"], &noted["failure"]), (&json!("failed"), &json!(call)), "{name}");
        }
        let usage = stage.get("/ai/usage").await;
        assert_eq!(
            (&usage["today"]["tokensUsed"], &usage["today"]["costUsd"]),
            (&json!(0), &json!(0.0)),
            "{name}"
        );
        assert_eq!(
            (&usage["days"][0]["calls"], &usage["days"][0]["failed"]),
            (&json!(2), &json!(2)),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_model_that_comes_back_soon_is_waited_for_and_paid_once() {
    let stage = Stage::new().await;
    stage.openai.fail(Fault::RateLimit(Some(("retry-after", "1".to_owned()))));
    stage.openai.fail(Fault::Status(503));
    stage.openai.answer(Script::text("Here I am.").usage(100, 10));
    let answer = stage.answer(&json!({"message": "Are you there?"})).await;
    assert_eq!((answer["response"].as_str(), stage.asked().len()), (Some("Here I am."), 3));
    let calls = stage.calls().await;
    let [call] = calls.as_slice() else { panic!("{calls:?}") };
    assert_eq!((&call["promptTokens"], &call["completionTokens"]), (&json!(100), &json!(10)));
    assert_eq!(stage.get("/ai/usage").await["today"]["tokensUsed"], 110);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_kept_as_far_as_it_came() {
    let begun = || Script::text("The key hangs ");
    for (name, script, failure, call) in [
        ("500", begun().error("server_error", None), "unavailable", "unavailable"),
        ("429", begun().error("requests", Some("rate_limit_exceeded")), "throttled", "throttled"),
        ("malformed", begun().event("{\"choices\": [").cut(), "unavailable", "corrupt"),
        ("cut", begun().cut(), "unavailable", "unavailable"),
        (
            "cut within an event",
            begun().say("by the door ").cut_after_bytes(1_150),
            "unavailable",
            "unavailable",
        ),
        ("silence", begun().stall(), "unavailable", "unavailable"),
        ("content filter", begun().finish("content_filter"), "refused", "refused"),
        ("refusal", begun().refuse("no more"), "refused", "refused"),
        ("too long", begun().finish("length"), "tooLong", "tooLong"),
    ] {
        let stage = impatient().await;
        stage.openai.answer(script.clone());
        let answer = stage.answer(&json!({"message": "Where is the key?"})).await;
        assert_eq!(
            (&answer["status"], &answer["failure"]),
            (&json!("interrupted"), &json!(failure)),
            "{name}"
        );
        assert!(answer["response"].as_str().unwrap().starts_with("The key "), "{name}: {answer}");
        stage.openai.answer(script);
        let question = json!({"message": "Where is the key?"});
        let events = Ear::ask(&stage.streams, &stage.me, &question).await.all().await;
        assert_eq!(names(&events), ["start", "delta", "error"], "{name}");
        let [_, kept] = kept(&stage).await;
        assert_eq!(
            (&kept["text"], &kept["answer"]["failure"]),
            (&answer["response"], &json!(failure)),
            "{name}"
        );
        for noted in stage.calls().await {
            assert_eq!((&noted["status"], &noted["failure"]), (&json!("failed"), &json!(call)), "{name}");
            assert!(noted["promptTokens"].as_u64().unwrap() > 0, "{name}: it was read");
        }
        let tokens = async || stage.get("/ai/usage").await["today"]["tokensUsed"].as_u64().unwrap();
        assert!(tokens().await < 2_000 + 2 * 2_000, "{name}: nothing stays reserved");
    }
}

#[tokio::test]
async fn an_answer_that_says_nothing_is_none() {
    for (name, script, kind) in [
        ("no words", Script::new(), "ModelUnavailable"),
        ("no choices", Script::new().no_choices().without_finish(), "ModelUnavailable"),
        ("only a mark that names nothing", Script::text("[7]"), "ModelUnavailable"),
        ("content filter", Script::new().finish("content_filter"), "ModelRefused"),
    ] {
        let stage = Stage::new().await;
        stage.openai.answer(script);
        let reply = stage.ask(&json!({"message": "Where is the key?"})).await;
        assert_eq!(reply.error_type(), json!(kind), "{name}: {}", reply.text);
        assert_eq!(kept(&stage).await[1]["answer"]["status"], "failed", "{name}");
    }
}

#[tokio::test]
async fn a_question_that_the_model_cannot_hold_is_not_even_sent() {
    let stage = Stage::with(Setup { window: 4_000, ..Setup::default() }).await;
    let reply = stage.ask(&json!({"message": "word ".repeat(2_000)})).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (422, json!("TooLong")));
    assert_eq!((stage.asked().len(), stage.calls().await.len()), (0, 0));
    assert_eq!(stage.answer(&json!({"message": "word"})).await["status"], "complete");
}

#[tokio::test]
async fn other_work_fails_as_clearly() {
    for (name, script, status, call) in [
        ("no JSON", Script::text("I would rather talk."), 503, "corrupt"),
        ("another shape", Script::text(r#"{"places": 7, "summary": 7}"#), 503, "corrupt"),
        ("half", Script::text(r#"{"places": ["#).finish("length"), 503, "corrupt"),
        ("a tool", Script::new().call("call_1", "create_memory", "{}"), 503, "corrupt"),
        ("refusal", Script::new().refuse("No."), 422, "refused"),
        ("cut", Script::text(r#"{"places": ["#).cut(), 503, "unavailable"),
    ] {
        let stage = Stage::new().await;
        stage.category("Journeys").await;
        for path in ["/ai/categorize", "/ai/summarize"] {
            stage.openai.answer(script.clone());
            let reply = stage.post(path, &json!({"content": "The train to Lisbon leaves at noon."})).await;
            assert_eq!(reply.status.as_u16(), status, "{name} {path}: {}", reply.text);
            let noted = &stage.calls().await[0];
            assert_eq!(
                (&noted["status"], &noted["failure"]),
                (&json!("failed"), &json!(call)),
                "{name} {path}"
            );
        }
    }
    let stage = Stage::new().await;
    all(&stage, &Fault::Status(500));
    let reply = stage.post("/ai/summarize", &json!({"content": "The train to Lisbon leaves at noon."})).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (503, json!("ModelUnavailable")));
    let usage = stage.get("/ai/usage").await;
    assert_eq!(usage["today"]["tokensUsed"], 0, "what never began costs nothing");
}
