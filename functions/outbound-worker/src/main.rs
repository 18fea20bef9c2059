//! Wires the function; the work is in the library.

use app_runtime::{now, run_worker};
use aws_lambda_events::sqs::SqsEvent;
use outbound_worker::{WiringError, handle, wired};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_worker(|env, aws| -> Result<_, WiringError> {
        let app = wired(env, aws)?;
        Ok(move |event: SqsEvent| {
            let app = app.clone();
            async move { Ok(handle(&app, event, now()).await) }
        })
    })
}
