//! What is made of what a server answers.

use app_ai::openai::OpenAiEmbedder;
use app_ai::{Embedder, Purpose};

use crate::openai::{FakeOpenAi, Fault};
use crate::played::{SMALL, config, each_alone, embed, is_corrupt, is_unavailable, small};

const TEXTS: [&str; 3] = ["a key", "a lighthouse", "a pancake"];

#[tokio::test]
async fn vectors_are_told_apart_by_their_index() {
    let fake = FakeOpenAi::start();
    let model = small(&fake);
    let expected = each_alone(&model, &TEXTS).await;
    assert!(expected.iter().all(Result::is_ok) && expected[0] != expected[1]);
    fake.fail(Fault::BACKWARDS);
    assert_eq!(embed(&model, &TEXTS).await, expected);
}

#[tokio::test]
async fn an_answer_that_does_not_fit_the_question_is_corrupt() {
    let fake = FakeOpenAi::start();
    let model = small(&fake);
    let list = |data: &str| Fault::Body(format!(r#"{{"object":"list","data":{data}}}"#));
    for fault in [
        Fault::MISSING,
        Fault::REPEATED,
        Fault::WRONG_INDEX,
        list("[]"),
        list("null"),
        list(r#"[{"index":0}]"#),
        Fault::Body("{}".to_owned()),
        Fault::Body(String::new()),
        Fault::Body("<html>Sign in to the hotel's network</html>".to_owned()),
        Fault::Body("[".repeat(100_000)),
        Fault::Body("x".repeat(500_000)),
    ] {
        fake.fail(fault.clone());
        let vectors = embed(&model, &TEXTS).await;
        assert!(vectors.len() == 3 && vectors.iter().all(is_corrupt), "{fault:?}");
        assert_eq!(fake.take_seen().len(), 1);
    }
    assert!(embed(&model, &TEXTS).await.iter().all(Result::is_ok));
}

#[tokio::test]
async fn one_corrupt_vector_costs_no_other() {
    let fake = FakeOpenAi::start();
    let model = small(&fake);
    let expected = embed(&model, &TEXTS).await;
    for takes_base64 in [true, false] {
        fake.change(|rules| rules.takes_base64 = takes_base64);
        embed(&model, &TEXTS).await;
        for fault in [Fault::WRONG_DIMENSION, Fault::NOT_A_NUMBER, Fault::NO_DIRECTION] {
            fake.fail(fault.clone());
            let vectors = embed(&model, &TEXTS).await;
            assert!(is_corrupt(&vectors[0]), "{fault:?} {:?}", vectors[0]);
            assert_eq!(vectors[1..], expected[1..], "{fault:?}");
        }
    }
}

#[tokio::test]
async fn a_model_of_other_dimensions_than_it_should_have_is_noticed() {
    let fake = FakeOpenAi::start();
    let model = OpenAiEmbedder::new(config(&fake, "text-embedding-ada-002", 512)).unwrap();
    assert!(is_corrupt(&model.embed_one("key", Purpose::Query).await));
}

#[tokio::test]
async fn base64_is_given_up_where_it_is_not_known() {
    for explains in [true, false] {
        let fake = FakeOpenAi::start();
        let model = small(&fake);
        let expected = embed(&model, &TEXTS).await;
        fake.change(|rules| (rules.takes_base64, rules.explains) = (false, explains));
        fake.take_seen();
        // Numbers are written out to the last digit that matters.
        assert_eq!(embed(&model, &TEXTS).await, expected);
        assert!(fake.take_seen().len() > 1);
        assert_eq!(embed(&model, &TEXTS).await, expected);
        assert_eq!(fake.take_seen().len(), 1, "it is remembered");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (fake, other) = (FakeOpenAi::start(), FakeOpenAi::start());
    let model = OpenAiEmbedder::new(config(&fake, SMALL, 64)).unwrap();
    fake.fail(Fault::Redirect(format!("{}/embeddings", other.base_url())));
    assert!(embed(&model, &TEXTS).await.iter().all(is_unavailable));
    assert!(other.take_seen().is_empty());
    assert_eq!(fake.take_seen().len(), 1);
}
