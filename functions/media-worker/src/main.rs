//! Wires the function; the work is in the library.

use app_runtime::run_worker;
use media_worker::{handle, wired};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_worker(|env, aws| {
        let worker = wired(env, aws)?;
        Ok::<_, media_worker::WiringError>(move |event| {
            let worker = worker.clone();
            async move { Ok(handle(&worker, event).await) }
        })
    })
}
