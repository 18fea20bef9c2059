//! Time, as this thread had it.

use rustix::time::{ClockId, clock_gettime};

/// How long calls took, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

impl Times {
    /// Of calls that took so long each. None is no time.
    pub(crate) fn of(mut calls_ms: Vec<f64>) -> Self {
        calls_ms.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = (calls_ms.len() as f64 * share).ceil() as usize;
            calls_ms.get(place.saturating_sub(1)).copied().unwrap_or(0.0)
        };
        Self { p50: at(0.5), p99: at(0.99) }
    }
}

/// What a call returns, and how long this thread was on a CPU for it.
pub(crate) fn cpu_ms<T>(call: impl FnOnce() -> T) -> (T, f64) {
    let start = on_cpu_ms();
    let result = call();
    (result, on_cpu_ms() - start)
}

fn on_cpu_ms() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}
