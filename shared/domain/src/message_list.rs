//! Which messages a list holds.

use crate::{Invalid, Limit, MessageId, PageNumber, Timestamp};

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
    /// How many messages may come before a numbered page: the table reads them in full only to pass them over.
    pub const MAX_SKIPPED: u32 = 200;

    /// # Errors
    /// If the pages before this one hold more than [`Self::MAX_SKIPPED`] messages.
    pub fn check_depth(number: PageNumber, limit: Limit) -> Result<(), Invalid> {
        if number.skipped(limit) <= Self::MAX_SKIPPED {
            return Ok(());
        }
        Err(Invalid::new(format!(
            "must have at most {} messages before it: follow pagination.nextCursor instead",
            Self::MAX_SKIPPED
        )))
    }

    /// Whether it asks for a time.
    pub fn has_times(&self) -> bool {
        self.after.is_some() || self.before.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_pages_end_behind_two_hundred_messages() {
        let limit = Limit::default();
        let check = |page: u32| MessageFilter::check_depth(PageNumber::parse(page, limit).unwrap(), limit);
        assert!(check(1).is_ok() && check(11).is_ok());
        assert!(check(12).is_err());
    }
}
