//! Wires the function; the work is in the library.

use app_runtime::run_worker;
use backup_worker::{handle, wired};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_worker(|env, aws| {
        let worker = wired(env, aws)?;
        Ok::<_, app_runtime::EnvError>(move |event| {
            let worker = worker.clone();
            async move { Ok(handle(&worker, event).await) }
        })
    })
}
