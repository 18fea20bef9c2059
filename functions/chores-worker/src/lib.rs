//! The chores queue: what is too much for one request, or is to be done on a day.

mod batch;
mod chore;
mod deadline;
mod refile;
mod sweep;

use app_domain::{Chore, Sealing, Timestamp};
use app_runtime::Queue;
use app_store::{Due, FileBucket, FileRemoval, Files, Memories, Table};

pub use batch::handle;
pub use deadline::WORKS_FOR;

/// What chores are done with.
#[derive(Clone)]
pub struct Worker {
    memories: Memories,
    files: FileRemoval,
    due: Due,
    queue: Queue<Chore>,
    now: fn() -> Timestamp,
}

impl Worker {
    /// Does chores on what is in `table`, sealed by `sealing`, and on files in `bucket`. What takes longer than one invocation has
    /// goes on in `queue`.
    pub fn new(
        table: &Table,
        sealing: impl Sealing + Clone,
        bucket: FileBucket,
        queue: Queue<Chore>,
        now: fn() -> Timestamp,
    ) -> Self {
        let files = Files::new(table.clone(), sealing.clone());
        Self {
            memories: Memories::new(table.clone(), sealing),
            files: FileRemoval::new(files, bucket),
            due: Due::new(table.clone()),
            queue,
            now,
        }
    }
}
