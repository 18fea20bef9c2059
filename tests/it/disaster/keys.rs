//! docs/runbooks/rotate-keys.md.

use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use e2e::{Person, Stack};
use serde_json::{Value, json};

use super::{renewed, signed_in, tool};

const PROGRAM: &str = "infra/keys.py";

/// The id of the key that has signed a token.
fn key_of(person: &Person) -> String {
    let header = BASE64URL_NOPAD.decode(person.token().split('.').next().unwrap().as_bytes()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

/// The ids of the keys that everybody may check tokens with.
async fn published(person: &Person) -> Vec<String> {
    let keys = person.get("/auth/jwks.json").await.body["keys"].clone();
    keys.as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

async fn statuses(person: &Person) -> [u16; 2] {
    [person.get("/auth/me").await.status.as_u16(), person.get("/memories").await.status.as_u16()]
}

pub(super) async fn keys_rotate_without_signing_anybody_out(stack: Arc<Stack>) {
    // Another trial has rotated the keys, and the function that signs may still hold the one before.
    renewed(&stack).await;
    let ada = Person::registered(&stack).await;
    let said = tool(&stack, PROGRAM, &["rotate", "--wait-seconds", "1"]);
    // Functions hold what they have read for five minutes; this is quicker than waiting.
    renewed(&stack).await;
    let again = signed_in(&ada).await;
    assert_ne!(key_of(&ada), key_of(&again));
    for key in [key_of(&ada), key_of(&again)] {
        assert!(said.contains(&key), "{said}");
        assert!(published(&ada).await.contains(&key));
    }
    assert_eq!(statuses(&ada).await, [200, 200], "the token of the key before");
    assert_eq!(statuses(&again).await, [200, 200]);
}

pub(super) async fn a_leaked_key_is_worth_nothing(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    assert_eq!(statuses(&ada).await, [200, 200]);
    for _ in 0..2 {
        tool(&stack, PROGRAM, &["rotate", "--wait-seconds", "0"]);
    }
    renewed(&stack).await;
    assert!(!published(&ada).await.contains(&key_of(&ada)));
    assert_eq!(statuses(&ada).await, [401, 401]);
    // Nobody signs in again: what renews a token is not signed.
    let renewed = ada.post("/auth/refresh", &json!({"refreshToken": ada.account["refreshToken"]})).await;
    let renewed = ada.with_token(renewed.body["accessToken"].as_str().unwrap());
    assert_eq!(statuses(&renewed).await, [200, 200]);
    assert_eq!(published(&ada).await.first(), Some(&key_of(&renewed)));
}
