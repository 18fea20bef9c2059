//! What searches find, and what they say about it.

use app_domain::Timestamp;
use serde_json::{Value, json};

use crate::stage::Stage;

#[tokio::test]
async fn a_filter_keeps_what_has_all_tags() {
    let stage = Stage::new().await;
    stage.save("Heron", "by the pond", &["birds"]).await;
    stage.save("Heron in a boat", "on the river", &["birds", "boats"]).await;
    assert_eq!(stage.titles("q=heron&tags=birds&tags=boats").await, ["Heron in a boat"]);
    assert_eq!(stage.titles("q=heron&tags=birds").await.len(), 2);
    let by_body = stage.post(&json!({"q": "heron", "tags": ["birds", "boats"]})).await.json();
    assert_eq!(by_body["results"].as_array().unwrap().len(), 1, "{by_body}");
}

#[tokio::test]
async fn a_space_ends_the_last_word() {
    let stage = Stage::new().await;
    stage.save("Pelican", "on the roof", &[]).await;
    assert_eq!(stage.titles("q=pelic&mode=text").await, ["Pelican"]);
    let ended = stage.page("q=%20pelic%20&mode=text").await;
    assert_eq!((&ended["results"], &ended["query"]["text"]), (&json!([]), &json!("pelic")));
}

#[tokio::test]
async fn highlights_are_safe_to_show() {
    let stage = Stage::new().await;
    stage.save("<b>Heron</b> & \"stork\"", "<script>alert('heron')</script>", &[]).await;
    let page = stage.page("q=heron").await;
    let highlights = &page["results"][0]["highlights"];
    assert_eq!(
        highlights["title"][0], "&lt;b&gt;<mark>Heron</mark>&lt;/b&gt; &amp; &quot;stork&quot;",
        "{highlights}"
    );
    assert_eq!(
        highlights["body"][0], "&lt;script&gt;alert(&#39;<mark>heron</mark>&#39;)&lt;/script&gt;",
        "{highlights}"
    );
}

#[tokio::test]
async fn a_time_in_the_words_is_a_filter() {
    let stage = Stage::new().await;
    let then: Timestamp = "2020-05-01T12:00:00Z".parse().unwrap();
    stage.save_at(then, "A long walk", "in the hills", &[]).await;
    stage.save("A short walk", "in town", &[]).await;

    let before = stage.page("q=walk%20before%202024").await;
    assert_eq!(
        before["query"],
        json!({
            "text": "walk", "mode": "hybrid",
            "interpreted": {"phrase": "before 2024", "dateTo": "2023-12-31T23:59:59.999Z"},
        })
    );
    assert_eq!(stage.titles("q=walk%20before%202024").await, ["A long walk"]);
    assert_eq!(stage.titles("q=before%202024").await, ["A long walk"], "a time alone is enough");
    let inside = stage.page("q=walk%20in%202020&timezone=Europe/Berlin").await;
    assert_eq!(
        inside["query"]["interpreted"],
        json!({
            "phrase": "in 2020",
            "dateFrom": "2019-12-31T23:00:00.000Z", "dateTo": "2020-12-31T22:59:59.999Z",
        })
    );
    for told in ["findDates=false", "dateFrom=2019-01-01T00:00:00Z"] {
        let page = stage.page(&format!("q=walk%20before%202024&{told}")).await;
        assert_eq!(page["query"], json!({"text": "walk before 2024", "mode": "hybrid"}), "{told}");
    }
}

#[tokio::test]
async fn an_explanation_is_given_to_whoever_asks_for_it() {
    let stage = Stage::new().await;
    stage.save("Heron", "by the pond", &[]).await;
    stage.index().await;
    stage.save("Stork", "on the roof", &[]).await;
    assert_eq!(stage.page("q=heron").await["explanation"], Value::Null);
    let by_words = stage.page("q=heron&mode=text&explain=true").await;
    assert_eq!(
        by_words["explanation"],
        json!({"searched": 2, "changes": 1, "byWords": 1, "byMeaning": 0}),
        "no model was asked"
    );
    let by_both = stage.post(&json!({"q": "heron", "explain": true})).await.json();
    let explanation = &by_both["explanation"];
    assert!(explanation["model"].is_string() && explanation["byMeaning"] == 1, "{explanation}");
    assert_eq!(by_both["pendingEmbeddings"], 1, "the stork's");
}
