//! Wires the function; the work is in the library.

use app_runtime::{EnvError, Queue, now, run_worker};
use app_store::{FileBucket, Table};
use app_vault::Vault;
use chores_worker::{Worker, handle};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_worker(|env, aws| -> Result<_, EnvError> {
        let (for_files, for_queue, for_mail) = (aws.clone(), aws.clone(), aws.clone());
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let vault = Vault::in_table(&table, env.required("FIELD_KEY_ID")?, aws.kms_later());
        let bucket = FileBucket::new(env.required("FILES_BUCKET")?, move || for_files.s3());
        let queue = Queue::new(env.required("CHORES_QUEUE_URL")?, move || for_queue.sqs());
        let mail = Queue::new(env.required("MAIL_QUEUE_URL")?, move || for_mail.sqs());
        let worker = Worker::new(&table, vault, bucket, queue, mail, now);
        Ok(move |event| {
            let worker = worker.clone();
            async move { Ok(handle(&worker, event).await) }
        })
    })
}
