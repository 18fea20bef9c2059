//! Every operation of the API description, called on the deployed stack.

use std::sync::Arc;

use e2e::{Person, Stack};
use reqwest::Method;
use serde_json::{Value, json};

crate::trials!(every_operation_is_reachable, every_operation_is_public_on_purpose_or_refuses_a_stranger);

/// The operations that need no token.
const PUBLIC: [&str; 9] = [
    "POST /auth/register",
    "POST /auth/login",
    "POST /auth/refresh",
    "GET /auth/jwks.json",
    "GET /whatsapp/webhook",
    "POST /whatsapp/webhook",
    "GET /health",
    "GET /ready",
    "GET /openapi.json",
];

struct Operation {
    name: String,
    method: Method,
    path: String,
    needs_token: bool,
}

async fn operations(stack: &Arc<Stack>) -> Vec<Operation> {
    let api = Person::stranger(stack).get("/openapi.json").await.body;
    let mut operations = Vec::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            operations.push(Operation {
                name: format!("{method} {path}"),
                method,
                path: path.replace("{id}", "01900000-0000-7000-8000-000000000000"),
                needs_token: operation["security"].is_array(),
            });
        }
    }
    operations
}

async fn call(person: &Person, operation: &Operation) -> (u16, Value) {
    let body = (operation.method != Method::GET).then(|| b"{}".to_vec());
    let headers = [("content-type", "application/json")];
    let reply = person.send(operation.method.clone(), &operation.path, &headers, body).await;
    (reply.status.as_u16(), reply.body)
}

async fn every_operation_is_reachable(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    for operation in operations(&stack).await {
        let (status, body) = call(&ada, &operation).await;
        let from_us = body["error"]["requestId"].is_string() || status < 400;
        let no_route = body["error"]["message"] == "There is nothing at this path." || status == 405;
        assert!(from_us && !no_route && status < 500, "{}: {status} {body}", operation.name);
    }
}

async fn every_operation_is_public_on_purpose_or_refuses_a_stranger(stack: Arc<Stack>) {
    let stranger = Person::stranger(&stack);
    for operation in operations(&stack).await {
        let public = PUBLIC.contains(&operation.name.as_str());
        assert_ne!(public, operation.needs_token, "{} says the wrong thing about tokens", operation.name);
        if !public {
            let (status, body) = call(&stranger, &operation).await;
            assert_eq!(
                (status, &body["error"]["type"]),
                (401, &json!("Unauthenticated")),
                "{}",
                operation.name
            );
        }
    }
}
