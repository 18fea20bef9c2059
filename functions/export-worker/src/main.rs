//! Wires the function; the work is in the library.

use app_runtime::{EnvError, now, run_worker};
use app_store::{Exports, Memories, Table};
use app_vault::Vault;
use export_worker::{Files, JobQueue, Worker, handle};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_worker(|env, aws| -> Result<_, EnvError> {
        let (for_files, for_queue) = (aws.clone(), aws.clone());
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let worker = Worker {
            memories: Memories::new(
                table.clone(),
                Vault::in_table(&table, env.required("FIELD_KEY_ID")?, aws.kms_later()),
            ),
            exports: Exports::new(table),
            files: Files::new(env.required("EXPORTS_BUCKET")?, move || for_files.s3()),
            queue: JobQueue::new(env.required("JOBS_QUEUE_URL")?, move || for_queue.sqs()),
            now,
        };
        Ok(move |event| {
            let worker = worker.clone();
            async move { Ok(handle(&worker, event).await) }
        })
    })
}
