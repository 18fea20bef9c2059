//! A person with a memory to talk about.

use app_ai::Answerer;
use app_domain::{Role, UserId};
use app_http::Authenticator;
use app_runtime::{OutboundQueue, Queue};
use app_store::{Files, Memories, WhatsappLinks};
use app_testing::{Call, PlayedQueue, Reply, authenticator, caller, table, vault};
use axum::Router;
use http::Method;
use memories::{App, router};
use serde_json::{Value, json};

pub(crate) struct Stage {
    pub(crate) files: Files,
    pub(crate) memories: Memories,
    pub(crate) links: WhatsappLinks,
    /// What is to be said on WhatsApp.
    pub(crate) outbound: PlayedQueue,
    pub(crate) app: Router,
    pub(crate) me: UserId,
    pub(crate) token: String,
    /// The path of the memory's messages.
    pub(crate) path: String,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(authenticator(), |app| app).await
    }

    /// With another model than the built-in one.
    pub(crate) async fn asking(model: impl Answerer + 'static) -> Self {
        Self::with(authenticator(), |app| app.with_model(model)).await
    }

    pub(crate) async fn with(authenticator: Authenticator, change: impl FnOnce(App) -> App) -> Self {
        let table = table().await;
        let vault = vault(&table);
        let chores = Queue::new(PlayedQueue::URL, PlayedQueue::default().client());
        let outbound = PlayedQueue::default();
        let queue = OutboundQueue::new(PlayedQueue::URL, outbound.client());
        let app = router(change(App::new(&table, vault.clone(), authenticator, chores, queue)), "*");
        let (me, token) = caller(Role::Premium);
        let mut stage = Self {
            files: Files::new(table.clone(), vault.clone()),
            memories: Memories::new(table.clone(), vault),
            links: WhatsappLinks::new(table),
            outbound,
            app,
            me,
            token,
            path: String::new(),
        };
        let memory =
            json!({"title": "Lisbon", "content": {"text": "The hotel costs 90 euros."}, "tags": ["travel"]});
        stage.path = stage.memory(&memory).await;
        stage
    }

    /// Saves another memory, and gives the path of its messages.
    pub(crate) async fn memory(&self, memory: &Value) -> String {
        let reply = Call::post("/memories", memory).as_caller(&self.token).send(&self.app).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        format!("/memories/{}/messages", reply.json()["memory"]["id"].as_str().unwrap())
    }

    pub(crate) async fn send(&self, call: Call) -> Reply {
        call.as_caller(&self.token).send(&self.app).await
    }

    pub(crate) async fn post(&self, message: &Value) -> Reply {
        self.send(Call::post(&self.path, message)).await
    }

    /// Sends a message that must be taken.
    pub(crate) async fn say(&self, message: &Value) -> Value {
        let reply = self.post(message).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        reply.json()["message"].clone()
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Call::get(path)).await
    }

    /// The messages' contents, as a list with this query shows them, and its total.
    pub(crate) async fn list(&self, query: &str) -> (Vec<String>, u64) {
        let reply = self.get(&format!("{}?{query}", self.path)).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let page = reply.json();
        let contents = page["messages"].as_array().unwrap().iter();
        let contents = contents.map(|message| message["content"].as_str().unwrap_or("-").to_owned());
        (contents.collect(), page["pagination"]["total"].as_u64().unwrap())
    }

    /// The path of a message.
    pub(crate) fn one(&self, message: &Value) -> String {
        format!("{}/{}", self.path, message["id"].as_str().unwrap())
    }

    pub(crate) async fn patch(&self, message: &Value, change: &Value) -> Reply {
        self.send(Call::new(Method::PATCH, &self.one(message)).json(change)).await
    }

    pub(crate) async fn delete(&self, message: &Value) -> Reply {
        self.send(Call::new(Method::DELETE, &self.one(message))).await
    }
}
