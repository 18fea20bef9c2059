//! Wires the function; the work is in the library.

use app_runtime::run_worker;
use import_worker::{handle, wired};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    // The last words of a reader that ends badly could quote what it reads.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a thread has ended badly");
    }));
    run_worker(|env, aws| {
        let worker = wired(env, aws)?;
        Ok::<_, app_runtime::EnvError>(move |event| {
            let worker = worker.clone();
            async move { Ok(handle(&worker, event).await) }
        })
    })
}
