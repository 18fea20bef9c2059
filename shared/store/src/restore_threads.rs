//! Which message another replies to, among messages that are brought in together: threads are one level deep, and whatever they were
//! elsewhere, they are so here.

use std::collections::{HashMap, HashSet};

use app_domain::{Message, MessageId};

/// How deep replies to replies are followed. What is deeper, or goes round in a circle, begins a thread of its own.
const DEEPEST: usize = 64;

/// Messages that are brought in together.
pub(crate) struct Threads<'a> {
    messages: &'a [Message],
    places: HashMap<MessageId, usize>,
}

/// What a message replies to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The first of the messages above it that come with it.
    pub(crate) together: Option<MessageId>,
    /// What that replies to, or the message itself if none above it comes with it.
    pub(crate) elsewhere: Option<MessageId>,
}

impl<'a> Threads<'a> {
    pub(crate) fn of(messages: &'a [Message]) -> Self {
        let mut places = HashMap::with_capacity(messages.len());
        for (place, message) in messages.iter().enumerate() {
            // Of two with one id, the first counts.
            places.entry(message.id).or_insert(place);
        }
        Self { messages, places }
    }

    /// What the message at a place replies to.
    pub(crate) fn origin(&self, place: usize) -> Origin {
        let Some(message) = self.messages.get(place) else { return Origin::default() };
        let (mut above, mut together) = (message.parent, None);
        for _ in 0..DEEPEST {
            let Some(parent) = above else { return Origin { together, elsewhere: None } };
            let Some(next) = self.places.get(&parent).and_then(|place| self.messages.get(*place)) else {
                return Origin { together, elsewhere: Some(parent) };
            };
            if parent == message.id {
                return Origin::default();
            }
            together = Some(parent);
            above = next.parent;
        }
        Origin::default()
    }

    /// The places of all messages, each behind the one that it replies to, otherwise as they are given.
    pub(crate) fn in_order(&self) -> Vec<usize> {
        let (mut order, mut met) = (Vec::with_capacity(self.messages.len()), HashSet::new());
        for place in 0..self.messages.len() {
            let first = self.origin(place).together.and_then(|id| self.places.get(&id)).copied();
            for place in first.into_iter().chain([place]) {
                if met.insert(place) {
                    order.push(place);
                }
            }
        }
        order
    }
}
