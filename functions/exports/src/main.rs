//! Wires the function; the work is in the library.

use app_http::{Authenticator, KeySource};
use app_runtime::{EnvError, Queue, Secrets, now, run_http};
use app_store::{AccessGate, Exports, Table};
use exports::{App, Downloads, router};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_http(|env, aws| -> Result<_, EnvError> {
        let (for_queue, for_downloads) = (aws.clone(), aws.clone());
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let keys = Secrets::new(aws.clone()).reader(env.required("JWT_PUBLIC_KEYS_SECRET")?);
        let app = App {
            exports: Exports::new(table.clone()),
            queue: Queue::new(env.required("JOBS_QUEUE_URL")?, move || for_queue.sqs()),
            downloads: Downloads::new(env.required("EXPORTS_BUCKET")?, move || for_downloads.s3()),
            authenticator: Authenticator::new(
                KeySource::new(keys),
                AccessGate::new(table, now),
                env.parsed("RATE_LIMITS")?,
            ),
        };
        Ok(router(app, &env.required("ALLOWED_ORIGIN")?))
    })
}
