//! The inbound queue: turns WhatsApp messages into memories, each once, whatever is delivered twice or out of order.

mod batch;
mod memory;
mod receive;
#[cfg(test)]
mod tests;

use app_domain::Sealing;
use app_store::{Inbox, Memories, Table, WhatsappLinks};

pub use batch::handle;

/// What the handler works with.
#[derive(Clone)]
pub struct App {
    links: WhatsappLinks,
    memories: Memories,
    inbox: Inbox,
}

impl App {
    /// Everything in `table`, sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self {
            links: WhatsappLinks::new(table.clone()),
            memories: Memories::new(table.clone(), sealing),
            inbox: Inbox::new(table),
        }
    }
}
