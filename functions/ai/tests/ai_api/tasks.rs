//! What Memo does besides talking.

use std::time::Duration;

use app_domain::{CategoryId, Content, MemoryDraft, Privacy, Role, Timestamp};
use app_testing::openai::Script;
use serde_json::{Value, json};

use crate::prompt::turns;
use crate::stage::{MODEL, Setup, Stage, good};

async fn filed(stage: &Stage, category: CategoryId, texts: &[&str]) {
    for text in texts {
        let draft = MemoryDraft { category: Some(category), ..MemoryDraft::default() };
        stage.save_as(&stage.me, "", text, draft).await;
    }
}

/// Two categories with what was filed there.
async fn two(stage: &Stage) -> [CategoryId; 2] {
    let (plants, boats) = (stage.category("Ficus").await, stage.category("Sail").await);
    filed(
        stage,
        plants,
        &["Water the basil and the tomato seedlings.", "The seedlings need compost and light."],
    )
    .await;
    filed(stage, boats, &["The rigging and the mast need varnish.", "Harbour fees and the mast inspection."])
        .await;
    [plants, boats]
}

#[tokio::test]
async fn a_text_is_filed_as_its_owner_files() {
    let stage = Stage::built_in().await;
    let [plants, boats] = two(&stage).await;
    for (text, category) in
        [("Compost for the tomato seedlings.", plants), ("Varnish for the mast and the rigging.", boats)]
    {
        let place = good(stage.post("/ai/categorize", &json!({"content": text})).await);
        assert_eq!(place["suggestedCategoryId"], json!(category), "{place}");
        assert!(place["confidence"].as_f64().unwrap() > 0.5, "{place}");
    }
    let memory = stage.save("Mast", "The mast needs varnish again.").await;
    let place = good(stage.post("/ai/categorize", &json!({"memoryId": memory})).await);
    assert_eq!(place["suggestedCategory"], "Sail", "{place}");
    let among =
        json!({"content": "The mast needs varnish.", "existingCategories": ["sail", "Cooking recipes"]});
    let place = good(stage.post("/ai/categorize", &among).await);
    assert_eq!(
        (&place["suggestedCategory"], &place["suggestedCategoryId"]),
        (&json!("sail"), &json!(boats)),
        "{place}"
    );
    assert_eq!(stage.calls().await[0]["task"], "categorize");
}

#[tokio::test]
async fn a_served_model_chooses_among_numbers() {
    let stage = Stage::new().await;
    let [plants, boats] = two(&stage).await;
    let written = json!({"places": [{"number": 1, "confidence": 0.2}, {"number": 2, "confidence": 0.9}, {"number": 2, "confidence": 0.3}], "tags": ["mast", " "]});
    stage.openai.answer(Script::text(&written.to_string()).usage(300, 30));
    let place = good(stage.post("/ai/categorize", &json!({"content": "Varnish."})).await);
    let asked = turns(&stage.asked()[0])[1].1.clone();
    let ids = if asked.contains("1. Ficus") { [boats, plants] } else { [plants, boats] };
    assert_eq!(
        (&place["suggestedCategoryId"], &place["alternativeCategories"][0]["categoryId"]),
        (&json!(ids[0]), &json!(ids[1]))
    );
    assert_eq!((&place["suggestedTags"], &place["metadata"]["tokensUsed"]), (&json!(["mast"]), &json!(330)));
    assert!(
        asked.contains("for example: Harbour fees") || asked.contains("for example: The rigging"),
        "{asked}"
    );
    let wrong = json!({"places": [{"number": 3, "confidence": 0.9}], "tags": []});
    stage.openai.answer(Script::text(&wrong.to_string()));
    assert_eq!(stage.post("/ai/categorize", &json!({"content": "Varnish."})).await.status, 503);
}

#[tokio::test]
async fn what_cannot_be_filed_is_refused() {
    let stage = Stage::new().await;
    let other = stage.person(Role::Premium);
    let theirs = stage.save_as(&other, "Theirs", "text", MemoryDraft::default()).await;
    let vectors: Value =
        serde_json::from_str(include_str!("../../../../docs/sealed-memories/vectors.json")).unwrap();
    let content = Content::parse(json!({"jwe": vectors["vectors"][0]["jwe"]})).ok();
    let sealed = MemoryDraft { content, privacy: Privacy::Sealed, ..MemoryDraft::default() };
    let sealed = stage.save_as(&stage.me, "Sealed", "", sealed).await;
    let too_many: Vec<String> = (0..101).map(|number| number.to_string()).collect();
    for (body, status) in [
        (json!({}), 422),
        (json!({"content": " "}), 422),
        (json!({"content": "x".repeat(100_001)}), 422),
        (json!({"content": "x", "memoryId": theirs}), 422),
        (json!({"content": "x", "existingCategories": too_many}), 422),
        (json!({"content": "x", "existingCategories": [""]}), 422),
        (json!({"memoryId": theirs}), 404),
        (json!({"memoryId": sealed}), 422),
    ] {
        assert_eq!(stage.post("/ai/categorize", &body).await.status.as_u16(), status, "{body}");
    }
    assert_eq!(stage.asked().len(), 0);
}

const TEXT: &str = "The cabin was built in 1921 by two brothers. It stands above the lake. The roof was renewed in 1988. \
     The stove needs dry wood. The key hangs behind the third beam. Visitors sign the book by the door. \
     The path to it is closed in winter. The spring behind it never dries up.";

