//! What Memo learns about people.

use app_domain::Role;
use app_testing::openai::Script;
use app_testing::{Call, Reply};
use http::Method;
use serde_json::{Value, json};

use crate::prompt::turns;
use crate::stage::{Stage, good};

async fn learn(stage: &Stage, answer: &Value) -> Value {
    let body = json!({"conversationId": answer["conversationId"]});
    let mut learnt = good(stage.post("/ai/facts/extract", &body).await);
    learnt["metadata"].take();
    learnt
}

/// Says something in a new conversation, and has it learnt.
async fn learnt(stage: &Stage, words: &str) -> Value {
    let answer = stage.answer(&json!({"message": words, "model": "built-in"})).await;
    learn(stage, &answer).await
}

async fn facts(stage: &Stage, query: &str) -> Vec<Value> {
    stage.get(&format!("/ai/facts?{query}")).await["facts"].as_array().unwrap().clone()
}

/// The values of facts of a status, in order.
async fn values(stage: &Stage, status: &str) -> Vec<String> {
    let facts = facts(stage, &format!("status={status}")).await;
    let mut values: Vec<String> =
        facts.iter().map(|fact| fact["value"].as_str().unwrap().to_owned()).collect();
    values.sort();
    values
}

async fn change(stage: &Stage, fact: &Value, change: &Value) -> Reply {
    let path = format!("/ai/facts/{}", fact["id"].as_str().unwrap());
    stage.send(Call::new(Method::PATCH, &path).json(change)).await
}

fn found(facts: &[(usize, &str, &str, &str, f64)]) -> Script {
    let facts: Vec<Value> = facts
        .iter()
        .map(|(message, quote, attribute, value, certainty)| {
            json!({"message": message, "quote": quote, "subject": "me", "attribute": attribute, "value": value, "certainty": certainty})
        })
        .collect();
    Script::text(&json!({"facts": facts}).to_string())
}

#[tokio::test]
async fn what_a_person_says_is_learnt_once_with_where_they_said_it() {
    let stage = Stage::built_in().await;
    stage.save("Diary", "I live in Paris. My birthday is on 1 May.").await;
    let first = stage.answer(&json!({"message": "I live in Graz. Where do I live?"})).await;
    assert!(
        first["response"].as_str().unwrap().contains("Paris"),
        "Memo says so, but the person did not: {first}"
    );
    let report = learn(&stage, &first).await;
    assert_eq!(report["added"].as_array().unwrap().len(), 1, "{report}");
    let all = facts(&stage, "").await;
    let [fact] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!(
        (&fact["subject"], &fact["attribute"], &fact["value"]),
        (&json!("me"), &json!("home city"), &json!("Graz"))
    );
    assert_eq!(
        (&fact["status"], &fact["seen"], &fact["id"]),
        (&json!("active"), &json!(1), &report["added"][0])
    );
    let source = &fact["sources"][0];
    assert_eq!(
        (&source["conversationId"], &source["messageId"]),
        (&first["conversationId"], &first["questionId"])
    );
    assert_eq!(learn(&stage, &first).await, report, "however often it is asked for");
    assert_eq!(facts(&stage, "").await, all);
}

#[tokio::test]
async fn what_is_said_again_or_otherwise_is_merged_or_superseded() {
    let stage = Stage::built_in().await;
    learnt(&stage, "I live in Graz.").await;
    let again = learnt(&stage, "I live in Graz now.").await;
    assert_eq!((again["merged"].as_array().unwrap().len(), &again["added"]), (1, &json!([])), "{again}");
    assert_eq!(facts(&stage, "").await[0]["seen"], 2);
    let moved = learnt(&stage, "Actually I live in Linz now.").await;
    assert_eq!(moved["superseded"].as_array().unwrap().len(), 1, "{moved}");
    assert_eq!(
        (values(&stage, "active").await, values(&stage, "superseded").await),
        (vec!["Linz".to_owned()], vec!["Graz".to_owned()])
    );
    let (old, new) = (&facts(&stage, "status=superseded").await[0], &facts(&stage, "status=active").await[0]);
    assert_eq!(old["supersededBy"], new["id"]);
    assert!(old["validUntil"].is_string());
}

