//! Servers that do not answer, or not now.

use std::time::{Duration, Instant};

use app_ai::openai::{OpenAiConfig, OpenAiEmbedder};
use app_ai::{Embedder, ModelError, Purpose};

use crate::openai::{FakeOpenAi, Fault};
use crate::played::{SMALL, config, embed, is_unavailable, small};

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[tokio::test]
async fn what_passes_is_tried_again_until_it_has_passed() {
    let fake = FakeOpenAi::start();
    let model = small(&fake);
    let expected = embed(&model, &["one", "two"]).await;
    fake.take_seen();
    for fault in [
        Fault::RateLimit(None),
        Fault::RateLimit(Some(("retry-after", "soon".to_owned()))),
        Fault::Status(408),
        Fault::Status(409),
        Fault::Status(500),
        Fault::Status(503),
        Fault::Page(502),
        Fault::Truncated,
        Fault::Late(ms(700)),
        Fault::Silence,
    ] {
        fake.fail(fault.clone());
        fake.fail(Fault::Status(500));
        assert_eq!(embed(&model, &["one", "two"]).await, expected, "{fault:?}");
        assert_eq!(fake.take_seen().len(), 3, "{fault:?}");
    }
}

#[tokio::test]
async fn what_does_not_pass_is_given_up_after_some_attempts() {
    let fake = FakeOpenAi::start();
    let model = OpenAiEmbedder::new(config(&fake, SMALL, 64).limits(1, 100, 100)).unwrap();
    (0..4).for_each(|_| fake.fail(Fault::Status(500)));
    let unavailable = ModelError::Unavailable("status 500, server_error".to_owned());
    assert_eq!(embed(&model, &["one", "two"]).await, [Err(unavailable.clone()), Err(unavailable)]);
    assert_eq!(fake.take_seen().len(), 4, "and the second text is not tried at all");

    (0..4).for_each(|_| fake.fail(Fault::RateLimit(None)));
    assert_eq!(model.embed_one("one", Purpose::Query).await, Err(ModelError::Throttled));
}

#[tokio::test]
async fn what_was_had_before_a_failure_is_kept() {
    let fake = FakeOpenAi::start();
    let model = OpenAiEmbedder::new(config(&fake, SMALL, 64).limits(1, 100, 100).retries(1, ms(1))).unwrap();
    fake.fail(Fault::Late(ms(0)));
    fake.fail(Fault::Status(500));
    let vectors = embed(&model, &["one", "two", "three"]).await;
    assert!(vectors[0].is_ok() && vectors[1..].iter().all(is_unavailable));
}

#[tokio::test]
async fn a_server_is_left_alone_as_long_as_it_asks() {
    let fake = FakeOpenAi::start();
    let model = small(&fake);
    for (header, value) in [("retry-after-ms", "300"), ("retry-after", "0.3")] {
        fake.fail(Fault::RateLimit(Some((header, value.to_owned()))));
        let start = Instant::now();
        assert!(model.embed_one("one", Purpose::Query).await.is_ok());
        assert!((ms(300)..ms(2000)).contains(&start.elapsed()), "{:?}", start.elapsed());
    }
}

#[tokio::test]
async fn who_is_told_to_come_back_too_late_gives_up_at_once() {
    let fake = FakeOpenAi::start();
    let model = small(&fake);
    for (header, value) in
        [("retry-after", "60"), ("retry-after", "1e300"), ("retry-after-ms", "99999999999")]
    {
        fake.fail(Fault::RateLimit(Some((header, value.to_owned()))));
        let start = Instant::now();
        assert_eq!(model.embed_one("one", Purpose::Query).await, Err(ModelError::Throttled));
        assert!(start.elapsed() < ms(1000));
        assert_eq!(fake.take_seen().len(), 1);
    }
}

#[tokio::test]
async fn what_no_waiting_helps_against_is_not_tried_again() {
    let fake = FakeOpenAi::start();
    let model = small(&fake);
    for fault in [Fault::NoFunds, Fault::Status(401), Fault::Status(403), Fault::Status(404)] {
        fake.fail(fault.clone());
        assert!(embed(&model, &["one", "two"]).await.iter().all(is_unavailable), "{fault:?}");
        assert_eq!(fake.take_seen().len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_call_ends_in_time_whatever_the_server_does() {
    let fake = FakeOpenAi::start();
    let config = config(&fake, SMALL, 64).patience(ms(300), ms(900), ms(200)).retries(100, ms(1));
    let model = OpenAiEmbedder::new(config).unwrap();
    for (purpose, at_most) in [(Purpose::Query, ms(300)), (Purpose::Document, ms(900))] {
        (0..100).for_each(|_| fake.fail(Fault::Silence));
        let start = Instant::now();
        let failed = model.embed_one("one", purpose).await;
        assert_eq!(failed, Err(ModelError::Unavailable("it took too long".to_owned())));
        assert!((at_most - ms(20)..at_most + ms(400)).contains(&start.elapsed()), "{:?}", start.elapsed());
    }
}

#[tokio::test]
async fn texts_that_there_was_no_time_for_can_be_tried_again() {
    let fake = FakeOpenAi::start();
    let config = config(&fake, SMALL, 64).patience(ms(300), ms(500), ms(400)).limits(1, 100, 100);
    let model = OpenAiEmbedder::new(config).unwrap();
    (0..30).for_each(|_| fake.fail(Fault::Late(ms(150))));
    let texts: Vec<_> = (0..30).map(|number| format!("text {number}")).collect();
    let vectors = model.embed(&texts, Purpose::Document).await;
    let done = vectors.iter().take_while(|vector| vector.is_ok()).count();
    assert!((1..=3).contains(&done), "{done}");
    assert!(vectors[done..].iter().all(is_unavailable));
}

#[tokio::test]
async fn nobody_at_the_address_is_unavailable() {
    let gone = FakeOpenAi::start();
    let model = small(&gone);
    assert!(embed(&model, &["one"]).await[0].is_ok());
    drop(gone);
    let failed = embed(&model, &["one"]).await;
    assert_eq!(failed, [Err(ModelError::Unavailable("it could not be reached".to_owned()))]);
}

#[tokio::test]
async fn a_wrong_key_is_said_without_the_key_and_without_the_text() {
    let fake = FakeOpenAi::start();
    let key = Some("sk-wrong-secret".to_owned().into());
    let config = OpenAiConfig::new(&fake.base_url(), key, SMALL, 64).unwrap();
    let failed = embed(&OpenAiEmbedder::new(config).unwrap(), &["my diary"]).await;
    let said = "it refuses every request, status 401, invalid_api_key".to_owned();
    assert_eq!(failed, [Err(ModelError::Unavailable(said))]);
}
