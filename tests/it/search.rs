//! Searching on the deployed stack: right after the write by words, soon after by meaning, and never what is gone.

use std::sync::Arc;

use aws_sdk_s3::Client as S3;
use aws_sdk_sqs::Client as Sqs;
use e2e::{Person, Reply, Stack, eventually, repository};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

crate::trials!(
    a_memory_is_found_by_the_very_next_request,
    a_memory_is_soon_found_by_its_meaning_and_by_what_is_like_it,
    what_is_deleted_or_sealed_is_not_found_by_the_next_request,
    filters_pages_and_explanations,
    a_time_in_the_words_becomes_a_filter,
    messages_and_files_are_found_with_their_memory,
    what_breaks_a_rule_is_named,
    strange_queries_get_an_answer,
    searches_are_kept_and_run_again,
    a_wiped_index_is_made_again,
    a_job_that_comes_twice_changes_nothing,
);

async fn search(person: &Person, query: &[(&str, &str)]) -> Reply {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    person.get(&format!("/memories/search?{query}")).await
}

/// The titles of the memories that were found.
async fn titles(person: &Person, query: &[(&str, &str)]) -> Vec<String> {
    let reply = search(person, query).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let results = reply.body["results"].as_array().unwrap();
    results.iter().map(|result| result["memory"]["title"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Waits until everything of a person's is indexed, with its meaning.
async fn indexed(person: &Person) {
    eventually("the index to catch up", || async {
        let reply = search(person, &[("q", "anything")]).await;
        (reply.body["pendingEmbeddings"] == 0).then_some(())
    })
    .await;
}

async fn save(person: &Person, title: &str, text: &str) -> Value {
    person.save(&json!({"title": title, "content": {"text": text}})).await
}

async fn a_memory_is_found_by_the_very_next_request(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    for number in 0..10 {
        let word = format!("w{}", Uuid::new_v4().simple());
        save(&ada, &format!("Note {number}"), &word).await;
        let reply = search(&ada, &[("q", &word)]).await;
        // Others may be found by their meaning: random letters look alike.
        assert_eq!(reply.body["results"][0]["memory"]["title"], format!("Note {number}"), "{}", reply.body);
        let highlight = reply.body["results"][0]["highlights"]["body"][0].as_str().unwrap();
        assert!(highlight.contains(&format!("<mark>{word}</mark>")), "{highlight}");
    }
}

async fn a_memory_is_soon_found_by_its_meaning_and_by_what_is_like_it(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let soup = save(&ada, "Tomato soup", "Cook tomatoes with onions and basil").await;
    save(&ada, "Tomato sauce", "Cook tomatoes with onions and garlic").await;
    save(&ada, "Car", "New brakes in spring").await;
    indexed(&ada).await;
    let found = titles(&ada, &[("q", "tomato soup with basil"), ("mode", "semantic")]).await;
    assert_eq!(found[0], "Tomato soup");
    let reply = search(&ada, &[("similarTo", soup["id"].as_str().unwrap()), ("explain", "true")]).await;
    assert_eq!(reply.body["results"][0]["memory"]["title"], "Tomato sauce");
    assert_eq!(reply.body["query"]["mode"], "semantic");
    assert_eq!(reply.body["explanation"]["model"], "built-in-1/256");
    let parts = &reply.body["results"][0]["scoreParts"];
    assert!(parts["vector"].as_f64() > Some(0.0) && parts["text"] == 0.0, "{parts}");
}

async fn what_is_deleted_or_sealed_is_not_found_by_the_next_request(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let (deleted, sealed) = (save(&ada, "Deleted", "heron").await, save(&ada, "Sealed", "heron").await);
    let path = |memory: &Value| format!("/memories/{}", memory["id"].as_str().unwrap());
    for indexes in [false, true] {
        if indexes {
            indexed(&ada).await;
        }
        assert_eq!(titles(&ada, &[("q", "heron"), ("mode", "text")]).await.len(), 2);
    }
    assert_eq!(ada.delete(&path(&deleted)).await.status, 204);
    assert_eq!(titles(&ada, &[("q", "heron")]).await, ["Sealed"]);
    let vectors = std::fs::read_to_string(repository().join("docs/sealed-memories/vectors.json")).unwrap();
    let vectors: Value = serde_json::from_str(&vectors).unwrap();
    let jwe = &vectors["vectors"][0]["jwe"];
    let content = json!({"jwe": jwe, "text": null});
    let seal = json!({"privacyLevel": "sealed", "description": null, "content": content});
    let reply = ada.patch(&path(&sealed), &seal).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert!(titles(&ada, &[("q", "heron")]).await.is_empty());
    assert!(titles(&ada, &[("q", "sealed")]).await.is_empty());
    let restored = ada.post(&format!("/trash/{}/restore", deleted["id"].as_str().unwrap()), &json!({})).await;
    assert_eq!(restored.status, 200, "{}", restored.body);
    assert_eq!(titles(&ada, &[("q", "heron"), ("mode", "text")]).await, ["Deleted"]);
}

async fn filters_pages_and_explanations(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    for number in 0..7 {
        let tags = if number % 2 == 0 { json!(["Even", "all"]) } else { json!(["all"]) };
        ada.save(&json!({"title": format!("Walk {number}"), "content": {"text": "in the forest"},
            "tags": tags, "isFavorite": number == 4}))
            .await;
    }
    assert_eq!(titles(&ada, &[("q", "forest"), ("tags", "even"), ("tags", "ALL")]).await.len(), 4);
    assert_eq!(titles(&ada, &[("q", "forest"), ("isFavorite", "true")]).await, ["Walk 4"]);
    assert_eq!(titles(&ada, &[("q", "forest"), ("source", "whatsapp")]).await.len(), 0);

    let mut met = Vec::new();
    let mut body = json!({"q": "forest", "tags": ["all"], "mode": "text", "limit": 3, "explain": true});
    loop {
        let reply = ada.post("/memories/search", &body).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(reply.body["explanation"]["byWords"], 7);
        let results = reply.body["results"].as_array().unwrap();
        met.extend(results.iter().map(|result| result["memory"]["title"].as_str().unwrap().to_owned()));
        let Some(cursor) = reply.body["pagination"]["nextCursor"].as_str() else { break };
        body["cursor"] = json!(cursor);
    }
    assert_eq!(met.len(), 7);
    met.sort();
    met.dedup();
    assert_eq!(met.len(), 7, "none twice");
    body["q"] = json!("another");
    let reply = ada.post("/memories/search", &body).await;
    assert_eq!(reply.body["error"]["details"][0]["field"], "cursor", "{}", reply.body);
}

async fn a_time_in_the_words_becomes_a_filter(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    save(&ada, "Dentist", "the appointment is on Monday").await;
    let reply = search(&ada, &[("q", "dentist today"), ("timezone", "Europe/Berlin")]).await;
    assert_eq!(reply.body["query"]["text"], "dentist", "{}", reply.body);
    assert_eq!(reply.body["query"]["interpreted"]["phrase"], "today");
    assert_eq!(reply.body["results"][0]["memory"]["title"], "Dentist");
    assert!(titles(&ada, &[("q", "dentist last year")]).await.is_empty());
    assert_eq!(titles(&ada, &[("q", "today")]).await, ["Dentist"], "a time alone lists what was made then");
    let reply = search(&ada, &[("q", "dentist last year"), ("findDates", "false")]).await;
    assert_eq!(reply.body["query"]["text"], "dentist last year");
    assert_eq!(reply.body["results"][0]["memory"]["title"], "Dentist");
}

async fn messages_and_files_are_found_with_their_memory(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let memory = save(&ada, "Trip", "plans").await;
    let id = memory["id"].as_str().unwrap();
    let path = format!("/memories/{id}/messages");
    let message = ada.post(&path, &json!({"content": "the <b>ferry</b> leaves at seven"})).await;
    assert_eq!(message.status, 201, "{}", message.body);
    let reply = search(&ada, &[("q", "ferry")]).await;
    let found = &reply.body["results"][0];
    assert_eq!((&found["memory"]["id"], &found["matches"][0]["kind"]), (&memory["id"], &json!("message")));
    let html = found["matches"][0]["highlights"][0].as_str().unwrap();
    assert!(html.contains("&lt;b&gt;<mark>ferry</mark>&lt;/b&gt;"), "{html}");

    let text = b"The cabin has a red roof and a boathouse.";
    let file = crate::files::ready(&ada, "cabin.txt", "text/plain", text).await;
    let path = format!("/files/{}", file["id"].as_str().unwrap());
    assert_eq!(ada.patch(&path, &json!({"memoryId": id})).await.status, 200);
    assert_eq!(titles(&ada, &[("q", "cabin")]).await, ["Trip"], "by its name at once");
    eventually("the file to be read", || async {
        let reply = search(&ada, &[("q", "boathouse")]).await;
        let found = &reply.body["results"][0]["matches"][0];
        (found["id"] == file["id"] && found["filename"] == "cabin.txt").then_some(())
    })
    .await;
}

async fn what_breaks_a_rule_is_named(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let nothing = Uuid::nil().to_string();
    for (query, field) in [
        (&[("q", "")][..], "q"),
        (&[], "q"),
        (&[("q", "x"), ("similarTo", &nothing)], "q"),
        (&[("q", "x"), ("mode", "magic")], "mode"),
        (&[("q", "x"), ("timezone", "Mars/Olympus")], "timezone"),
        (&[("q", "x"), ("dateFrom", "soon")], "dateFrom"),
        (&[("q", "x"), ("categoryId", "x")], "categoryId"),
        (&[("q", "x"), ("limit", "0")], "limit"),
        (&[("q", "x"), ("cursor", "x")], "cursor"),
        (&[("q", "x"), ("savedSearchId", &nothing)], "savedSearchId"),
    ] {
        let reply = search(&ada, query).await;
        assert_eq!(reply.status, 422, "{query:?}: {}", reply.body);
        assert_eq!(reply.body["error"]["details"][0]["field"], field, "{query:?}");
    }
    assert_eq!(search(&ada, &[("similarTo", &nothing)]).await.status, 404);
    assert_eq!(search(&ada, &[("savedSearchId", &nothing)]).await.status, 404);
    let long = "x".repeat(10_001);
    assert_eq!(ada.post("/memories/search", &json!({"q": long})).await.status, 422);
}

async fn strange_queries_get_an_answer(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    save(&ada, "🦩 東京", "Ünïcode שלום (a+)+$ \"open").await;
    indexed(&ada).await;
    let long = "heron ".repeat(1_600);
    for query in [
        "?",
        "\"",
        "\"\"",
        "-",
        "--",
        "(a+)+$",
        "[a-z]+(.*)",
        "'; DROP TABLE",
        "\u{0}\u{7}\u{1b}",
        "🦩",
        "👨‍👩‍👧‍👦",
        "東京",
        "東",
        "שלום",
        "مرحبا",
        "ünï שלום 東京",
        "*",
        "%",
        "AND OR NOT",
        "\u{202e}gnirts",
        "a",
        &long,
    ] {
        for mode in ["text", "semantic", "hybrid"] {
            let reply = ada.post("/memories/search", &json!({"q": query, "mode": mode})).await;
            let is_blank = query.trim().is_empty();
            assert_eq!(reply.status, if is_blank { 422 } else { 200 }, "{query:?} {mode}: {}", reply.body);
        }
    }
    for query in ["🦩", "東京", "שלום"] {
        assert_eq!(titles(&ada, &[("q", query), ("mode", "text")]).await.len(), 1, "{query}");
    }
}

async fn searches_are_kept_and_run_again(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    save(&ada, "Walk", "in the forest").await;
    let kept = ada.post("/saved-searches", &json!({"name": "Forest", "search": {"q": "forest"}})).await;
    assert_eq!(kept.status, 201, "{}", kept.body);
    let id = kept.body["savedSearch"]["id"].as_str().unwrap().to_owned();
    let path = format!("/saved-searches/{id}");
    let twice = ada.post("/saved-searches", &json!({"name": "FOREST", "search": {"q": "x"}})).await;
    assert_eq!((twice.status.as_u16(), twice.error_type()), (409, &json!("NameTaken")));
    let broken = ada.post("/saved-searches", &json!({"name": "", "search": {"mode": "x"}})).await;
    assert_eq!(broken.status, 422);
    assert_eq!(broken.body["error"]["details"].as_array().unwrap().len(), 3, "{}", broken.body);
    assert_eq!(titles(&ada, &[("savedSearchId", &id)]).await, ["Walk"]);

    let changed = ada.patch(&path, &json!({"search": {"q": "desert", "mode": "text"}})).await;
    assert_eq!(changed.body["savedSearch"]["search"], json!({"q": "desert", "mode": "text"}));
    assert_eq!(changed.body["savedSearch"]["name"], "Forest");
    assert!(titles(&ada, &[("savedSearchId", &id)]).await.is_empty());
    let all = ada.get("/saved-searches").await;
    assert_eq!(all.body["savedSearches"].as_array().unwrap().len(), 1);
    assert_eq!(ada.get(&path).await.body, changed.body);
    assert_eq!(ada.delete(&path).await.status, 204);
    assert_eq!(ada.delete(&path).await.status, 404);
    let gone =
        ada.send(Method::PATCH, &path, &[("content-type", "application/json")], Some(b"{}".to_vec())).await;
    assert_eq!(gone.status, 404);
}

async fn a_wiped_index_is_made_again(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    save(&ada, "Walk", "in the forest").await;
    indexed(&ada).await;
    eventually("a segment", || async { (!segments(&stack, &ada).await.is_empty()).then_some(()) }).await;
    let config = aws_sdk_s3::config::Builder::from(&stack.aws()).force_path_style(true).build();
    let s3 = S3::from_conf(config);
    for key in segments(&stack, &ada).await {
        s3.delete_object().bucket(stack.output("SearchBucketName")).key(key).send().await.unwrap();
    }
    // A function that has the segment in its memory does not miss it. Another search function would: so does the indexer.
    save(&ada, "Swim", "in the lake").await;
    eventually("the index to be whole again", || async {
        let reply = search(&ada, &[("q", "forest"), ("mode", "text"), ("explain", "true")]).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let is_found = reply.body["results"].as_array().unwrap().len() == 1;
        assert!(is_found || reply.body["degraded"] == true, "lost without a word: {}", reply.body);
        let is_whole = reply.body["degraded"] == false && reply.body["explanation"]["changes"] == 0;
        (is_found && is_whole && !segments(&stack, &ada).await.is_empty()).then_some(())
    })
    .await;
    assert_eq!(titles(&ada, &[("q", "lake")]).await, ["Swim"]);
}

async fn segments(stack: &Stack, person: &Person) -> Vec<String> {
    let config = aws_sdk_s3::config::Builder::from(&stack.aws()).force_path_style(true).build();
    let listed = S3::from_conf(config).list_objects_v2().bucket(stack.output("SearchBucketName"));
    let listed = listed.prefix(format!("{}/segments/", person.id())).send().await.unwrap();
    listed.contents().iter().filter_map(|object| object.key().map(str::to_owned)).collect()
}

async fn a_job_that_comes_twice_changes_nothing(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    save(&ada, "Walk", "in the forest").await;
    let queue = Sqs::new(&stack.aws());
    for job in ["catchUp", "rebuild", "rebuild", "catchUp"] {
        let job = json!({"job": job, "owner": ada.id()}).to_string();
        queue.send_message().queue_url(stack.output("IndexQueueUrl")).message_body(job).send().await.unwrap();
    }
    let embed = json!({"job": "embed", "owner": ada.id(), "attempt": 3}).to_string();
    queue.send_message().queue_url(stack.output("IndexQueueUrl")).message_body(embed).send().await.unwrap();
    eventually("one whole segment", || async {
        let reply = search(&ada, &[("q", "forest"), ("explain", "true")]).await;
        let is_whole = reply.body["degraded"] == false && reply.body["explanation"]["searched"] == 1;
        (is_whole && segments(&stack, &ada).await.len() == 1).then_some(())
    })
    .await;
    assert_eq!(titles(&ada, &[("q", "forest")]).await, ["Walk"]);
}
