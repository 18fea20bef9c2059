//! What is refused, and what the refusal names.

use app_testing::Call;
use http::Method;
use serde_json::json;
use uuid::Uuid;

use crate::stage::{Stage, refusal, wrong};

#[tokio::test]
async fn every_parameter_has_a_rule() {
    let stage = Stage::new().await;
    let id = Uuid::now_v7();
    for (query, field) in [
        (String::new(), "q"),
        ("q=".to_owned(), "q"),
        ("q=%20%20".to_owned(), "q"),
        (format!("q={}", "x".repeat(10_001)), "q"),
        (format!("q=x&similarTo={id}"), "q"),
        ("similarTo=x".to_owned(), "similarTo"),
        ("savedSearchId=x".to_owned(), "savedSearchId"),
        (format!("q=x&savedSearchId={id}"), "savedSearchId"),
        (format!("similarTo={id}&savedSearchId={id}"), "savedSearchId"),
        (format!("tags=x&savedSearchId={id}"), "savedSearchId"),
        ("q=x&mode=fuzzy".to_owned(), "mode"),
        ("q=x&timezone=Mars/Olympus".to_owned(), "timezone"),
        ("q=x&findDates=perhaps".to_owned(), "findDates"),
        ("q=x&explain=perhaps".to_owned(), "explain"),
        ("q=x&categoryId=x".to_owned(), "categoryId"),
        ("q=x&tags=".to_owned(), "tags"),
        ("q=x&dateFrom=yesterday".to_owned(), "dateFrom"),
        ("q=x&dateTo=2026-13-01".to_owned(), "dateTo"),
        ("q=x&isFavorite=yes".to_owned(), "isFavorite"),
        ("q=x&isArchived=1".to_owned(), "isArchived"),
        ("q=x&source=fax".to_owned(), "source"),
        ("q=x&limit=0".to_owned(), "limit"),
        ("q=x&limit=101".to_owned(), "limit"),
        ("q=x&cursor=x".to_owned(), "cursor"),
    ] {
        assert_eq!(refusal(&stage.get(&query).await), wrong(&[field]), "{query:.80}");
    }
    let several = stage.get("mode=fuzzy&timezone=x&dateFrom=x&source=x").await;
    assert_eq!(refusal(&several), wrong(&["q", "mode", "timezone", "dateFrom", "source"]));
    assert_eq!(stage.get(&format!("q={}", "x".repeat(6_000))).await.status, 200);
}

#[tokio::test]
async fn every_member_of_a_body_has_a_rule() {
    let stage = Stage::new().await;
    for (body, field) in [
        (json!({}), "q"),
        (json!({"q": 5}), "q"),
        (json!({"q": " \n"}), "q"),
        (json!({"q": "é".repeat(10_001)}), "q"),
        (json!({"q": "x", "similarTo": "x"}), "similarTo"),
        (json!({"q": "x", "mode": 5}), "mode"),
        (json!({"q": "x", "mode": "fuzzy"}), "mode"),
        (json!({"q": "x", "categoryId": 5}), "categoryId"),
        (json!({"q": "x", "tags": "x"}), "tags"),
        (json!({"q": "x", "tags": ["x", 5]}), "tags[1]"),
        (json!({"q": "x", "tags": [""]}), "tags"),
        (json!({"q": "x", "dateFrom": 2026}), "dateFrom"),
        (json!({"q": "x", "dateTo": "soon"}), "dateTo"),
        (json!({"q": "x", "isFavorite": "true"}), "isFavorite"),
        (json!({"q": "x", "isArchived": 1}), "isArchived"),
        (json!({"q": "x", "source": "fax"}), "source"),
        (json!({"q": "x", "findDates": "no"}), "findDates"),
        (json!({"q": "x", "timezone": 1}), "timezone"),
        (json!({"q": "x", "limit": "many"}), "limit"),
        (json!({"q": "x", "limit": 0}), "limit"),
        (json!({"q": "x", "cursor": 5}), "cursor"),
        (json!({"q": "x", "explain": "why"}), "explain"),
    ] {
        let reply = stage.post(&body).await;
        assert_eq!(refusal(&reply), wrong(&[field]), "{:.80}", body.to_string());
    }
    assert_eq!(stage.post(&json!({"q": "é".repeat(10_000)})).await.status, 200);
}

#[tokio::test]
async fn a_cursor_belongs_to_its_search() {
    let stage = Stage::new().await;
    for title in ["Heron", "Heron by the pond", "Heron at noon"] {
        stage.save(title, "seen today", &[]).await;
    }
    let first = stage.page("q=heron&limit=2").await;
    let cursor = first["pagination"]["nextCursor"].as_str().unwrap();
    let second = stage.page(&format!("q=heron&limit=2&cursor={cursor}")).await;
    assert_eq!(second["results"].as_array().unwrap().len(), 1, "{second}");
    for other in ["q=stork", "q=heron&isFavorite=false", "q=heron&mode=text"] {
        let reply = stage.get(&format!("{other}&cursor={cursor}")).await;
        assert_eq!(refusal(&reply), wrong(&["cursor"]), "{other}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let stage = Stage::new().await;
    let other = Stage::new().await;
    let theirs = other.kept("Birds", &json!({"q": "heron"})).await;
    let heron = other.save("Heron", "by the pond", &[]).await;
    let id = theirs["id"].as_str().unwrap();
    let path = format!("/saved-searches/{id}");
    for call in [
        Call::get(&format!("/memories/search?similarTo={heron}")),
        Call::post("/memories/search", &json!({"similarTo": heron.to_string()})),
        Call::get(&format!("/memories/search?savedSearchId={id}")),
        Call::get(&path),
        Call::new(Method::PATCH, &path).json(&json!({"name": "Mine"})),
        Call::new(Method::DELETE, &path),
    ] {
        assert_eq!(stage.send(call).await.error_type(), "NotFound");
    }
}

#[tokio::test]
async fn strangers_find_nothing() {
    let stage = Stage::new().await;
    let path = format!("/saved-searches/{}", Uuid::now_v7());
    for call in [
        Call::get("/memories/search?q=x"),
        Call::post("/memories/search", &json!({"q": "x"})),
        Call::get("/saved-searches"),
        Call::post("/saved-searches", &json!({"name": "x", "search": {"q": "x"}})),
        Call::get(&path),
        Call::new(Method::PATCH, &path).json(&json!({})),
        Call::new(Method::DELETE, &path),
    ] {
        assert_eq!(call.send(&stage.router).await.error_type(), "Unauthenticated");
    }
}
