//! What passes between us and a played drive: counted, stormed, failing, and ended where a test wants it to end, by the drive's own clock.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use app_domain::Timestamp;
use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;

use super::DriveFault;
use crate::Death;
use crate::life::Life;

/// What was asked of a drive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// How many calls, good or not, tokens included.
    pub calls: u64,
    /// How many bytes came in bodies of requests, as far as their length was known.
    pub bytes_in: u64,
    /// How many bytes went out in bodies of answers, as far as their length was known.
    pub bytes_out: u64,
    /// How many calls nobody heard the answer of, because whoever called had died.
    pub unheard: u64,
}

/// What every call to a played drive goes through. Cloning shares it.
#[derive(Clone, Default)]
pub struct Gate(Arc<Mutex<Passing>>);

#[derive(Default)]
struct Passing {
    traffic: Traffic,
    life: Life,
    /// Every how many calls are refused, and for how many seconds.
    storm: Option<(usize, u64)>,
    since_storm: usize,
    faults: VecDeque<DriveFault>,
    /// How far the drive's clock is ahead of the system's.
    ahead: Duration,
}

impl Gate {
    /// Puts the gate before routes, which take bodies of any size.
    pub(crate) fn before<S: Clone + Send + Sync + 'static>(&self, routes: Router<S>) -> Router<S> {
        routes.layer(from_fn_with_state(self.clone(), observed)).layer(DefaultBodyLimit::disable())
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from(jiff::Timestamp::now()).plus(self.locked().ahead)
    }

    pub(crate) fn pass(&self, span: Duration) {
        self.locked().ahead += span;
    }

    pub(crate) fn fail(&self, fault: DriveFault, times: usize) {
        self.locked().faults.extend(std::iter::repeat_n(fault, times));
    }

    pub(crate) fn forget_faults(&self) {
        self.locked().faults.clear();
    }

    /// Takes the first failure that is to come and can happen to a call.
    pub(crate) fn take_fault(&self, can_happen: impl Fn(DriveFault) -> bool) -> Option<DriveFault> {
        let faults = &mut self.locked().faults;
        let at = faults.iter().position(|fault| can_happen(*fault))?;
        faults.remove(at)
    }

    /// Whether a call is to fail like this now: that is then done with.
    pub(crate) fn fails(&self, fault: DriveFault) -> bool {
        self.take_fault(|next| next == fault).is_some()
    }

    pub(crate) fn traffic(&self) -> Traffic {
        self.locked().traffic
    }

    pub(crate) fn die_after(&self, calls: usize, death: Death) {
        self.locked().life.end_after(calls, death);
    }

    pub(crate) fn revive(&self) -> bool {
        self.locked().life.revive()
    }

    pub(crate) fn storm(&self, every: usize, retry_after_seconds: u64) {
        let mut passing = self.locked();
        passing.storm = (every > 0).then_some((every, retry_after_seconds));
        passing.since_storm = 0;
    }

    /// For how many seconds a call of the API is refused as too many, if it is. To be asked once for each call, but for tokens.
    pub(crate) fn refuses(&self) -> Option<u64> {
        let mut passing = self.locked();
        let (every, seconds) = passing.storm?;
        passing.since_storm += 1;
        passing.since_storm.is_multiple_of(every).then_some(seconds)
    }

    fn locked(&self) -> MutexGuard<'_, Passing> {
        self.0.lock().expect("nobody to panic at a gate")
    }
}

/// Who has died hears nothing: the connection is closed in the middle of an answer.
async fn observed(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let fate = gate.locked().life.fate();
    if fate == Some(Death::BeforeCalling) {
        gate.locked().traffic.unheard += 1;
        return cut();
    }
    let bytes_in = request.body().size_hint().exact().unwrap_or(0);
    let response = next.run(request).await;
    let mut passing = gate.locked();
    passing.traffic.calls += 1;
    passing.traffic.bytes_in += bytes_in;
    passing.traffic.bytes_out += response.body().size_hint().exact().unwrap_or(0);
    passing.traffic.unheard += u64::from(fate.is_some());
    if fate.is_none() { response } else { cut() }
}

/// An answer that breaks off before it has begun: the client sees a connection that is closed.
pub(crate) fn cut() -> Response {
    let broken = futures_util::stream::once(async {
        tokio::task::yield_now().await;
        Err::<Vec<u8>, _>(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    });
    Response::new(Body::from_stream(broken))
}
