//! The chores queue: what is too much for one request, or is to be done on a day.

mod batch;
mod chore;
mod deadline;
mod refile;
mod remind;
mod sweep;

use app_domain::{Chore, MailJob, Sealing, Timestamp};
use app_runtime::Queue;
use app_store::{Conversations, Due, FileBucket, FileRemoval, Files, Memories, Reminders, Table, Users};

pub use batch::handle;
pub use deadline::WORKS_FOR;

/// What chores are done with.
#[derive(Clone)]
pub struct Worker {
    memories: Memories,
    files: FileRemoval,
    conversations: Conversations,
    due: Due,
    reminders: Reminders,
    users: Users,
    queue: Queue<Chore>,
    mail: Queue<MailJob>,
    now: fn() -> Timestamp,
}

impl Worker {
    /// Does chores on what is in `table`, sealed by `sealing`, and on files in `bucket`. What takes longer than one invocation has
    /// goes on in `queue`; reminders are sent through `mail`.
    pub fn new(
        table: &Table,
        sealing: impl Sealing + Clone,
        bucket: FileBucket,
        queue: Queue<Chore>,
        mail: Queue<MailJob>,
        now: fn() -> Timestamp,
    ) -> Self {
        let files = Files::new(table.clone(), sealing.clone());
        Self {
            memories: Memories::new(table.clone(), sealing.clone()),
            conversations: Conversations::new(table.clone(), sealing.clone()),
            files: FileRemoval::new(files, bucket),
            due: Due::new(table.clone()),
            reminders: Reminders::new(table.clone(), sealing),
            users: Users::new(table.clone()),
            queue,
            mail,
            now,
        }
    }
}
