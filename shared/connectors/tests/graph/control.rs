//! The fake as other processes see it.

use app_connectors::graph::ErrorClass;
use app_testing::graph::FakeGraph;
use serde_json::{Value, json};

use crate::support::{PHONE, failed, say, start, token};

async fn read(request: reqwest::RequestBuilder) -> Value {
    let response = request.send().await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

async fn post(fake: &FakeGraph, path: &str, body: Value) -> Value {
    read(reqwest::Client::new().post(format!("{}/_fake/{path}", fake.base_url())).json(&body)).await
}

async fn get(fake: &FakeGraph, path: &str) -> Value {
    read(reqwest::Client::new().get(format!("{}/_fake/{path}", fake.base_url()))).await
}

#[tokio::test]
async fn what_was_accepted_is_seen() {
    let (fake, graph) = start();
    let wamid = say(&graph, "one").await.unwrap();
    say(&graph, "two").await.unwrap();
    graph.mark_read(&token(), FakeGraph::NUMBER, "wamid.C1", true).await.unwrap();
    let all = get(&fake, &format!("outbox?to={PHONE}")).await;
    assert_eq!(all["items"][0]["wamid"], wamid.as_str());
    let later = get(&fake, "outbox?to=%2B4915550002222&after=1").await;
    assert_eq!(later["items"].as_array().unwrap().len(), 1);
    assert_eq!(later["items"][0]["text"], "two");
    assert_eq!(get(&fake, "outbox?to=49155").await, json!({ "items": [] }));
    assert_eq!(get(&fake, "reads").await["items"][0]["isTyping"], true);
    let webhook = post(&fake, "statuses", json!({ "wamid": wamid, "status": "read" })).await;
    assert_eq!(webhook["entry"][0]["changes"][0]["value"]["statuses"][0]["status"], "read");
    post(&fake, "reset", json!({})).await;
    assert_eq!(get(&fake, "outbox").await, json!({ "items": [] }));
}

#[tokio::test]
async fn what_comes_is_set() {
    let (fake, graph) = start();
    let fault = json!({ "call": "send", "fault": "code", "code": 131_000, "afterCalls": 1, "times": 2 });
    post(&fake, "fault", fault).await;
    say(&graph, "one").await.unwrap();
    for _ in 0..2 {
        assert_eq!(failed(say(&graph, "two").await), (ErrorClass::Transient, Some(131_000)));
    }
    say(&graph, "two").await.unwrap();
    post(&fake, "window", json!({ "phone": PHONE, "open": false })).await;
    assert_eq!(failed(say(&graph, "three").await).0, ErrorClass::WindowClosed);
    post(&fake, "inbound", json!({ "from": PHONE })).await;
    say(&graph, "three").await.unwrap();

    let media = json!({ "id": "42", "contentType": "image/png", "base64": "eA==" });
    let kept = post(&fake, "media", media).await;
    assert_eq!(
        (&kept["id"], &kept["sha256"]),
        (&json!("42"), &json!("LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE="))
    );
    let url = kept["url"].as_str().unwrap();
    graph.download(&token(), url).await.unwrap();
    let clock = post(&fake, "clock", json!({ "at": "2026-11-22T12:00:00Z", "passSeconds": 600 })).await;
    assert!(clock["now"].as_str().unwrap().starts_with("2026-11-22T12:10:00"));
    post(&fake, "token", json!({ "token": FakeGraph::TOKEN, "isValid": false })).await;
    assert_eq!(failed(say(&graph, "four").await), (ErrorClass::Token, Some(190)));
}
