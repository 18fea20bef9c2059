//! How far something that we send has come.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// How far a message has come. It only goes forward, whatever order the news of it arrive in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// It waits to be sent.
    Queued,
    /// WhatsApp has it.
    Sent,
    /// It is on the phone.
    Delivered,
    /// It was read.
    Read,
    /// It was listened to.
    Played,
    /// It will not arrive.
    Failed,
}

impl DeliveryState {
    /// Its name, as clients and Meta write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
            Self::Failed => "failed",
        }
    }

    /// A status that Meta reports; `None` if it is none that is known.
    pub fn parse(text: &str) -> Option<Self> {
        let mut all = [Self::Sent, Self::Delivered, Self::Read, Self::Played, Self::Failed].into_iter();
        all.find(|state| state.as_str() == text)
    }

    /// The state after more news: the later of both. What has failed stays so, and what has arrived cannot fail any more.
    #[must_use]
    pub fn then(self, news: Self) -> Self {
        match (self, news) {
            (Self::Failed, _) => Self::Failed,
            (Self::Delivered | Self::Read | Self::Played, Self::Failed) => self,
            _ => self.max(news),
        }
    }
}

/// How far a message under a memory has come on its way to a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageDelivery {
    /// How far.
    pub state: DeliveryState,
    /// Why it failed, or what of it was not sent, in words for its owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Since when.
    pub at: Timestamp,
}

impl MessageDelivery {
    /// Asked for at `now`.
    pub fn queued(now: Timestamp) -> Self {
        Self { state: DeliveryState::Queued, reason: None, at: now }
    }

    /// After more news; the same if they are old. What was not sent of it stays said however far the rest comes.
    #[must_use]
    pub fn then(self, state: DeliveryState, reason: Option<String>, at: Timestamp) -> Self {
        let after = self.state.then(state);
        if after != self.state {
            return Self { state: after, reason: reason.or(self.reason), at };
        }
        // What has arrived cannot fail any more, for whatever reason.
        let reason = reason.filter(|_| state != DeliveryState::Failed);
        Self { reason: self.reason.or(reason), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::DeliveryState::{Delivered, Failed, Played, Queued, Read, Sent};
    use super::*;

    #[test]
    fn it_only_goes_forward() {
        assert_eq!(Queued.then(Sent), Sent);
        assert_eq!(Read.then(Delivered), Read);
        assert_eq!(Sent.then(Failed), Failed);
        assert_eq!(Delivered.then(Failed), Delivered);
        assert_eq!(Failed.then(Read), Failed);
        assert_eq!(Read.then(Played), Played);
    }

    #[test]
    fn old_news_change_nothing() {
        let at = |millis| Timestamp::from_millis(millis).unwrap();
        let read = MessageDelivery { state: Read, reason: None, at: at(5) };
        assert_eq!(read.clone().then(Sent, None, at(9)), read);
        assert_eq!(
            MessageDelivery::queued(at(1)).then(Failed, Some("x".to_owned()), at(2)).reason.as_deref(),
            Some("x")
        );
    }

    #[test]
    fn what_was_not_sent_stays_said() {
        let at = |millis| Timestamp::from_millis(millis).unwrap();
        let cut = || Some("cut".to_owned());
        let sent = MessageDelivery::queued(at(1)).then(Sent, cut(), at(2)).then(Read, None, at(3));
        assert_eq!(sent, MessageDelivery { state: Read, reason: cut(), at: at(3) });
        // Also if news of its arrival come first.
        let read = MessageDelivery::queued(at(1)).then(Read, None, at(3));
        assert_eq!(read.clone().then(Sent, cut(), at(4)), sent);
        assert_eq!(read.clone().then(Failed, cut(), at(4)), read);
    }
}
