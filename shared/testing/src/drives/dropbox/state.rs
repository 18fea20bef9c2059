//! What there is, by its own clock, and what is to go wrong.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use app_domain::Timestamp;

use super::super::Gate;
use super::FakeDropbox;
use super::grants::Grants;
use super::sessions::Session;
use super::tree::Tree;

pub(super) struct Site {
    state: Mutex<State>,
    pub(super) gate: Gate,
}

impl Site {
    pub(super) fn new() -> Self {
        let gate = Gate::default();
        let state = State {
            gate: gate.clone(),
            room: Some(FakeDropbox::ROOM),
            redirect_uris: Vec::new(),
            tree: Tree::default(),
            sessions: HashMap::new(),
            grants: Grants::default(),
            scripted: VecDeque::new(),
        };
        Self { state: Mutex::new(state), gate }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) struct State {
    pub(super) gate: Gate,
    pub(super) room: Option<u64>,
    /// The addresses that browsers may be sent back to; any that an app can have, if there are none.
    pub(super) redirect_uris: Vec<String>,
    pub(super) tree: Tree,
    pub(super) sessions: HashMap<String, Session>,
    pub(super) grants: Grants,
    /// What is answered in place of anything else, by route.
    pub(super) scripted: VecDeque<(String, Scripted)>,
}

/// An answer that a test has written itself.
pub(super) struct Scripted {
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) body: String,
}

impl State {
    pub(super) fn now(&self) -> Timestamp {
        self.gate.now()
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
