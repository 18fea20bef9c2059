//! Threads with a runtime each, so that what is played does not wait for what measures.

use std::net::TcpListener;
use std::sync::mpsc;

use tokio::runtime::{Builder, Handle};

/// A thread whose runtime goes on until the process ends.
pub(crate) fn spawn(name: &str) -> anyhow::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))?;
    Ok(handle)
}

/// A free port of this machine.
pub(crate) fn listener() -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Waits for something on a thread of its own.
pub(crate) fn wait<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> anyhow::Result<T> {
    let (done, waiting) = mpsc::channel();
    let runtime = Builder::new_current_thread().enable_all().build()?;
    std::thread::spawn(move || done.send(runtime.block_on(work)));
    Ok(waiting.recv()?)
}
