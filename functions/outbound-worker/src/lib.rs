//! The outbound queue: everything that is said on WhatsApp, each thing once, in the order of its chat.
//!
//! What is said has a key. Its text is kept before its first part is sent, so that Memo is not asked twice; each part is claimed before the call that
//! sends it. The key travels along, and comes back with the statuses: so it is known of a call whose answer was lost whether it
//! was heard.

mod answer;
mod ask;
mod batch;
mod compose;
mod deliver;
mod export;
mod failure;
mod find;
mod health;
mod hold;
mod listener;
mod markdown;
mod say;
mod template;
mod wiring;

use std::sync::Arc;

use app_connectors::graph::Graph;
use app_domain::{ExportLimits, Job, Timestamp};
use app_index::Finder;
use app_memo::Memo;
use app_runtime::{Queue, Reading};
use app_store::{Conversations, Exports, Memories, Messages, SentMessages, Users, WhatsappLinks};

pub use batch::handle;
pub use hold::Holds;
pub use template::Template;
pub use wiring::{WiringError, wired};

/// Reads the access token of the business's number.
pub type Token = Arc<dyn Fn() -> Reading + Send + Sync>;

/// What the handler works with.
#[derive(Clone)]
pub struct App {
    /// What has been said, and how far it has come.
    pub sent: SentMessages,
    /// Whose phones are whose.
    pub links: WhatsappLinks,
    /// Who has an account.
    pub users: Users,
    /// Memories.
    pub memories: Memories,
    /// Messages under them.
    pub messages: Messages,
    /// What was said with Memo.
    pub conversations: Conversations,
    /// The assistant.
    pub memo: Memo,
    /// Finds memories.
    pub finder: Arc<Finder>,
    /// The export jobs.
    pub exports: Exports,
    /// What they may be.
    pub export_limits: ExportLimits,
    /// Hands them to their worker.
    pub jobs: Queue<Job>,
    /// WhatsApp.
    pub graph: Graph,
    /// The token to call it with. Without one nothing is said.
    pub token: Option<Token>,
    /// What is sent when WhatsApp takes nothing else.
    pub template: Option<Template>,
    /// Keeps messages in the queue for a while.
    pub holds: Holds,
}

/// The time: as it was when the batch came, and what has passed since.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    began_at: Timestamp,
    began: tokio::time::Instant,
}

impl Clock {
    pub(crate) fn starting(now: Timestamp) -> Self {
        Self { began_at: now, began: tokio::time::Instant::now() }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.began_at.plus(self.began.elapsed())
    }
}
