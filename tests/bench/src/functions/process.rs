//! What the kernel knows of a process: its memory and its time on the CPU.

use std::path::PathBuf;

use anyhow::Context;

/// A process, by its folder in `/proc`.
pub(crate) struct Process(PathBuf);

impl Process {
    pub(crate) fn of(id: u32) -> Self {
        Self(PathBuf::from(format!("/proc/{id}")))
    }

    /// The memory that it has in MB, of 10^6 bytes.
    pub(crate) fn rss_mb(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(self.0.join("status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib: f64 = line.and_then(|line| line.trim().strip_suffix(" kB")).context("VmRSS")?.parse()?;
        Ok(kib * 1024.0 / 1e6)
    }

    /// The time that its threads have been on a CPU, for itself and in the kernel, in milliseconds. A thread that has ended is not in it.
    pub(crate) fn cpu_ms(&self) -> anyhow::Result<f64> {
        let mut nanoseconds = 0.0;
        for thread in std::fs::read_dir(self.0.join("task"))? {
            let times = std::fs::read_to_string(thread?.path().join("schedstat"))?;
            nanoseconds += times.split_whitespace().next().context("a time")?.parse::<f64>()?;
        }
        Ok(nanoseconds / 1e6)
    }
}
