//! Wires the function; the work is in the library.

use ai::{WiringError, router, wired};
use app_runtime::run_http;

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_http(|env, aws| -> Result<_, WiringError> {
        Ok(router(wired(env, aws)?, &env.required("ALLOWED_ORIGIN")?))
    })
}
