//! The most memory that the workers of a function take.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::processes::workers;

/// Looks at the workers of a function until it is told to stop.
pub(crate) struct Watch {
    most_kb: Arc<AtomicU64>,
    stopped: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<()>,
}

impl Watch {
    /// Looks at the processes of `function` that `cloud` starts.
    pub(crate) fn of(cloud: u32, function: &str) -> Self {
        let (most_kb, stopped) = (Arc::<AtomicU64>::default(), Arc::<AtomicBool>::default());
        let (most, stop, functions) = (Arc::clone(&most_kb), Arc::clone(&stopped), vec![function.to_owned()]);
        let thread = std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                let peaks = workers(cloud, &functions)
                    .into_iter()
                    .filter_map(|pid| peak_kb(pid.as_raw_nonzero().get()));
                most.fetch_max(peaks.max().unwrap_or(0), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(500));
            }
        });
        Self { most_kb, stopped, thread }
    }

    /// Stops, and says the most that one of them has had, in MB.
    pub(crate) fn stop(self) -> u64 {
        self.stopped.store(true, Ordering::Relaxed);
        // It only looks; there is nothing to learn from how it ends.
        let _ended = self.thread.join();
        self.most_kb.load(Ordering::Relaxed).div_ceil(1000)
    }
}

/// The most memory that a process has had: the kernel keeps that by itself, so that no peak is missed while the process lives.
fn peak_kb(pid: i32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}
