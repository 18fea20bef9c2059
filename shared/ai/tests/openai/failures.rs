//! Servers that do not answer, not now, or not to the end.

use std::time::Instant;

use app_ai::openai::OpenAiChat;
use app_ai::{ChatEvent, ChatModel, Finish, ModelError};
use futures_util::StreamExt;

use crate::openai::{FakeOpenAi, Fault, Script};
use crate::played::{Told, ask, ask_luna, config, luna, ms, question, unavailable};

/// An answer that ends with an error.
fn error(kind: &str, code: Option<&str>) -> Script {
    Script::text("one two ").error(kind, code)
}

#[tokio::test]
async fn what_passes_is_tried_again_until_it_has_passed() {
    let fake = FakeOpenAi::start();
    for fault in [
        Fault::RateLimit(None),
        Fault::RateLimit(Some(("retry-after-ms", "1".to_owned()))),
        Fault::Status(408),
        Fault::Status(409),
        Fault::Status(500),
        Fault::Status(503),
        Fault::Page(502),
        Fault::Silence,
        Fault::Late(ms(700)),
    ] {
        fake.fail(fault.clone());
        fake.fail(Fault::Status(500));
        let told = ask_luna(&fake).await;
        assert_eq!((told.finish, told.error), (Some(Finish::Complete), None), "{fault:?}");
        assert_eq!(fake.take_seen().len(), 3, "{fault:?}");
    }
}

#[tokio::test]
async fn what_does_not_pass_is_given_up_after_some_attempts() {
    let fake = FakeOpenAi::start();
    (0..3).for_each(|_| fake.fail(Fault::Status(500)));
    assert_eq!(ask_luna(&fake).await.error, unavailable("status 500, server_error"));
    assert_eq!(fake.take_seen().len(), 3);
    (0..3).for_each(|_| fake.fail(Fault::RateLimit(None)));
    assert_eq!(ask_luna(&fake).await.error, Some(ModelError::Throttled));
}

#[tokio::test]
async fn a_server_is_left_alone_as_long_as_it_asks() {
    let fake = FakeOpenAi::start();
    fake.fail(Fault::RateLimit(Some(("retry-after", "1".to_owned()))));
    let start = Instant::now();
    assert_eq!(ask_luna(&fake).await.finish, Some(Finish::Complete));
    assert!((ms(1000)..ms(2500)).contains(&start.elapsed()), "{:?}", start.elapsed());

    fake.fail(Fault::RateLimit(Some(("retry-after", "60".to_owned()))));
    let start = Instant::now();
    assert_eq!(ask_luna(&fake).await.error, Some(ModelError::Throttled));
    assert!(start.elapsed() < ms(1000), "nobody can wait so long");
    assert_eq!(fake.take_seen().len(), 3);
}

