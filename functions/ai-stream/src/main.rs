//! Memo's answers as server-sent events. Wires the function; the work is in the library of `ai`.

use ai::{WiringError, stream_router, wired};
use app_runtime::run_http_stream;

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_http_stream(|env, aws| -> Result<_, WiringError> {
        Ok(stream_router(wired(env, aws)?, &env.required("ALLOWED_ORIGIN")?))
    })
}
