//! Memories with their trash, versions and messages; categories and tags; reminders.

mod batch;
mod body;
mod categories;
mod change;
mod create;
mod delete;
mod fields;
mod list;
mod messages;
mod patch;
mod read;
mod remaining;
mod reminders;
mod tags;
mod trash;
mod versions;

use std::sync::Arc;

use app_ai::{Answerer, BuiltIn};
use app_domain::{Chore, Sealing};
use app_http::{Authenticator, Routes, routes, service};
use app_runtime::{OutboundQueue, Queue};
use app_store::{
    Categories, Due, MemoPreferences, Memories, Messages, Reminders, Table, UsedTags, WhatsappLinks,
};
use axum::Router;
use axum::extract::FromRef;

/// What the handlers work with.
#[derive(Clone, FromRef)]
pub struct App {
    memories: Memories,
    messages: Messages,
    model: Arc<dyn Answerer>,
    categories: Categories,
    tags: UsedTags,
    reminders: Reminders,
    settings: MemoPreferences,
    due: Due,
    chores: Queue<Chore>,
    links: WhatsappLinks,
    outbound: OutboundQueue,
    authenticator: Authenticator,
}

impl App {
    /// What is in `table`, sealed by `sealing`, for those that `authenticator` proves. What is too much for one request goes to
    /// `chores`, what is to be said on WhatsApp to `outbound`.
    pub fn new(
        table: &Table,
        sealing: impl Sealing + Clone,
        authenticator: Authenticator,
        chores: Queue<Chore>,
        outbound: OutboundQueue,
    ) -> Self {
        Self {
            memories: Memories::new(table.clone(), sealing.clone()),
            messages: Messages::new(table.clone(), sealing.clone()),
            model: Arc::new(BuiltIn),
            categories: Categories::new(table.clone(), sealing.clone()),
            tags: UsedTags::new(table.clone()),
            reminders: Reminders::new(table.clone(), sealing.clone()),
            settings: MemoPreferences::new(table.clone(), sealing),
            due: Due::new(table.clone()),
            chores,
            links: WhatsappLinks::new(table.clone()),
            outbound,
            authenticator,
        }
    }

    /// The same with another model than the built-in one to answer messages.
    #[must_use]
    pub fn with_model(self, model: impl Answerer + 'static) -> Self {
        Self { model: Arc::new(model), ..self }
    }
}

/// The largest body of a batch: the largest that a function gets is 6 MB, in base64 if need be.
const BATCH_MAX_BYTES: usize = 4 * 1024 * 1024;

/// The operations.
pub fn api<R: Routes<App>>() -> R {
    R::new()
        .routes(routes!(create::create, list::list))
        .routes(routes!(batch::batch).body_limit(BATCH_MAX_BYTES))
        .routes(routes!(read::read, patch::patch, delete::delete))
        .merge(messages::api())
        .merge(versions::api())
        .merge(trash::api())
        .merge(categories::api())
        .merge(tags::api())
        .merge(reminders::api())
}

/// The function's service.
pub fn router(app: App, allowed_origin: &str) -> Router {
    service(api::<Router<App>>().with_state(app), allowed_origin)
}
