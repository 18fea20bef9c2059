//! Texts that a server does not take.

use app_ai::Embedder;
use app_ai::openai::OpenAiEmbedder;

use crate::openai::FakeOpenAi;
use crate::played::{SMALL, config, each_alone, embed, is_rejected, is_unavailable, small};

#[tokio::test]
async fn a_text_that_is_too_long_is_placed_by_its_beginning() {
    let fake = FakeOpenAi::start();
    fake.change(|rules| (rules.max_input_tokens, rules.token_bytes) = (50, 3));
    let model = OpenAiEmbedder::new(config(&fake, SMALL, 64).limits(10, 50, 500)).unwrap();
    let long = "Où est la clé ? 护照在抽屉里 🎉 ".repeat(100);
    let vectors = embed(&model, &["one", &long, "two"]).await;
    assert!(vectors.iter().all(Result::is_ok));
    let seen = fake.take_seen();
    assert_eq!(seen.len(), 1, "nothing was refused");
    let sent = seen[0].inputs()[1];
    assert!(long.starts_with(sent) && sent.len() > 50, "{sent}");
    assert_eq!(each_alone(&model, &[sent]).await[0], vectors[1]);
}

/// Noise has more tokens than one would think.
#[tokio::test]
async fn a_text_of_more_tokens_than_estimated_is_cut_until_it_fits() {
    let fake = FakeOpenAi::start();
    fake.change(|rules| (rules.max_input_tokens, rules.token_bytes) = (100, 1));
    let model = OpenAiEmbedder::new(config(&fake, SMALL, 64).limits(10, 100, 1000)).unwrap();
    let noise = "qzxkvjw".repeat(200);
    let vectors = embed(&model, &["one", &noise, "two"]).await;
    assert!(vectors.iter().all(Result::is_ok), "{vectors:?}");
    let seen = fake.take_seen();
    let mut sent = seen.iter().flat_map(|seen| seen.inputs()).filter(|input| noise.starts_with(input));
    assert_eq!(sent.next_back().map(str::len), Some(100));
    assert_eq!(vectors[0], each_alone(&model, &["one"]).await[0]);
}

#[tokio::test]
async fn requests_of_more_tokens_than_estimated_are_halved() {
    let fake = FakeOpenAi::start();
    fake.change(|rules| (rules.max_request_tokens, rules.token_bytes) = (100, 1));
    let model = OpenAiEmbedder::new(config(&fake, SMALL, 64).limits(100, 100, 100)).unwrap();
    let texts: Vec<_> = (0..9).map(|number| format!("lighthouse number {number}")).collect();
    let texts: Vec<_> = texts.iter().map(String::as_str).collect();
    let vectors = embed(&model, &texts).await;
    assert_eq!(vectors, each_alone(&model, &texts).await);
    assert!(vectors.iter().all(Result::is_ok));
}

#[tokio::test]
async fn a_text_that_is_refused_costs_no_other() {
    for explains in [true, false] {
        let fake = FakeOpenAi::start();
        fake.change(|rules| (rules.refused_text, rules.explains) = (Some("poison".to_owned()), explains));
        let model = small(&fake);
        let mut texts: Vec<_> = (0..40).map(|number| format!("text {number}")).collect();
        texts[7] = "poison".to_owned();
        texts[31] = format!("{}poison", "word ".repeat(30));
        let texts: Vec<_> = texts.iter().map(String::as_str).collect();
        let vectors = embed(&model, &texts).await;
        for (at, vector) in vectors.iter().enumerate() {
            assert_eq!(is_rejected(vector), [7, 31].contains(&at), "{at} {vector:?}");
            assert_eq!(vector.is_ok(), ![7, 31].contains(&at), "{at} {vector:?}");
        }
        // Two in forty: six halvings each, and one request to see that any text is taken.
        let requests = fake.take_seen().len();
        assert!(requests <= 2 * 2 * 6 + 2, "{requests}");
    }
}

#[tokio::test]
async fn a_refused_text_alone_is_told_from_a_model_that_refuses_everything() {
    let fake = FakeOpenAi::start();
    fake.change(|rules| rules.refused_text = Some("poison".to_owned()));
    let vectors = embed(&small(&fake), &["poison"]).await;
    assert!(is_rejected(&vectors[0]));
    assert!(!format!("{vectors:?}").contains("poison"));

    for explains in [true, false] {
        let fake = FakeOpenAi::start();
        fake.change(|rules| (rules.refused_text, rules.explains) = (Some(String::new()), explains));
        let model = small(&fake);
        let texts: Vec<_> = (0..600).map(|number| format!("text {number}")).collect();
        let texts: Vec<_> = texts.iter().map(String::as_str).collect();
        assert!(embed(&model, &texts).await.iter().all(is_unavailable));
        assert_eq!(fake.take_seen().len(), 3, "once, and the harmless text in both encodings");
        // It may have been a passing fault of the server.
        fake.change(|rules| rules.refused_text = None);
        assert!(embed(&model, &texts).await.iter().all(Result::is_ok));
        assert_eq!(fake.take_seen()[0].body["encoding_format"], "base64");
    }
}

#[tokio::test]
async fn a_wrong_setting_is_no_fault_of_the_texts() {
    let fake = FakeOpenAi::start();
    let unknown = OpenAiEmbedder::new(config(&fake, "no-such-model", 64)).unwrap();
    let asks_in_vain = config(&fake, "text-embedding-ada-002", 64).sends_dimensions(true);
    let asks_in_vain = OpenAiEmbedder::new(asks_in_vain).unwrap();
    let too_many = OpenAiEmbedder::new(config(&fake, SMALL, 4096)).unwrap();
    for model in [unknown, asks_in_vain, too_many] {
        assert!(embed(&model, &["one", "two"]).await.iter().all(is_unavailable), "{}", model.name());
        assert_eq!(fake.take_seen().len(), 1, "{}", model.name());
    }
}