#[tokio::test]
async fn a_text_is_told_in_short() {
    let stage = Stage::built_in().await;
    for style in [None, Some("brief"), Some("detailed"), Some("bullet-points")] {
        let told = good(
            stage.post("/ai/summarize", &json!({"content": TEXT, "style": style, "maxLength": 30})).await,
        );
        let (summary, words) = (told["summary"].as_str().unwrap(), told["wordCount"].as_u64().unwrap());
        assert!((1..=30).contains(&words) && summary.len() < TEXT.len(), "{style:?}: {told}");
        assert_eq!(summary.starts_with("• "), style == Some("bullet-points"), "{told}");
    }
    for body in [
        json!({"content": ""}),
        json!({"content": "x".repeat(200_001)}),
        json!({"content": TEXT, "maxLength": 4}),
        json!({"content": TEXT, "maxLength": 2_001}),
        json!({"content": TEXT, "style": "haiku"}),
    ] {
        assert_eq!(stage.post("/ai/summarize", &body).await.status, 422);
    }
}

#[tokio::test]
async fn a_served_summary_keeps_to_its_length() {
    let stage = Stage::new().await;
    let written = json!({"summary": TEXT, "keyPoints": ["1921", "", "a", "b", "c", "d", "e"]});
    stage.openai.answer(Script::text(&written.to_string()).usage(200, 90));
    let told = good(stage.post("/ai/summarize", &json!({"content": TEXT, "maxLength": 20})).await);
    assert!((1..=20).contains(&told["wordCount"].as_u64().unwrap()), "{told}");
    assert_eq!(told["keyPoints"], json!(["1921", "a", "b", "c", "d"]));
    assert_eq!((&told["metadata"]["model"], &told["metadata"]["tokensUsed"]), (&json!(MODEL), &json!(290)));
    assert!(turns(&stage.asked()[0])[0].1.contains("at most 20 words"));
}

#[tokio::test]
async fn a_very_long_text_is_told_part_by_part() {
    let stage = Stage::with(Setup { window: 16_000, ..Setup::default() }).await;
    let text: String =
        (0..).map(|number| format!("Line number {number} of the diary. ")).take(7_000).collect();
    let text: String = text.chars().take(200_000).collect();
    let last = text.trim().rsplit_once("Line number ").unwrap().1.split(' ').next().unwrap().to_owned();
    let told = good(stage.post("/ai/summarize", &json!({"content": text})).await);
    assert!(!told["summary"].as_str().unwrap().is_empty());
    let asked = stage.asked();
    let parts = asked.len() - 1;
    assert!((3..=20).contains(&parts), "{parts}");
    let read: String = asked.iter().map(|asked| turns(asked)[1].1.clone()).collect();
    for number in ["0", "1", "3000", &last] {
        assert!(read.contains(&format!("Line number {number} ")), "{number}");
    }
    let calls = stage.calls().await;
    let sum: u64 = calls
        .iter()
        .map(|it| it["promptTokens"].as_u64().unwrap() + it["completionTokens"].as_u64().unwrap())
        .sum();
    assert_eq!((calls.len(), &told["metadata"]["tokensUsed"]), (asked.len(), &json!(sum)));
}

#[tokio::test]
async fn parts_of_a_long_text_are_told_at_once() {
    let stage = Stage::with(Setup { window: 16_000, ..Setup::default() }).await;
    let text: String = (0..3_500).map(|number| format!("Line number {number} of the diary. ")).collect();
    let written = json!({"summary": "A diary.", "keyPoints": ["It has lines."]}).to_string();
    let pause = Duration::from_secs(3);
    for _ in 0..20 {
        stage.openai.answer(Script::text(&written).wait_first(pause));
    }
    let told = good(stage.post("/ai/summarize", &json!({"content": text})).await);
    assert_eq!(told["summary"], "A diary.");
    let calls = stage.calls().await;
    assert!((6..=9).contains(&calls.len()), "{calls:?}");
    let begun = |call: &Value| -> Timestamp { serde_json::from_value(call["createdAt"].clone()).unwrap() };
    // The latest comes first, and tells the parts as one. None of the parts waited for another.
    let (last, first) = (begun(&calls[1]), begun(calls.last().unwrap()));
    assert!(last.since(first) < pause, "{calls:?}");
}

#[tokio::test]
async fn the_longest_summary_that_can_be_asked_for_is_room_for() {
    let stage = Stage::new().await;
    stage.openai.answer(Script::text(r#"{"summary": "It stands.", "keyPoints": []}"#));
    good(stage.post("/ai/summarize", &json!({"content": TEXT, "maxLength": 2_000})).await);
    // A word of a long one has one and a half tokens, and in some languages more.
    assert!(stage.asked()[0]["max_completion_tokens"].as_u64().unwrap() >= 4_000);
}

#[tokio::test]
async fn suggestions_say_what_to_ask_and_where_to_file() {
    let stage = Stage::built_in().await;
    let [_, boats] = two(&stage).await;
    let mast = stage.save("Mast", "The mast and the rigging need varnish before the harbour opens.").await;
    let suggestions = stage.get("/ai/suggestions").await;
    assert!(!suggestions["questions"].as_array().unwrap().is_empty(), "{suggestions}");
    let filing = suggestions["filing"].as_array().unwrap();
    let [place] = filing.as_slice() else { panic!("{suggestions}") };
    assert_eq!((&place["memoryId"], &place["categoryId"]), (&json!(mast), &json!(boats)));
    assert_eq!(stage.calls().await[0]["task"], "suggest");
}
