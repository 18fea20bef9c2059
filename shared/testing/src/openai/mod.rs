//! OpenAI played on 127.0.0.1, as strict as it is: what it would refuse is refused, with its own errors.
//!
//! It runs on a thread of its own until it is dropped. Its vectors depend on nothing but the text and the model, and texts
//! that share words are near each other. What it says follows from what it is asked, unless it is told what to say. It can be
//! told to fail, and remembers what it was asked.

mod access;
mod chat;
mod chat_rules;
mod echo;
mod embeddings;
mod fault;
mod messages;
mod models;
mod multipart;
mod refusal;
mod rules;
mod script;
mod space;
mod step;
mod stream;
mod transcriptions;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

pub use fault::Fault;
pub use rules::{ChatModel, KeyHeader, Model, Rules};
pub use script::Script;

use self::refusal::Refusal;
use crate::server::{Port, Server};

/// An OpenAI with one account.
pub struct FakeOpenAi {
    site: Arc<Site>,
    origin: String,
    _server: Server,
}

/// A request that came in, good or not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    /// What it was about: the end of its address, such as `chat/completions`.
    pub path: &'static str,
    /// What stands behind the `?` of its address.
    pub query: Option<String>,
    /// The body, if it was JSON. Of a form its fields, and of a file in it the name, the type and the length.
    pub body: serde_json::Value,
}

impl Seen {
    /// The texts that vectors were asked for.
    pub fn inputs(&self) -> Vec<&str> {
        let several = self.body["input"].as_array().map(Vec::as_slice);
        let all = several.unwrap_or_else(|| std::slice::from_ref(&self.body["input"]));
        all.iter().filter_map(|input| input.as_str()).collect()
    }
}

#[derive(Default)]
struct Site {
    state: Mutex<State>,
    disconnects: AtomicUsize,
}

#[derive(Default)]
struct State {
    rules: Rules,
    faults: VecDeque<Fault>,
    scripts: VecDeque<Script>,
    heard: VecDeque<String>,
    seen: Vec<Seen>,
}

impl Site {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FakeOpenAi {
    /// The key that is good, beside those of [`Rules::further_keys`].
    pub const KEY: &str = "sk-secret-of-tests";

    /// Starts one with the vendor's models and limits.
    pub fn start() -> Self {
        let port = Port::free();
        let origin = format!("http://{}", port.address());
        let site = Arc::<Site>::default();
        let router = Router::new()
            .route("/v1/embeddings", post(embeddings::answer))
            .route("/v1/chat/completions", post(chat::answer))
            .route("/v1/audio/transcriptions", post(transcriptions::answer))
            .route("/v1/models", get(models::answer))
            .fallback(async || Refusal::unknown_url())
            .method_not_allowed_fallback(async || Refusal::wrong_method())
            .layer(DefaultBodyLimit::disable())
            .with_state(Arc::clone(&site));
        Self { site, origin, _server: port.serve(router) }
    }

    /// What clients are given as base URL.
    pub fn base_url(&self) -> String {
        format!("{}/v1", self.origin)
    }

    /// Changes what is taken from now on.
    pub fn change(&self, rules: impl FnOnce(&mut Rules)) {
        rules(&mut self.site.state().rules);
    }

    /// Lets one more request fail: the first after those that are to fail already.
    pub fn fail(&self, fault: Fault) {
        self.site.state().faults.push_back(fault);
    }

    /// Lets no more requests fail.
    pub fn forget_faults(&self) {
        self.site.state().faults.clear();
    }

    /// Says this to one more question: the first after those that have their answer already. Who asks too badly to be
    /// answered leaves it to the next.
    pub fn answer(&self, script: Script) {
        self.site.state().scripts.push_back(script);
    }

    /// Hears this in one more recording.
    pub fn hear(&self, text: &str) {
        self.site.state().heard.push_back(text.to_owned());
    }

    /// How many clients left before the end of an answer that came event by event.
    pub fn disconnects(&self) -> usize {
        self.site.disconnects.load(Ordering::SeqCst)
    }

    /// What came in since this was last asked.
    pub fn take_seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.site.state().seen)
    }
}
