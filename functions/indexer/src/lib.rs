//! Keeps people's indexes up to date.
//!
//! Two things come here: from the table's stream, that something of a person has changed; from the queue `index`, work that takes
//! longer or comes later. What exactly has changed is noted in the table, so nothing depends on what an event says but whose it is.

mod event;
mod jobs;
mod stream;

use std::sync::Arc;

use app_domain::Timestamp;
use app_index::{IndexJob, Indexer};
use app_runtime::Queue;
use app_store::Directory;

pub use event::{IndexEvent, IndexResponse};
pub use jobs::WORKS_FOR;

/// What indexes are kept with.
#[derive(Clone)]
pub struct Worker {
    /// Does the work.
    pub indexer: Arc<Indexer>,
    /// Who there is.
    pub directory: Directory,
    /// Where work goes on.
    pub jobs: Queue<IndexJob>,
    /// The time now.
    pub now: fn() -> Timestamp,
}

/// Handles what comes, from the stream or from the queue. What fails is reported and comes again.
pub async fn handle(worker: &Worker, event: IndexEvent) -> IndexResponse {
    match event {
        IndexEvent::Stream(event) => IndexResponse::Stream(stream::handle(worker, event).await),
        IndexEvent::Queue(event) => IndexResponse::Queue(jobs::handle(worker, event).await),
    }
}
