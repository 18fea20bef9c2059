//! What a server is asked.

use app_ai::openai::{KeyHeader, OpenAiConfig, OpenAiEmbedder};
use app_ai::{Embedder, Purpose};
use serde_json::json;

use crate::openai::{self, FakeOpenAi};
use crate::played::{SMALL, config, embed, is_unavailable, small};

#[tokio::test]
async fn a_request_has_what_the_vendor_knows_and_nothing_else() {
    let fake = FakeOpenAi::start();
    embed(&small(&fake), &["one", "two"]).await;
    let ada = OpenAiEmbedder::new(config(&fake, "text-embedding-ada-002", 1536)).unwrap();
    embed(&ada, &["one"]).await;
    let bodies: Vec<_> = fake.take_seen().into_iter().map(|seen| seen.body).collect();
    let small =
        json!({ "model": SMALL, "input": ["one", "two"], "dimensions": 64, "encoding_format": "base64" });
    let ada = json!({ "model": "text-embedding-ada-002", "input": ["one"], "encoding_format": "base64" });
    assert_eq!(bodies, [small, ada]);
}

#[tokio::test]
async fn a_key_travels_in_the_header_that_is_wanted_and_a_query_stays() {
    let fake = FakeOpenAi::start();
    fake.change(|rules| rules.key_header = openai::KeyHeader::ApiKey);
    let key = || Some(FakeOpenAi::KEY.to_owned().into());
    for slash in ["", "/"] {
        let base_url = format!("{}{slash}?api-version=preview", fake.base_url());
        let config = OpenAiConfig::new(&base_url, key(), SMALL, 64).unwrap();
        let azure = OpenAiEmbedder::new(config.key_header(KeyHeader::ApiKey)).unwrap();
        assert!(embed(&azure, &["one"]).await[0].is_ok());
        assert_eq!(fake.take_seen()[0].query.as_deref(), Some("api-version=preview"));
    }
    assert!(is_unavailable(&embed(&small(&fake), &["one"]).await[0]));
}

#[tokio::test]
async fn prefixes_tell_queries_from_documents() {
    let fake = FakeOpenAi::start();
    let config = config(&fake, SMALL, 64).prefixes("query: ", "passage: ").unwrap();
    let model = OpenAiEmbedder::new(config).unwrap();
    assert_eq!(model.name(), "text-embedding-3-small/64/passage: ");
    model.embed_one("key", Purpose::Query).await.unwrap();
    model.embed_one("key", Purpose::Document).await.unwrap();
    // A prefix alone is nothing to find.
    model.embed_one(" ", Purpose::Document).await.unwrap();
    let inputs: Vec<_> = fake.take_seen().iter().map(|seen| seen.inputs().concat()).collect();
    assert_eq!(inputs, ["query: key", "passage: key"]);
}

#[tokio::test]
async fn a_request_holds_as_many_texts_as_the_limits_allow() {
    let fake = FakeOpenAi::start();
    let sizes =
        |fake: &FakeOpenAi| -> Vec<_> { fake.take_seen().iter().map(|seen| seen.inputs().len()).collect() };
    let texts: Vec<_> = (0..8).map(|number| format!("text {number}")).collect();
    let texts: Vec<_> = texts.iter().map(String::as_str).collect();

    fake.change(|rules| rules.max_inputs = 3);
    let model = OpenAiEmbedder::new(config(&fake, SMALL, 64).limits(3, 8000, 8000)).unwrap();
    assert!(embed(&model, &texts).await.iter().all(Result::is_ok));
    assert_eq!(sizes(&fake), [3, 3, 2]);

    // Each is estimated at three tokens.
    let model = OpenAiEmbedder::new(config(&fake, SMALL, 64).limits(100, 10, 17)).unwrap();
    fake.change(|rules| (rules.max_inputs, rules.max_request_tokens) = (100, 17));
    assert!(embed(&model, &texts).await.iter().all(Result::is_ok));
    assert_eq!(sizes(&fake), [5, 3]);

    // A text as long as a whole request may be travels alone.
    let long = "sea ".repeat(17);
    let model = OpenAiEmbedder::new(config(&fake, SMALL, 64).limits(100, 17, 17)).unwrap();
    assert!(embed(&model, &["one", &long, "two"]).await.iter().all(Result::is_ok));
    assert_eq!(sizes(&fake), [1, 1, 1]);
}

#[tokio::test]
async fn nobody_is_asked_about_nothing() {
    let fake = FakeOpenAi::start();
    let model = small(&fake);
    assert!(embed(&model, &[]).await.is_empty());
    assert!(embed(&model, &["", "\n"]).await.iter().all(Result::is_ok));
    assert!(fake.take_seen().is_empty());
    embed(&model, &["", "one", " "]).await;
    assert_eq!(fake.take_seen()[0].inputs(), ["one"]);
}

#[tokio::test]
async fn debugging_shows_neither_key_nor_path() {
    let fake = FakeOpenAi::start();
    let shown = format!("{:?} {:?}", small(&fake), config(&fake, SMALL, 64).retries(1, Default::default()));
    assert!(!shown.contains(FakeOpenAi::KEY), "{shown}");
}
