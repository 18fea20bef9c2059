//! Where and of what something was measured.

use std::path::Path;
use std::process::Command;

use app_runtime::now;
use e2e::repository;
use serde_json::Value;

use crate::report::{Column, Report};

const COLUMNS: &[Column] = &[("what", "this run"), ("value", "")];

/// Says what this machine is, how busy, and which code was measured.
pub(crate) fn describe(report: &mut Report, peers: &Path) {
    report.table("This run", COLUMNS);
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let cpus = cpu.lines().filter(|line| line.starts_with("processor")).count();
    let memory = read("/proc/meminfo").lines().next().unwrap_or_default().replace("MemTotal:", "");
    let changed = said("git", &["status", "--porcelain", "--untracked-files=no"]);
    let commit = said("git", &["rev-parse", "--short", "HEAD"]);
    let commit = if changed.is_empty() { commit } else { format!("{commit} and what is not committed") };
    for (what, value) in [
        ("time", now().to_string()),
        ("commit", commit),
        ("processor", format!("{cpus} of{}", model.replace("\t: ", " "))),
        ("memory", memory.trim().to_owned()),
        ("kernel", read("/proc/sys/kernel/osrelease").trim().to_owned()),
        ("load at the beginning", load()),
        ("rustc", said("rustc", &["--version"])),
        ("Node.js", version(peers, "node")),
        ("Python", version(peers, "python")),
    ] {
        report.row([what.into(), Value::from(value)]);
    }
}

/// Which version of its language a peer runs with, as that says it.
pub(crate) fn version(peers: &Path, language: &str) -> String {
    said(&peers.join("bin").join(language).to_string_lossy(), &["--version"])
}

/// How much the machine has had to do in the last minutes.
pub(crate) fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

/// What a program says, or that it says nothing.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(repository()).output();
    match output {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        _ => format!("{program} does not say"),
    }
}
