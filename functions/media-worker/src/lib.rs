//! The media queue: fetches what came with messages, stores it as files of their memories, and writes down what is said in
//! recordings.
//!
//! A job may come again, or twice at once, and whoever does it may die between any two steps. So each step first looks for what is
//! there: the file's id is made of the memory's, its bytes appear whole or not at all, and what is there is not written again.

mod batch;
mod failure;
mod fetch;
mod job;
mod keep;
mod names;
mod outcome;
mod scribe;
mod token;
mod wiring;
mod words;

use std::time::Duration;

use app_connectors::graph::Graph;
use app_domain::{FileQuotas, MediaJob, Sealing, Timestamp};
use app_runtime::{OutboundQueue, Queue};
use app_store::{
    FileBucket, FileRemoval, Files, MemoPreferences, Memories, Table, Users, WhatsappLinks, WhatsappNumbers,
};

pub use batch::handle;
pub use scribe::{Scribe, ScribeError, Speech};
pub use token::SharedNumber;
pub use wiring::{WiringError, wired};

/// How often a message is received before it goes to the dead letters: the `maxReceiveCount` of the media queue.
pub const MAX_RECEIVES: u32 = 10;

/// How long media may take from WhatsApp into the bucket: less than the function's `Timeout`, so that it can still be noted that they
/// took longer.
pub const FETCHES_FOR: Duration = Duration::from_secs(100);

/// What is outside of the table.
#[derive(Clone)]
pub struct Outside {
    /// Where media come from.
    pub graph: Graph,
    /// The number that everybody may write to.
    pub shared: SharedNumber,
    /// Where media go.
    pub bucket: FileBucket,
    /// Who writes down what is said, if anybody does.
    pub scribe: Option<Scribe>,
    /// Where jobs wait for a connection to be put in order.
    pub queue: Queue<MediaJob>,
    /// Where it is said that media could not be fetched.
    pub outbound: OutboundQueue,
}

/// What media are fetched with.
#[derive(Clone)]
pub struct Worker {
    memories: Memories,
    files: Files,
    removal: FileRemoval,
    users: Users,
    links: WhatsappLinks,
    numbers: WhatsappNumbers,
    settings: MemoPreferences,
    quotas: FileQuotas,
    outside: Outside,
    now: fn() -> Timestamp,
}

impl Worker {
    /// Fetches media for the memories in `table`, sealed by `sealing`, within the quotas of their owners.
    pub fn new(
        table: &Table,
        sealing: impl Sealing + Clone,
        outside: Outside,
        quotas: FileQuotas,
        now: fn() -> Timestamp,
    ) -> Self {
        let files = Files::new(table.clone(), sealing.clone());
        Self {
            memories: Memories::new(table.clone(), sealing.clone()),
            removal: FileRemoval::new(files.clone(), outside.bucket.clone()),
            files,
            users: Users::new(table.clone()),
            links: WhatsappLinks::new(table.clone()),
            numbers: WhatsappNumbers::new(table.clone(), sealing.clone()),
            settings: MemoPreferences::new(table.clone(), sealing),
            quotas,
            outside,
            now,
        }
    }
}