#[tokio::test]
async fn what_was_learnt_can_be_taken_back_once() {
    let stage = Stage::built_in().await;
    learnt(&stage, "I live in Graz.").await;
    let moved = learnt(&stage, "Actually I live in Linz now.").await;
    let path = format!("/ai/facts/batches/{}/undo", moved["batchId"].as_str().unwrap());
    let undone = good(stage.post(&path, &json!({})).await);
    assert_eq!(
        (undone["removed"].as_array().unwrap().len(), undone["restored"].as_array().unwrap().len()),
        (1, 1)
    );
    assert_eq!((values(&stage, "active").await, facts(&stage, "").await.len()), (vec!["Graz".to_owned()], 1));
    let again = stage.post(&path, &json!({})).await;
    assert_eq!((again.status.as_u16(), again.error_type()), (409, json!("AlreadyUndone")));
    let other = stage.person(Role::Premium);
    assert_eq!(stage.send_as(&other, Call::post(&path, &json!({}))).await.status, 404);
}

#[tokio::test]
async fn a_fact_can_be_accepted_rejected_put_right_and_forgotten() {
    let stage = Stage::new().await;
    let answer =
        stage.answer(&json!({"message": "I may like cheese. I like rye bread. I was born in Graz."})).await;
    stage.openai.answer(found(&[
        (1, "I may like cheese.", "likes", "cheese", 0.4),
        (1, "I like rye bread.", "likes", "rye bread", 0.5),
        (1, "I was born in Graz.", "place of birth", "Graz", 0.95),
        (1, "I like rye bread.", "dislikes", "bread", 0.1),
    ]));
    let report = learn(&stage, &answer).await;
    assert_eq!(
        (report["added"].as_array().unwrap().len(), report["review"].as_array().unwrap().len()),
        (1, 2),
        "{report}"
    );
    let review = facts(&stage, "status=review").await;
    let of = |value: &str| review.iter().find(|fact| fact["value"] == value).unwrap().clone();
    let (cheese, bread) = (of("cheese"), of("rye bread"));

    assert_eq!(good(change(&stage, &bread, &json!({"status": "active"})).await)["fact"]["status"], "active");
    assert_eq!(
        good(change(&stage, &cheese, &json!({"status": "rejected"})).await)["fact"]["status"],
        "rejected"
    );
    let edited = json!({"statement": "I like dark rye bread.", "value": "dark rye bread"});
    let right = good(change(&stage, &bread, &edited).await)["fact"].clone();
    assert_eq!((&right["statement"], &right["value"]), (&edited["statement"], &edited["value"]));
    for wrong in [
        json!({}),
        json!({"status": "review"}),
        json!({"status": "active", "value": "x"}),
        json!({"value": ""}),
    ] {
        assert_eq!(change(&stage, &bread, &wrong).await.status, 422, "{wrong}");
    }
    let other = stage.person(Role::Premium);
    let path = format!("/ai/facts/{}", bread["id"].as_str().unwrap());
    assert_eq!(stage.send_as(&other, Call::new(Method::DELETE, &path)).await.status, 404);
    assert_eq!(stage.send(Call::new(Method::DELETE, &path)).await.status, 204);
    assert_eq!(stage.send(Call::new(Method::DELETE, &path)).await.status, 404);
    assert_eq!(
        (values(&stage, "active").await, values(&stage, "rejected").await),
        (vec!["Graz".to_owned()], vec!["cheese".to_owned()])
    );
    assert_eq!(stage.send(Call::get("/ai/facts?status=true")).await.status, 422);
}

