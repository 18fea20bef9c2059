//! Wires the function; the work is in the library.

use app_runtime::{EnvError, Queue, now, run_worker};
use app_store::{ArchiveBucket, Exports, FileBucket, Table};
use app_vault::Vault;
use export_worker::{Source, Worker, handle};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_worker(|env, aws| -> Result<_, EnvError> {
        let [for_exports, for_files, for_queue] = [(); 3].map(|()| aws.clone());
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let vault = Vault::in_table(&table, env.required("FIELD_KEY_ID")?, aws.kms_later());
        let worker = Worker {
            source: Source::new(&table, vault.clone()),
            exports: Exports::new(table, vault),
            exports_bucket: ArchiveBucket::new(env.required("EXPORTS_BUCKET")?, move || for_exports.s3()),
            files_bucket: FileBucket::new(env.required("FILES_BUCKET")?, move || for_files.s3()),
            queue: Queue::new(env.required("JOBS_QUEUE_URL")?, move || for_queue.sqs()),
            now,
        };
        Ok(move |event| {
            let worker = worker.clone();
            async move { Ok(handle(&worker, event).await) }
        })
    })
}
