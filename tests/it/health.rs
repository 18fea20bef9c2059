//! Health, readiness and the API description.

use std::sync::Arc;

use e2e::{Person, Stack, repository};
use serde_json::{Value, json};

crate::trials!(every_dependency_is_healthy, the_description_is_the_one_checked_in);

async fn every_dependency_is_healthy(stack: Arc<Stack>) {
    let anyone = Person::stranger(&stack);
    let health = anyone.get("/health").await;
    assert_eq!((health.status.as_u16(), &health.body["status"]), (200, &json!("healthy")), "{}", health.body);
    for (name, check) in health.body["checks"].as_object().unwrap() {
        assert_eq!(check["status"], "healthy", "{name}");
        assert!(check["latencyMs"].is_number(), "{name}");
    }
    assert_eq!(anyone.get("/ready").await.body["status"], "ready");
}

async fn the_description_is_the_one_checked_in(stack: Arc<Stack>) {
    let served = Person::stranger(&stack).get("/openapi.json").await;
    let file = std::fs::read_to_string(repository().join("docs/openapi.json")).unwrap();
    assert_eq!(served.body, serde_json::from_str::<Value>(&file).unwrap());
    assert_eq!(served.headers["content-type"], "application/json");
}