#[tokio::test]
async fn a_model_is_shown_the_persons_words_alone_and_cannot_make_facts_up() {
    let stage = Stage::new().await;
    stage.save("Diary", "The wifi password is heron-42.").await;
    stage.openai.answer(Script::text("You live in Vienna, and the password is heron-42 [1]."));
    let answer = stage.answer(&json!({"message": "I live in Graz. What is the password?"})).await;
    stage.asked();
    stage.openai.answer(found(&[
        (1, "I live in Graz.", "home city", "Graz", 0.9),
        (1, "I live in Vienna.", "home city", "Vienna", 0.9),
        (2, "You live in Vienna", "home city", "Vienna", 0.9),
        (0, "I live in Graz.", "home country", "Austria", 0.9),
        (1, "", "likes", "herons", 0.9),
        (1, "I live in Graz.", "", "x", 0.9),
    ]));
    let report = learn(&stage, &answer).await;
    assert_eq!(
        (report["added"].as_array().unwrap().len(), values(&stage, "active").await),
        (1, vec!["Graz".to_owned()])
    );
    let asked = stage.asked();
    let [asked] = asked.as_slice() else { panic!("{asked:?}") };
    assert!(turns(asked)[1].1.contains("1. I live in Graz."), "{asked}");
    assert!(!asked.to_string().contains("Vienna") && !asked.to_string().contains("heron-42"));
    assert_eq!(stage.calls().await[0]["task"], "facts");

    // What is known is told to the model from then on.
    stage.answer(&json!({"message": "What do you know of me?"})).await;
    assert!(turns(&stage.asked()[0])[1].1.contains("\n- I live in Graz.\n"));
}

#[tokio::test]
async fn more_can_be_learnt_of_a_conversation_than_is_taken_in_at_once() {
    let stage = Stage::new().await;
    let quotes: Vec<String> = (0..45).map(|number| format!("I like dish {number}.")).collect();
    let (first, second) = quotes.split_at(30);
    let answer = stage.answer(&json!({"message": first.join(" ")})).await;
    let talk = &answer["conversationId"];
    stage.answer(&json!({"message": second.join(" "), "conversationId": talk})).await;
    let all: Vec<(usize, &str, &str, &str, f64)> = quotes
        .iter()
        .enumerate()
        .map(|(place, quote)| {
            (place / 30 + 1, quote.as_str(), "likes", quote.trim_start_matches("I like "), 0.9)
        })
        .collect();
    stage.openai.answer(found(&all));
    let report = learn(&stage, &answer).await;
    // As many as are taken in of one message, and all of the other.
    assert_eq!(report["added"].as_array().unwrap().len(), 20 + 15, "{report}");
    assert_eq!(facts(&stage, "limit=100").await.len(), 20 + 15);
}

#[tokio::test]
async fn facts_are_overheard_by_those_alone_who_want_it() {
    let stage = Stage::new().await;
    stage.answer(&json!({"message": "My birthday is on 14 March."})).await;
    assert_eq!(facts(&stage, "").await, Vec::<Value>::new());
    stage.set(&json!({"extractFacts": true})).await;
    stage.openai.answer(Script::text("And I live in Graz, says Memo."));
    stage.answer(&json!({"message": "My birthday is on 15 March."})).await;
    let all = facts(&stage, "").await;
    let [fact] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((&fact["attribute"], &fact["value"]), (&json!("birthday"), &json!("15 March")));
}

#[tokio::test]
async fn nothing_is_learnt_from_what_is_not_there() {
    let stage = Stage::built_in().await;
    let learnt = stage.post("/ai/facts/extract", &json!({"conversationId": uuid::Uuid::now_v7()})).await;
    assert_eq!(learnt.status, 404);
    let answer = stage.answer(&json!({"message": "What is the time?"})).await;
    let report = learn(&stage, &answer).await;
    assert_eq!((report.get("batchId"), &report["added"]), (None, &json!([])));
}
