//! What has happened so far.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app_domain::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::calls::GraphCall;
use super::fault::Fault;
use super::media::{Issued, Kept};
use super::refusal::Refusal;
use super::rules::Rules;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Default)]
pub(super) struct Site {
    state: Mutex<State>,
}

impl Site {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn reset(&self) {
        *self.state() = State::default();
    }
}

#[derive(Default)]
pub(super) struct State {
    pub(super) rules: Rules,
    /// How far its clock is ahead of the system's.
    ahead_ms: i64,
    pub(super) faults: HashMap<GraphCall, VecDeque<Fault>>,
    pub(super) calls: HashMap<GraphCall, usize>,
    pub(super) outbox: Vec<Sent>,
    pub(super) reads: Vec<ReadMark>,
    pub(super) media: HashMap<String, Kept>,
    pub(super) addresses: HashMap<String, Issued>,
    pub(super) subscribed: BTreeSet<String>,
    /// By number and person.
    windows: HashMap<(String, String), Window>,
    /// When everything that was sent to a person would have been sent at the steady rate.
    pairs: HashMap<(String, String), Timestamp>,
}

/// A message that was accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    /// Its place among all that were accepted, from one.
    pub number: usize,
    /// Its id.
    pub wamid: String,
    /// The id of the number that it is from.
    pub from: String,
    /// The phone with a plus, or the id of somebody who hides it.
    pub to: String,
    /// `text`, `template` or `reaction`.
    pub kind: String,
    /// The text, what stands in a template's places, line by line, or the reaction.
    pub text: String,
    /// The message that it answers.
    pub context: Option<String>,
    /// What comes back with its statuses.
    pub key: Option<String>,
    /// When it was accepted.
    pub at: Timestamp,
    /// All that was sent.
    pub body: Value,
}

/// A message that was marked as read.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadMark {
    /// The id of the number that has read it.
    pub from: String,
    /// The message.
    pub wamid: String,
    /// Whether an answer is being written.
    pub is_typing: bool,
    /// When it was marked.
    pub at: Timestamp,
}

/// Whether something other than a template can be sent to a person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Window {
    /// For a day from then.
    Since(Timestamp),
    Closed,
}

impl Sent {
    /// As the control shows it.
    pub(super) fn shown(&self) -> Value {
        json!({
            "number": self.number, "wamid": self.wamid, "from": self.from, "to": self.to, "kind": self.kind,
            "text": self.text, "context": self.context, "key": self.key, "at": self.at, "body": self.body,
        })
    }
}

impl ReadMark {
    /// As the control shows it.
    pub(super) fn shown(&self) -> Value {
        json!({ "from": self.from, "wamid": self.wamid, "isTyping": self.is_typing, "at": self.at })
    }
}

impl State {
    pub(super) fn now(&self) -> Timestamp {
        let millis = jiff::Timestamp::now().as_millisecond().saturating_add(self.ahead_ms);
        Timestamp::from_millis(millis).expect("a time that there is")
    }

    pub(super) fn set_time(&mut self, now: Timestamp) {
        self.ahead_ms = now.as_millis() - jiff::Timestamp::now().as_millisecond();
    }

    pub(super) fn pass(&mut self, span: Duration) {
        self.ahead_ms += i64::try_from(span.as_millis()).expect("a span that there is");
    }

    pub(super) fn set_window(&mut self, number: &str, person: &str, window: Window) {
        self.windows.insert(pair(number, person), window);
    }

    pub(super) fn is_window_open(&self, number: &str, person: &str) -> bool {
        match self.windows.get(&pair(number, person)) {
            Some(Window::Since(at)) => self.now().since(*at) < DAY,
            Some(Window::Closed) => false,
            None => !self.rules.is_window_strict,
        }
    }

    /// Takes a message to a person into account, unless there were too many of late.
    pub(super) fn count(&mut self, number: &str, person: &str) -> Result<(), Refusal> {
        let (now, pause) = (self.now(), self.rules.pair_pause);
        let steady = self.pairs.entry(pair(number, person)).or_insert(now);
        let next = (*steady).max(now).plus(pause);
        if next.since(now) > pause * self.rules.pair_burst {
            return Err(Refusal::of(131_056, format!("Too many messages to {person} in a short time.")));
        }
        *steady = next;
        Ok(())
    }

    /// Notes an accepted message and returns its id.
    pub(super) fn accept(&mut self, sent: Sent) -> String {
        let wamid = format!("wamid.{}", Uuid::new_v4().simple().to_string().to_uppercase());
        let (number, at) = (self.outbox.len() + 1, self.now());
        self.outbox.push(Sent { wamid: wamid.clone(), number, at, ..sent });
        wamid
    }
}

fn pair(number: &str, person: &str) -> (String, String) {
    (number.to_owned(), person.trim_start_matches('+').to_owned())
}