#[tokio::test]
async fn what_no_waiting_helps_against_is_not_tried_again() {
    let fake = FakeOpenAi::start();
    for fault in
        [Fault::NoFunds, Fault::Status(400), Fault::Status(401), Fault::Status(403), Fault::Status(404)]
    {
        fake.fail(fault.clone());
        let told = ask_luna(&fake).await;
        let is_rejected = matches!(told.error, Some(ModelError::Rejected(_)));
        let is_unavailable = matches!(told.error, Some(ModelError::Unavailable(_)));
        assert!(if matches!(fault, Fault::Status(400)) { is_rejected } else { is_unavailable }, "{fault:?}");
        assert_eq!(fake.take_seen().len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_before_its_first_event_is_asked_for_again() {
    let fake = FakeOpenAi::start();
    for bytes in [0, 20] {
        fake.answer(Script::text("lost").cut_after_bytes(bytes));
    }
    fake.answer(Script::text("found"));
    assert_eq!(ask_luna(&fake).await.text, "found");
    assert_eq!(fake.take_seen().len(), 3);

    fake.fail(Fault::Truncated);
    assert_eq!(ask_luna(&fake).await.error, unavailable("the answer was cut off"));
    assert_eq!(fake.take_seen().len(), 1, "its first event had come");
}

#[tokio::test]
async fn an_answer_that_has_begun_is_not_asked_for_again() {
    let fake = FakeOpenAi::start();
    for (script, error) in [
        (Script::text("one two ").cut(), "the answer was cut off"),
        (Script::text("one two ").without_finish().without_done(), "the answer was cut off"),
        (Script::text("one two ").stall(), "it took too long"),
        (error("server_error", None), "status 500, server_error"),
        (error("insufficient_quota", None), "it refuses every request, status 429, insufficient_quota"),
    ] {
        fake.answer(script.clone());
        let told = ask_luna(&fake).await;
        assert_eq!(
            told,
            Told { text: "one two ".into(), pieces: 2, error: unavailable(error), ..Told::default() }
        );
        assert_eq!(fake.take_seen().len(), 1, "{script:?}");
    }
}

#[tokio::test]
async fn an_error_inside_an_answer_means_what_it_means_outside() {
    let fake = FakeOpenAi::start();
    for (script, meant) in [
        (error("requests", Some("rate_limit_exceeded")), ModelError::Throttled),
        (error("invalid_request_error", Some("context_length_exceeded")), ModelError::TooLong),
    ] {
        fake.answer(script);
        assert_eq!(ask_luna(&fake).await.error, Some(meant));
    }
}

#[tokio::test]
async fn nothing_that_a_server_says_is_repeated() {
    let fake = FakeOpenAi::start();
    let secret = ["sk-secret", "my diary"];
    let model = luna(&fake).with_key("sk-secret-of-ada".to_owned().into()).unwrap();
    let refused = ask(&model, question("my diary")).await;
    fake.change(|rules| rules.refused_text = Some("my diary".to_owned()));
    let rejected = ask(&luna(&fake), question("my diary")).await;
    fake.change(|rules| rules.refused_text = None);
    fake.answer(error("sk-secret", Some("sk-secret")));
    let broken = ask_luna(&fake).await;
    for told in [refused, rejected, broken] {
        let shown = format!("{:?} {}", told.error, told.error.as_ref().unwrap());
        assert!(secret.iter().all(|secret| !shown.contains(secret)), "{shown}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_nobody_at_the_address_is_unavailable() {
    let (fake, other) = (FakeOpenAi::start(), FakeOpenAi::start());
    fake.fail(Fault::Redirect(format!("{}/chat/completions", other.base_url())));
    assert!(matches!(ask_luna(&fake).await.error, Some(ModelError::Unavailable(_))));
    assert!(other.take_seen().is_empty());
    let model = luna(&fake);
    drop(fake);
    assert_eq!(ask(&model, question("Hello")).await.error, unavailable("it could not be reached"));
}

#[tokio::test]
async fn who_does_not_listen_any_more_hangs_up() {
    let fake = FakeOpenAi::start();
    for script in
        [Script::text("one two ").stall(), Script::text("one two ").wait(ms(200)).say("three").stall()]
    {
        fake.answer(script);
        let mut stream = luna(&fake).chat(question("Hello")).await.unwrap();
        assert_eq!(stream.next().await, Some(Ok(ChatEvent::Delta("one ".to_owned()))));
        let before = fake.disconnects();
        drop(stream);
        let start = Instant::now();
        while fake.disconnects() == before {
            assert!(start.elapsed() < ms(3000), "the server still talks");
            tokio::time::sleep(ms(5)).await;
        }
    }
    // Whoever listens to the end does not.
    let before = fake.disconnects();
    ask_luna(&fake).await;
    tokio::time::sleep(ms(50)).await;
    assert_eq!(fake.disconnects(), before);
}

#[tokio::test]
async fn many_conversations_at_once_do_not_mix() {
    let fake = FakeOpenAi::start();
    let model = OpenAiChat::new(config(&fake).patience(ms(5000), ms(5000), ms(20_000))).unwrap();
    let asked = (0..60).map(|number| {
        let model = &model;
        async move { (number, ask(model, question(&format!("question {number}"))).await) }
    });
    for (number, told) in futures_util::future::join_all(asked).await {
        assert_eq!(told.text, format!("You said: question {number}"), "{:?}", told.error);
    }
}
