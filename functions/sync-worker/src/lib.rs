//! The inbound queue: what is said on WhatsApp becomes memories, changes of memories and answers, each once, whatever is delivered
//! twice or out of order.

mod account;
mod batch;
mod change;
mod command;
mod contact;
mod effects;
mod incoming;
mod memory;
mod outcome;
mod person;
mod receive;
mod reply;
mod status;
mod system;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use app_domain::{Chore, MediaJob, Sealing};
use app_runtime::{OutboundQueue, Queue};
use app_store::{
    Categories, Inbox, Memories, Messages, PendingChanges, SentMessages, Table, WhatsappContacts,
    WhatsappLinks, WhatsappNumbers,
};

pub use batch::handle;

/// What the handler works with.
#[derive(Clone)]
pub struct App {
    links: WhatsappLinks,
    numbers: WhatsappNumbers,
    contacts: WhatsappContacts,
    memories: Memories,
    messages: Messages,
    categories: Categories,
    pending: PendingChanges,
    sent: SentMessages,
    inbox: Inbox,
    queues: Queues,
    /// Meta's id of the number that everybody can write to; `None` if there is one number only.
    shared_number: Option<Arc<str>>,
}

/// Where work for others goes.
#[derive(Clone)]
pub struct Queues {
    /// Media to fetch.
    pub media: Queue<MediaJob>,
    /// What is to be said.
    pub outbound: OutboundQueue,
    /// What a link begins with.
    pub chores: Queue<Chore>,
}

impl App {
    /// Everything in `table`, sealed by `sealing`.
    pub fn new(
        table: &Table,
        sealing: impl Sealing + Clone,
        queues: Queues,
        shared_number: Option<String>,
    ) -> Self {
        Self {
            links: WhatsappLinks::new(table.clone()),
            numbers: WhatsappNumbers::new(table.clone(), sealing.clone()),
            contacts: WhatsappContacts::new(table.clone(), sealing.clone()),
            memories: Memories::new(table.clone(), sealing.clone()),
            messages: Messages::new(table.clone(), sealing.clone()),
            categories: Categories::new(table.clone(), sealing.clone()),
            pending: PendingChanges::new(table.clone(), sealing.clone()),
            sent: SentMessages::new(table.clone(), sealing),
            inbox: Inbox::new(table.clone()),
            queues,
            shared_number: shared_number.filter(|number| !number.is_empty()).map(Arc::from),
        }
    }
}
