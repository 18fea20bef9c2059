//! The processes of a local cloud's functions.

use std::path::Path;

use rustix::process::Pid;

/// The processes of these functions that the cloud has started.
pub(crate) fn workers(cloud: u32, functions: &[String]) -> Vec<Pid> {
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
