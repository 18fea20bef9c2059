//! The chores queue: what is too much for one request, or is to be done on a day.

mod batch;
mod chore;
mod claim;
mod deadline;
mod refile;
mod remind;
mod sweep;

use app_domain::{Chore, MailJob, Sealing, Timestamp};
use app_runtime::{OrderedQueue, Queue};
use app_store::{
    Conversations, Due, FileBucket, FileRemoval, Files, Inbox, Memories, Reminders, Table, Users,
    WhatsappLinks,
};

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
    links: WhatsappLinks,
    inbox: Inbox,
    queue: Queue<Chore>,
    mail: Queue<MailJob>,
    inbound: OrderedQueue,
    now: fn() -> Timestamp,
}

/// Where chores send what they do not do themselves.
#[derive(Clone)]
pub struct Queues {
    /// This worker's own: what takes longer than one invocation has goes on in it.
    pub chores: Queue<Chore>,
    /// Mails to write and send.
    pub mail: Queue<MailJob>,
    /// Messages that become memories.
    pub inbound: OrderedQueue,
}

impl Worker {
    /// Does chores on what is in `table`, sealed by `sealing`, and on files in `bucket`.
    pub fn new(
        table: &Table,
        sealing: impl Sealing + Clone,
        bucket: FileBucket,
        Queues { chores, mail, inbound }: Queues,
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
            links: WhatsappLinks::new(table.clone()),
            inbox: Inbox::new(table.clone()),
            queue: chores,
            mail,
            inbound,
            now,
        }
    }
}
