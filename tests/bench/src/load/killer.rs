//! Ends workers of the stack at random moments, as a cloud may: processes that the local cloud has started, and no others.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use uuid::Uuid;

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

/// The processes of these functions that the cloud has started.
fn workers(cloud: u32, functions: &[String]) -> Vec<Pid> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let worker = |entry: std::fs::DirEntry| {
        let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
        let is_ours = parent(&entry.path())? == cloud && functions.contains(&function(&entry.path())?);
        is_ours.then(|| Pid::from_raw(pid)).flatten()
    };
    processes.filter_map(worker).collect()
}

/// A process's parent: the second field after its name, which stands in brackets and may hold anything.
fn parent(process: &Path) -> Option<u32> {
    let stat = std::fs::read_to_string(process.join("stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// Which function a process is, by its environment.
fn function(process: &Path) -> Option<String> {
    let environment = std::fs::read(process.join("environ")).ok()?;
    let mut variables = environment.split(|byte| *byte == 0);
    let name = variables.find_map(|variable| variable.strip_prefix(b"AWS_LAMBDA_FUNCTION_NAME="))?;
    Some(String::from_utf8_lossy(name).into_owned())
}

fn random() -> u32 {
    Uuid::new_v4().as_fields().0
}
