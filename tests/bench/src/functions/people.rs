//! Somebody who has an account and memories, with whatever answers the product's requests: our functions or a peer.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::events::request;
use crate::lambda::Lambda;

const PASSWORD: &str = "TestPassword123!";
/// What a list shows.
const LISTED: usize = 20;

/// A person.
pub(crate) struct Person {
    email: String,
    pub(crate) token: String,
    /// A memory of theirs.
    memory: String,
    /// How many they have saved.
    saved: usize,
}

impl Person {
    /// Registers somebody, and signs them in.
    pub(crate) fn registered(auth: &Lambda, name: &str) -> anyhow::Result<Self> {
        let email = format!("{name}@example.com");
        let account =
            json!({"email": email, "password": PASSWORD, "firstName": "Ada", "lastName": "Lovelace"});
        ok(auth, &request("POST", "/auth/register", None, Some(&account)))?;
        let mut person = Self { email, token: String::new(), memory: String::new(), saved: 0 };
        person.sign_in(auth)?;
        Ok(person)
    }

    /// Signs them in again: a token is good for a quarter of an hour.
    pub(crate) fn sign_in(&mut self, auth: &Lambda) -> anyhow::Result<()> {
        let answer = ok(auth, &self.login())?;
        self.token = answer["accessToken"].as_str().context("a token")?.to_owned();
        Ok(())
    }

    /// Saves memories for them.
    pub(crate) fn save(&mut self, memories: &Lambda, count: usize) -> anyhow::Result<()> {
        for _ in 0..count {
            let create = self.create();
            self.memory = ok(memories, &create)?["memory"]["id"].as_str().context("an id")?.to_owned();
        }
        Ok(())
    }

    /// A request that signs them in.
    pub(crate) fn login(&self) -> Value {
        request("POST", "/auth/login", None, Some(&json!({"email": self.email, "password": PASSWORD})))
    }

    /// A request that saves a memory, another one each time.
    pub(crate) fn create(&mut self) -> Value {
        self.saved += 1;
        let text = format!(
            "The train to Porto leaves before noon from platform {}, window seat, and coffee for everybody.",
            self.saved
        );
        let body = json!({"title": format!("Trip to Porto {}", self.saved), "content": {"text": text}, "tags": ["travel", "train"]});
        request("POST", "/memories", Some(&self.token), Some(&body))
    }

    /// A request for their newest memories.
    pub(crate) fn list(&self) -> Value {
        request("GET", &format!("/memories?limit={LISTED}"), Some(&self.token), None)
    }

    /// A request for one.
    pub(crate) fn get(&self) -> Value {
        request("GET", &format!("/memories/{}", self.memory), Some(&self.token), None)
    }

    /// What somebody does with their memories.
    pub(crate) fn mixed(&mut self) -> Vec<Value> {
        let path = format!("/memories/{}", self.memory);
        let message = json!({"content": "Platform four, not five."});
        vec![
            self.create(),
            self.list(),
            self.get(),
            request(
                "PATCH",
                &path,
                Some(&self.token),
                Some(&json!({"isFavorite": self.saved.is_multiple_of(2)})),
            ),
            self.list(),
            self.get(),
            request("POST", &format!("{path}/messages"), Some(&self.token), Some(&message)),
            request("GET", &format!("{path}/messages"), Some(&self.token), None),
        ]
    }
}

/// The answer to a request that must be done.
pub(crate) fn ok(lambda: &Lambda, event: &Value) -> anyhow::Result<Value> {
    let answer = lambda.invoke(event)?.body;
    let status = answer["statusCode"].as_u64().unwrap_or_default();
    ensure!((200..300).contains(&status), "{} {}: {answer}", event["httpMethod"], event["path"]);
    Ok(answer["body"].as_str().and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default())
}
