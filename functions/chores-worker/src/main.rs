//! Wires the function; the work is in the library.

use app_runtime::{EnvError, OrderedQueue, Queue, now, run_worker};
use app_store::{FileBucket, Table};
use app_vault::Vault;
use chores_worker::{Queues, Worker, handle};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_worker(|env, aws| -> Result<_, EnvError> {
        let [for_files, for_chores, for_mail, for_inbound] = [(); 4].map(|()| aws.clone());
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let vault = Vault::in_table(&table, env.required("FIELD_KEY_ID")?, aws.kms_later());
        let bucket = FileBucket::new(env.required("FILES_BUCKET")?, move || for_files.s3());
        let queues = Queues {
            chores: Queue::new(env.required("CHORES_QUEUE_URL")?, move || for_chores.sqs()),
            mail: Queue::new(env.required("MAIL_QUEUE_URL")?, move || for_mail.sqs()),
            inbound: OrderedQueue::new(env.required("INBOUND_QUEUE_URL")?, move || for_inbound.sqs()),
        };
        let worker = Worker::new(&table, vault, bucket, queues, now);
        Ok(move |event| {
            let worker = worker.clone();
            async move { Ok(handle(&worker, event).await) }
        })
    })
}
