//! How long is waited, and for what.

use std::time::{Duration, Instant};

use app_ai::Finish;
use app_ai::openai::OpenAiChat;

use crate::openai::{FakeOpenAi, Fault, Script};
use crate::played::{Told, ask, config, ms, question, unavailable};

async fn timed(fake: &FakeOpenAi, patience: [u64; 3], attempts: u32) -> (Told, Duration) {
    let [first_byte, idle, whole] = patience.map(ms);
    let config = config(fake).patience(first_byte, idle, whole).retries(attempts, ms(1));
    let start = Instant::now();
    let told = ask(&OpenAiChat::new(config).unwrap(), question("Hello")).await;
    (told, start.elapsed())
}

#[tokio::test]
async fn a_first_byte_that_does_not_come_is_asked_for_again() {
    let fake = FakeOpenAi::start();
    fake.fail(Fault::Silence);
    let (told, took) = timed(&fake, [200, 3000, 6000], 3).await;
    assert_eq!((told.finish, fake.take_seen().len()), (Some(Finish::Complete), 2));
    assert!((ms(200)..ms(1500)).contains(&took), "{took:?}");

    // The head of the answer is not its first byte.
    fake.answer(Script::new().wait_first(ms(3000)));
    let (told, took) = timed(&fake, [200, 3000, 6000], 3).await;
    assert_eq!((told.finish, fake.take_seen().len()), (Some(Finish::Complete), 2));
    assert!((ms(200)..ms(1500)).contains(&took), "{took:?}");
}

#[tokio::test]
async fn silence_between_two_events_ends_an_answer() {
    let fake = FakeOpenAi::start();
    fake.answer(Script::text("one ").stall());
    let (told, took) = timed(&fake, [3000, 300, 9000], 3).await;
    assert_eq!((told.text.as_str(), told.error), ("one ", unavailable("it took too long")));
    assert!((ms(290)..ms(1500)).contains(&took), "{took:?}");
    // Shorter silences do not, however many there are.
    let script = (0..6).fold(Script::new(), |script, _| script.wait(ms(100)).say("x"));
    fake.answer(script);
    let (told, took) = timed(&fake, [3000, 300, 9000], 3).await;
    assert_eq!((told.text.as_str(), told.finish), ("xxxxxx", Some(Finish::Complete)));
    assert!(took >= ms(590), "{took:?}");
}

#[tokio::test]
async fn an_answer_ends_in_time_however_lively_the_server_is() {
    let fake = FakeOpenAi::start();
    let endless = (0..200).fold(Script::new(), |script, _| script.wait(ms(20)).say("x"));
    fake.answer(endless);
    let (told, took) = timed(&fake, [300, 300, 600], 3).await;
    assert_eq!(told.error, unavailable("it took too long"));
    assert!(told.pieces > 3 && told.finish.is_none());
    assert!((ms(590)..ms(1500)).contains(&took), "{took:?}");
}

#[tokio::test]
async fn a_call_ends_in_time_however_often_it_is_tried() {
    let fake = FakeOpenAi::start();
    (0..100).for_each(|_| fake.fail(Fault::Silence));
    let (told, took) = timed(&fake, [200, 200, 700], 100).await;
    assert_eq!(told.error, unavailable("it took too long"));
    assert!((ms(690)..ms(1600)).contains(&took), "{took:?}");
    assert!((3..=5).contains(&fake.take_seen().len()));
}

#[tokio::test]
async fn a_cost_that_never_comes_costs_no_answer() {
    let fake = FakeOpenAi::start();
    let end = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
    fake.answer(Script::text("one").event(end).stall());
    let (told, took) = timed(&fake, [3000, 200, 6000], 3).await;
    assert_eq!((told.text.as_str(), told.finish, told.error), ("one", Some(Finish::Complete), None));
    assert!(took < ms(1500), "{took:?}");
}
