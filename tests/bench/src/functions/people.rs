//! Somebody who has an account and memories, with whatever answers the product's requests: our functions or a peer.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::events::request;
use crate::lambda::Lambda;

const PASSWORD: &str = "TestPassword123!";
/// What a list shows.
const LISTED: usize = 20;

/// A person.
#[derive(Default)]
pub(crate) struct Person {
    pub(crate) email: String,
    /// Of their account.
    pub(crate) id: String,
    pub(crate) token: String,
    /// Their newest: each works once.
    refresh_token: String,
    /// A memory of theirs.
    pub(crate) memory: String,
    /// How many they have saved.
    saved: usize,
}

impl Person {
    /// Registers somebody, and signs them in.
    pub(crate) fn registered(auth: &Lambda, name: &str) -> anyhow::Result<Self> {
        let email = format!("{name}@example.com");
        let account =
            json!({"email": email, "password": PASSWORD, "firstName": "Ada", "lastName": "Lovelace"});
        let registered = ok(auth, &request("POST", "/auth/register", None, Some(&account)))?;
        // The peers do not say whom they have registered.
        let id = registered["user"]["id"].as_str().unwrap_or_default().to_owned();
        let mut person = Self { email, id, ..Self::default() };
        person.sign_in(auth)?;
        Ok(person)
    }

    /// Signs them in again: a token is good for a quarter of an hour.
    pub(crate) fn sign_in(&mut self, auth: &Lambda) -> anyhow::Result<()> {
        let answer = ok(auth, &self.login())?;
        self.keep(&answer)
    }

    /// Keeps the tokens that they were answered with.
    pub(crate) fn keep(&mut self, answer: &Value) -> anyhow::Result<()> {
        let token = |name: &str| answer[name].as_str().map(str::to_owned).context("a token");
        (self.token, self.refresh_token) = (token("accessToken")?, token("refreshToken")?);
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

    /// A request for new tokens, which must be kept.
    pub(crate) fn refresh(&self) -> Value {
        request("POST", "/auth/refresh", None, Some(&json!({"refreshToken": self.refresh_token})))
    }

    /// Any request of theirs.
    pub(crate) fn asks(&self, method: &str, path: &str) -> Value {
        request(method, path, Some(&self.token), None)
    }

    /// Any request of theirs that has a body.
    pub(crate) fn sends(&self, method: &str, path: &str, body: &Value) -> Value {
        request(method, path, Some(&self.token), Some(body))
    }

    /// A request that saves a memory, another one each time.
    pub(crate) fn create(&mut self) -> Value {
        self.saved += 1;
        let text = format!(
            "The train to Porto leaves before noon from platform {}, window seat, and coffee for everybody.",
            self.saved
        );
        let body = json!({"title": format!("Trip to Porto {}", self.saved), "content": {"text": text}, "tags": ["travel", "train"]});
        self.sends("POST", "/memories", &body)
    }

    /// A request for their newest memories.
    pub(crate) fn list(&self) -> Value {
        self.asks("GET", &format!("/memories?limit={LISTED}"))
    }

    /// A request for one.
    pub(crate) fn get(&self) -> Value {
        self.asks("GET", &format!("/memories/{}", self.memory))
    }

    /// What somebody does with their memories.
    pub(crate) fn mixed(&mut self) -> Vec<Value> {
        let path = format!("/memories/{}", self.memory);
        let message = json!({"content": "Platform four, not five."});
        vec![
            self.create(),
            self.list(),
            self.get(),
            self.sends("PATCH", &path, &json!({"isFavorite": self.saved.is_multiple_of(2)})),
            self.list(),
            self.get(),
            self.sends("POST", &format!("{path}/messages"), &message),
            self.asks("GET", &format!("{path}/messages")),
        ]
    }
}

/// The answer to a request that must be done.
pub(crate) fn ok(lambda: &Lambda, event: &Value) -> anyhow::Result<Value> {
    let answered = lambda.invoke(event)?;
    let is_done = (200..300).contains(&answered.status()?);
    ensure!(is_done, "{} {}: {}", event["httpMethod"], event["path"], answered.body);
    Ok(answered.content())
}
