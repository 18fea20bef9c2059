//! OpenAI played on 127.0.0.1, as strict as it is: what it would refuse is refused, with its own errors.
//!
//! It runs on a thread of its own until it is dropped. Its vectors depend on nothing but the text and the model, and texts
//! that share words are near each other. It can be told to fail, and remembers what it was asked.

mod embeddings;
mod fault;
mod refusal;
mod rules;
mod space;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::routing::post;

pub use fault::Fault;
pub use rules::{KeyHeader, Model, Rules};

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
    /// What stands behind the `?` of its address.
    pub query: Option<String>,
    /// The body, if it was JSON.
    pub body: serde_json::Value,
}

impl Seen {
    /// The texts that it was about.
    pub fn inputs(&self) -> Vec<&str> {
        let several = self.body["input"].as_array().map(Vec::as_slice);
        let all = several.unwrap_or_else(|| std::slice::from_ref(&self.body["input"]));
        all.iter().filter_map(|input| input.as_str()).collect()
    }
}

struct Site {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    rules: Rules,
    faults: VecDeque<Fault>,
    seen: Vec<Seen>,
}

impl Site {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FakeOpenAi {
    /// The only key that is good.
    pub const KEY: &str = "sk-secret-of-tests";

    /// Starts one with the vendor's models and limits.
    pub fn start() -> Self {
        let port = Port::free();
        let origin = format!("http://{}", port.address());
        let site = Arc::new(Site { state: Mutex::default() });
        let router = Router::new()
            .route("/v1/embeddings", post(embeddings::answer))
            .fallback(async || Refusal::unknown_url())
            .method_not_allowed_fallback(async || Refusal::wrong_method())
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

    /// What came in since this was last asked.
    pub fn take_seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.site.state().seen)
    }
}
