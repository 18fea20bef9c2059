//! Which messages a list holds.

use crate::{MessageId, Timestamp};

/// Which messages of a memory are wanted: those that fit everything that is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MessageFilter {
    /// Replies to this message.
    pub parent: Option<MessageId>,
    /// Sent later than this.
    pub after: Option<Timestamp>,
    /// Sent earlier than this.
    pub before: Option<Timestamp>,
}

impl MessageFilter {
    /// Whether it asks for a time.
    pub fn has_times(&self) -> bool {
        self.after.is_some() || self.before.is_some()
    }
}
