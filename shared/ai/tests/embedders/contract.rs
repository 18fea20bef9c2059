//! What the port promises, whoever keeps it.

use app_ai::openai::{OpenAiConfig, OpenAiEmbedder};
use app_ai::{BuiltIn, Embedder, Purpose};

use crate::openai::{FakeOpenAi, KeyHeader, Model};
use crate::played::{SMALL, config};

const PURPOSES: [Purpose; 2] = [Purpose::Query, Purpose::Document];

/// Texts as people have them, and as they should not be.
fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "Anna's birthday is on 14 May",
        "when was Anna born?",
        "Der Schlüssel hängt hinter der blauen Tür",
        "où est la clé de ma voiture",
        "Где лежит паспорт?",
        "护照在抽屉里",
        "パスポートは引き出しの中",
        "여권은 서랍에 있어",
        "جواز السفر في الدرج",
        "דרכון במגירה",
        "पासपोर्ट दराज में है",
        "หนังสือเดินทางอยู่ในลิ้นชัก",
        "🎉🎉 party",
        "heron-42",
        "a\u{0}b\u{202e}c\u{301}\u{301}\u{301}",
        "\\\"}]} \u{7f} ' OR 1=1 --",
    ]
    .map(str::to_owned)
    .into();
    texts.push("A long story about the sea and its lighthouse. ".repeat(400));
    texts.push("x".repeat(20_000));
    texts
}

fn length(vector: &[f32]) -> f64 {
    vector.iter().map(|&number| f64::from(number) * f64::from(number)).sum::<f64>().sqrt()
}

/// Fails if the embedder does not do what the port says.
async fn keeps_the_contract(model: &dyn Embedder) {
    assert!((1..=255).contains(&model.name().len()), "{}", model.name());
    assert!(model.name().contains(&model.dimensions().to_string()), "{}", model.name());
    for purpose in PURPOSES {
        has_one_vector_of_length_one_for_each_text(model, purpose).await;
        places_nothing_nowhere(model, purpose).await;
        places_a_text_whatever_stands_beside_it(model, purpose).await;
        places_alike_what_is_alike(model, purpose).await;
    }
}

async fn has_one_vector_of_length_one_for_each_text(model: &dyn Embedder, purpose: Purpose) {
    let texts = texts();
    let vectors = model.embed(&texts, purpose).await;
    assert_eq!(vectors.len(), texts.len());
    for (text, vector) in texts.iter().zip(vectors) {
        let vector = vector.unwrap();
        assert_eq!(vector.len(), model.dimensions());
        assert!((length(&vector) - 1.0).abs() < 1e-5, "{text}");
    }
}

async fn places_nothing_nowhere(model: &dyn Embedder, purpose: Purpose) {
    assert!(model.embed(&[], purpose).await.is_empty());
    let nowhere = vec![0.0; model.dimensions()];
    for text in ["", " ", "\r\n\t", "\u{3000}\u{a0}", "\u{0}\u{7}"] {
        assert_eq!(model.embed_one(text, purpose).await, Ok(nowhere.clone()), "{text:?}");
    }
    let mixed = ["", "key", " ", "lighthouse", ""].map(str::to_owned);
    let vectors = model.embed(&mixed, purpose).await;
    for (text, vector) in mixed.iter().zip(vectors) {
        assert_eq!(vector == Ok(nowhere.clone()), text.trim().is_empty(), "{text:?}");
    }
}

async fn places_a_text_whatever_stands_beside_it(model: &dyn Embedder, purpose: Purpose) {
    let texts = texts();
    let together = model.embed(&texts, purpose).await;
    assert_eq!(model.embed(&texts, purpose).await, together, "the same again");

    let mut reversed = texts.clone();
    reversed.reverse();
    let mut backwards = model.embed(&reversed, purpose).await;
    backwards.reverse();
    assert_eq!(backwards, together, "in another order");

    let twice: Vec<_> = texts.iter().flat_map(|text| [text.clone(), text.clone()]).collect();
    let vectors = model.embed(&twice, purpose).await;
    assert!(vectors.chunks(2).zip(&together).all(|(pair, one)| pair[0] == *one && pair[1] == *one));
    for (text, vector) in texts.iter().zip(together) {
        assert_eq!(model.embed_one(text, purpose).await, vector, "alone: {text}");
    }
}

async fn places_alike_what_is_alike(model: &dyn Embedder, purpose: Purpose) {
    let texts = ["the key of the red car", "key of the red car, spare", "seven pancakes with honey"];
    let vectors = model.embed(&texts.map(str::to_owned), purpose).await;
    let [one, alike, other] = [0, 1, 2].map(|at| vectors[at].clone().unwrap());
    let near = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    assert!(near(&one, &alike) > near(&one, &other) + 0.2);
}

#[tokio::test]
async fn the_built_in_model_keeps_the_contract() {
    keeps_the_contract(&BuiltIn).await;
}

#[tokio::test]
async fn the_vendors_models_keep_the_contract() {
    let fake = FakeOpenAi::start();
    for (model, dimensions) in
        [(SMALL, 512), ("text-embedding-3-large", 3072), ("text-embedding-ada-002", 1536)]
    {
        keeps_the_contract(&OpenAiEmbedder::new(config(&fake, model, dimensions)).unwrap()).await;
    }
}

#[tokio::test]
async fn a_model_in_small_batches_keeps_the_contract() {
    let fake = FakeOpenAi::start();
    fake.change(|rules| {
        (rules.max_inputs, rules.max_input_tokens, rules.max_request_tokens) = (3, 3000, 4000)
    });
    let config = config(&fake, SMALL, 64).limits(3, 3000, 4000);
    keeps_the_contract(&OpenAiEmbedder::new(config).unwrap()).await;
}

#[tokio::test]
async fn a_model_that_knows_no_base64_and_wants_prefixes_keeps_the_contract() {
    let fake = FakeOpenAi::start();
    fake.change(|rules| {
        rules.models = vec![Model { id: "own-model", dimensions: 96, takes_dimensions: false }];
        (rules.takes_base64, rules.explains, rules.key_header) = (false, false, KeyHeader::None);
    });
    let config = OpenAiConfig::new(&fake.base_url(), None, "own-model", 96).unwrap();
    let config = config.prefixes("search_query: ", "search_document: ").unwrap();
    keeps_the_contract(&OpenAiEmbedder::new(config).unwrap()).await;
}
