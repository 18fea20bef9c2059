//! Time, as this thread had it.

use rustix::time::{ClockId, clock_gettime};

/// How long calls took, in milliseconds.
pub(crate) struct Times {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

impl Times {
    /// Of one call for each query.
    pub(crate) fn of<'a>(queries: impl Iterator<Item = &'a [f32]>, mut call: impl FnMut(&'a [f32])) -> Self {
        let mut times: Vec<f64> = queries.map(|query| cpu_ms(|| call(query)).1).collect();
        times.sort_by(f64::total_cmp);
        Self { p50: at(&times, 0.5), p99: at(&times, 0.99) }
    }
}

/// The value that this share of the sorted values does not exceed.
pub(crate) fn at(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len()) - 1]
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
