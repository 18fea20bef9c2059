//! Wires the function; the work is in the library.

use app_http::{KeySource, TokenVerifier};
use app_runtime::{EnvError, Secrets, run_http};
use app_store::{Exports, Table};
use exports::{App, Downloads, JobQueue, router};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_http(|env, aws| -> Result<_, EnvError> {
        let (for_queue, for_downloads) = (aws.clone(), aws.clone());
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let keys = Secrets::new(aws.clone()).reader(env.required("JWT_PUBLIC_KEYS_SECRET")?);
        let app = App {
            exports: Exports::new(table),
            queue: JobQueue::new(env.required("JOBS_QUEUE_URL")?, move || for_queue.sqs()),
            downloads: Downloads::new(env.required("EXPORTS_BUCKET")?, move || for_downloads.s3()),
            verifier: TokenVerifier::new(KeySource::new(keys)),
        };
        Ok(router(app, &env.required("ALLOWED_ORIGIN")?))
    })
}
