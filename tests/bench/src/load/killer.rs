//! Ends workers of the stack at random moments, as a cloud may: processes that the local cloud has started, and no others.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use rustix::process::{Signal, kill_process};
use uuid::Uuid;

use crate::processes::workers;

/// Goes on ending workers until it is told to stop.
pub(crate) struct Killer {
    killed: Arc<AtomicUsize>,
    stopped: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<()>,
}

impl Killer {
    /// Ends one of the processes of these functions about every `pause`; `cloud` is the process of the local cloud.
    pub(crate) fn start(cloud: u32, functions: Vec<String>, pause: Duration) -> Self {
        let (killed, stopped) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let (count, stop) = (Arc::clone(&killed), Arc::clone(&stopped));
        let thread = std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                std::thread::sleep(pause.mul_f64(0.5 + f64::from(random() % 100) / 100.0));
                let workers = workers(cloud, &functions);
                let chosen = workers.get(random() as usize % workers.len().max(1));
                if chosen.is_some_and(|pid| kill_process(*pid, Signal::KILL).is_ok()) {
                    count.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        Self { killed, stopped, thread }
    }

    /// Stops, and says how many were ended.
    pub(crate) fn stop(self) -> usize {
        self.stopped.store(true, Ordering::Relaxed);
        // It only sleeps and kills; there is nothing to learn from how it ends.
        let _ended = self.thread.join();
        self.killed.load(Ordering::Relaxed)
    }
}

fn random() -> u32 {
    Uuid::new_v4().as_fields().0
}
