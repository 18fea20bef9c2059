//! Searches that are kept.

use app_testing::Call;
use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::stage::{Stage, path, refusal, wrong};

#[tokio::test]
async fn a_search_is_kept_changed_and_deleted() {
    let stage = Stage::new().await;
    let reply = stage.keep(" Birds ", &json!({"q": "heron", "tags": ["pond"]})).await;
    let kept = reply.json()["savedSearch"].clone();
    assert_eq!(reply.headers["location"], format!("/api{}", path(&kept)));
    assert_eq!((&kept["name"], &kept["search"]), (&json!("Birds"), &json!({"q": "heron", "tags": ["pond"]})));
    stage.kept("Boats", &json!({"similarTo": Uuid::now_v7()})).await;

    let renamed = stage.patch(&kept, &json!({"name": "BIRDS"})).await.json()["savedSearch"].clone();
    assert_eq!((&renamed["name"], &renamed["search"]), (&json!("BIRDS"), &kept["search"]));
    assert!(renamed["updatedAt"].as_str() >= kept["updatedAt"].as_str());
    let changed = stage.patch(&kept, &json!({"search": {"q": "stork"}})).await.json()["savedSearch"].clone();
    assert_eq!((&changed["name"], &changed["search"]), (&json!("BIRDS"), &json!({"q": "stork"})));
    let same = stage.patch(&kept, &json!({"name": "BIRDS"})).await;
    assert_eq!(same.json()["savedSearch"], changed, "nothing changed, not even the time");

    assert_eq!(stage.send(Call::get(&path(&kept))).await.json()["savedSearch"], changed);
    assert_eq!(stage.send(Call::new(Method::DELETE, &path(&kept))).await.status, 204);
    assert_eq!(stage.send(Call::get(&path(&kept))).await.status, 404);
    let left = stage.send(Call::get("/saved-searches")).await.json();
    let names: Vec<&Value> =
        left["savedSearches"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["Boats"]);
}

#[tokio::test]
async fn a_name_is_taken_however_it_is_written() {
    let stage = Stage::new().await;
    stage.kept("Café", &json!({"q": "x"})).await;
    let other = stage.kept("Other", &json!({"q": "x"})).await;
    assert_eq!(stage.keep("CAFE\u{301}", &json!({"q": "y"})).await.error_type(), "NameTaken");
    let renamed = stage.patch(&other, &json!({"name": "café"})).await;
    assert_eq!((renamed.status.as_u16(), renamed.error_type()), (409, json!("NameTaken")));
}

#[tokio::test]
async fn what_is_kept_can_be_searched_for() {
    let stage = Stage::new().await;
    let kept = stage.kept("Birds", &json!({"q": "heron"})).await;
    for (search, field) in [
        (json!({}), "q"),
        (json!({"q": "\u{1}"}), "q"),
        (json!({"q": "x".repeat(1_001)}), "q"),
        (json!({"q": "x", "mode": "fuzzy"}), "mode"),
        (json!({"q": "x", "dateFrom": "soon"}), "dateFrom"),
        (json!({"q": 5}), "search.q"),
    ] {
        assert_eq!(
            refusal(&stage.keep("Other", &search).await),
            wrong(&[field]),
            "{:.80}",
            search.to_string()
        );
        let patched = stage.patch(&kept, &json!({"search": search})).await;
        assert_eq!(refusal(&patched), wrong(&[field]));
    }
    let both = stage.keep(" ", &json!({"q": "x", "timezone": "x"})).await;
    assert_eq!(refusal(&both), wrong(&["name", "timezone"]));
    // What could be of any length is kept as it was understood.
    let odd = json!({
        "q": "a\u{1}b", "tags": vec!["pond"; 1_000], "dateFrom": "2026-01-01T01:00:00.000000000+01:00[Europe/Berlin]",
    });
    let plain = json!({"q": "a b", "tags": ["pond"], "dateFrom": "2026-01-01T00:00:00.000Z"});
    assert_eq!(stage.kept("Odd", &odd).await["search"], plain);
}

#[tokio::test]
async fn fifty_of_the_longest_are_kept() {
    let stage = Stage::new().await;
    let tags: Vec<String> = (0..10).map(|number| format!("{number}{}", "𝄞".repeat(49))).collect();
    let longest = json!({
        "q": "𝄞".repeat(1_000), "mode": "semantic", "categoryId": Uuid::now_v7(), "tags": tags,
        "dateFrom": "2026-01-01T00:00:00.000Z", "dateTo": "2026-12-31T00:00:00.000Z", "isFavorite": false,
        "isArchived": false, "source": "whatsapp", "findDates": false, "timezone": "America/Argentina/ComodRivadavia",
    });
    let name = |number: usize| format!("{number:02}{}", "𝄞".repeat(98));
    for number in 0..50 {
        assert_eq!(stage.kept(&name(number), &longest).await["search"], longest);
    }
    let refused = stage.keep("One more", &json!({"q": "x"})).await;
    assert_eq!((refused.status.as_u16(), refused.error_type()), (409, json!("TooManySavedSearches")));
    let all = stage.send(Call::get("/saved-searches")).await.json();
    assert_eq!(all["savedSearches"].as_array().unwrap().len(), 50);
}

#[tokio::test]
async fn a_kept_search_is_run_by_its_id() {
    let stage = Stage::new().await;
    stage.save_at("2020-05-01T12:00:00Z".parse().unwrap(), "A long walk", "in the hills", &[]).await;
    stage.save("A short walk", "in town", &[]).await;
    let search = json!({"q": "walk before 2024", "timezone": "Europe/Berlin", "mode": "text"});
    let kept = stage.kept("Old walks", &search).await;
    let id = kept["id"].as_str().unwrap();
    assert_eq!(stage.titles(&format!("savedSearchId={id}")).await, ["A long walk"]);
    for (query, end) in [("", "2023-12-31T22:59:59.999Z"), ("&timezone=UTC", "2023-12-31T23:59:59.999Z")] {
        let page = stage.page(&format!("savedSearchId={id}{query}&limit=5&explain=true")).await;
        assert_eq!(page["query"]["interpreted"]["dateTo"], end, "{page}");
    }
    for more in ["q=walk", "mode=text", "isFavorite=true", "tags=x"] {
        let reply = stage.get(&format!("savedSearchId={id}&{more}")).await;
        assert_eq!(refusal(&reply), wrong(&["savedSearchId"]), "{more}");
    }
}
