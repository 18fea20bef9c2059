//! What there is, by its own clock, and what is to go wrong.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app_domain::Timestamp;

use super::super::{DriveFault, Gate};
use super::FakeDropbox;
use super::grants::Grants;
use super::sessions::Session;
use super::tree::Tree;

#[derive(Default)]
pub(super) struct Site {
    state: Mutex<State>,
    pub(super) gate: Gate,
}

impl Site {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) struct State {
    /// How far its clock is ahead of the system's.
    ahead_ms: i64,
    pub(super) room: Option<u64>,
    /// The addresses that browsers may be sent back to; any that an app can have, if there are none.
    pub(super) redirect_uris: Vec<String>,
    pub(super) tree: Tree,
    pub(super) sessions: HashMap<String, Session>,
    pub(super) grants: Grants,
    pub(super) faults: VecDeque<DriveFault>,
    /// What is answered in place of anything else, by route.
    pub(super) scripted: VecDeque<(String, Scripted)>,
}

/// An answer that a test has written itself.
pub(super) struct Scripted {
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) body: String,
}

impl Default for State {
    fn default() -> Self {
        Self {
            ahead_ms: 0,
            room: Some(FakeDropbox::ROOM),
            redirect_uris: Vec::new(),
            tree: Tree::default(),
            sessions: HashMap::new(),
            grants: Grants::default(),
            faults: VecDeque::new(),
            scripted: VecDeque::new(),
        }
    }
}

impl State {
    pub(super) fn now(&self) -> Timestamp {
        let millis = jiff::Timestamp::now().as_millisecond().saturating_add(self.ahead_ms);
        Timestamp::from_millis(millis).expect("a time that there is")
    }

    pub(super) fn pass(&mut self, span: Duration) {
        self.ahead_ms += i64::try_from(span.as_millis()).expect("a span that there is");
    }

    /// The next failure that can happen here, if one is to.
    pub(super) fn next_fault(&mut self, can_happen: impl Fn(DriveFault) -> bool) -> Option<DriveFault> {
        let at = self.faults.iter().position(|fault| can_happen(*fault))?;
        self.faults.remove(at)
    }

    /// What a test wants to be answered to this call.
    pub(super) fn next_scripted(&mut self, route: &str) -> Option<Scripted> {
        let at = self.scripted.iter().position(|(of, _)| of == route)?;
        self.scripted.remove(at).map(|(_, scripted)| scripted)
    }

    /// Whether a file of so many bytes finds room in place of one of so many.
    pub(super) fn has_room(&self, for_bytes: u64, instead_of: u64) -> bool {
        let used = self.tree.used_bytes().saturating_sub(instead_of);
        self.room.is_none_or(|room| used.saturating_add(for_bytes) <= room)
    }
}
