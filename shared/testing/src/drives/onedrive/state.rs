//! What there is, what time it is, and what is to fail.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use app_domain::Timestamp;
use axum::response::{IntoResponse, Response};

use super::grants::Grants;
use super::refusal::Refusal;
use super::session::Session;
use super::tree::{Item, Tree};
use crate::drives::traffic::cut;
use crate::drives::{DriveFault, Gate};

/// Both of its hosts.
pub(super) struct Site {
    pub(super) gate: Gate,
    /// Where the API and the sign-in are.
    pub(super) origin: String,
    /// Where bytes go to and come from.
    pub(super) bytes_origin: String,
    state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) tree: Tree,
    pub(super) grants: Grants,
    pub(super) sessions: HashMap<String, Session>,
    pub(super) downloads: HashMap<String, Download>,
    pub(super) room: Option<u64>,
    pub(super) gate: Gate,
}

/// Where a file can be fetched for a while.
pub(super) struct Download {
    pub(super) item: u64,
    pub(super) until: Timestamp,
}

/// On which host a call arrives.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Host {
    Api,
    Bytes,
}

impl Site {
    pub(super) fn new(origin: String, bytes_origin: String) -> Self {
        let state = State::default();
        Self { gate: state.gate.clone(), origin, bytes_origin, state: Mutex::new(state) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a call that may be made, unless it is to fail.
    pub(super) fn answer(
        &self,
        host: Host,
        may: impl FnOnce(&State) -> Result<(), Refusal>,
        act: impl FnOnce(&mut State) -> Result<Response, Refusal>,
    ) -> Response {
        if let Some(seconds) = self.gate.refuses() {
            return Refusal::throttled(Some(seconds)).into_response();
        }
        let mut state = self.state();
        if let Err(refusal) = may(&state) {
            return refusal.into_response();
        }
        if let Some(response) = state.instead(host) {
            return response;
        }
        match act(&mut state) {
            Ok(_) if state.fails(DriveFault::Unheard) => cut(),
            Ok(response) => response,
            Err(refusal) => refusal.into_response(),
        }
    }
}

impl State {
    pub(super) fn now(&self) -> Timestamp {
        self.gate.now()
    }

    /// Whether it is to fail like this now: that is then done with.
    pub(super) fn fails(&self, fault: DriveFault) -> bool {
        self.gate.fails(fault)
    }

    /// How many bytes more there is room for.
    pub(super) fn remaining(&self) -> u64 {
        self.room.map_or(u64::MAX, |total| total.saturating_sub(self.tree.used_bytes()))
    }

    /// Refuses bytes that there is no room for, in place of a file or none.
    pub(super) fn has_room(&mut self, bytes: u64, replaced: Option<&Item>) -> Result<(), Refusal> {
        let freed = replaced.and_then(|item| item.content.as_ref()).map_or(0, |old| old.bytes.len() as u64);
        let is_full = self.remaining().saturating_add(freed) < bytes;
        if is_full || self.fails(DriveFault::Full) { Err(Refusal::full()) } else { Ok(()) }
    }

    /// What is answered without doing anything.
    fn instead(&self, host: Host) -> Option<Response> {
        let fault = self.gate.take_fault(|fault| match fault {
            DriveFault::Throttled(_) | DriveFault::Unavailable | DriveFault::Cut => true,
            DriveFault::TokenExpired => host == Host::Api,
            _ => false,
        })?;
        Some(match fault {
            DriveFault::Throttled(seconds) => Refusal::throttled(seconds).into_response(),
            DriveFault::Unavailable => Refusal::unavailable().into_response(),
            DriveFault::TokenExpired => {
                Refusal::token("Lifetime validation failed, the token is expired.").into_response()
            }
            _ => cut(),
        })
    }
}
