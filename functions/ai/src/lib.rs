//! Memo, the assistant that answers from a person's memories: at once, or as server-sent events from an address of its own.

mod categorize;
mod chat;
mod conversations;
mod facts;
mod models;
mod settings;
mod suggestions;
mod summarize;
mod task;
mod usage;
mod wiring;

use app_domain::{Budgets, Chore};
use app_http::{Authenticator, Routes, routes, service};
use app_memo::Memo;
use app_runtime::Queue;
use app_store::{Conversations, Facts, Interactions, MemoPreferences};
use axum::Router;
use axum::extract::FromRef;
use axum::routing::{get, post};

pub use wiring::{WiringError, wired};

/// What the handlers work with.
#[derive(Clone, FromRef)]
pub struct App {
    /// The assistant.
    pub memo: Memo,
    /// What was said.
    pub conversations: Conversations,
    /// What was learnt.
    pub facts: Facts,
    /// How people want the assistant to be.
    pub settings: MemoPreferences,
    /// The calls of models.
    pub interactions: Interactions,
    /// Where what is too much for one request is put.
    pub chores: Queue<Chore>,
    /// What people may use of those in a day.
    pub budgets: Budgets,
    /// Proves who calls.
    pub authenticator: Authenticator,
}

/// The operations.
pub fn api<R: Routes<App>>() -> R {
    R::new()
        .routes(routes!(chat::buffered::chat))
        .routes(routes!(models::list))
        .routes(routes!(categorize::categorize))
        .routes(routes!(summarize::summarize))
        .routes(routes!(suggestions::suggest))
        .routes(routes!(settings::read, settings::patch))
        .routes(routes!(usage::own))
        .routes(routes!(usage::list))
        .routes(routes!(usage::everybody))
        .merge(conversations::api())
        .merge(facts::api())
}

/// The function's service.
pub fn router(app: App, allowed_origin: &str) -> Router {
    service(api::<Router<App>>().with_state(app), allowed_origin)
}

/// The service that tells answers while they are made. It has an address of its own, because the gateway hands on whole answers alone.
pub fn stream_router(app: App, allowed_origin: &str) -> Router {
    let router = Router::new()
        .route("/ai/chat/stream", post(chat::stream::chat))
        .route("/ai/conversations/{id}/messages/{messageId}/stream", get(chat::stream::resume));
    service(router.with_state(app), allowed_origin)
}
