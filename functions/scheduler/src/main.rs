//! Wires the function; the work is in the library.

use app_runtime::{EnvError, Queue, now, run_worker};
use app_store::{DriveConnections, Table};
use app_vault::Vault;
use scheduler::Scheduler;
use serde::de::IgnoredAny;

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_worker(|env, aws| -> Result<_, EnvError> {
        let for_drives = aws.clone();
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        // Nothing is opened here: what is due is in keys.
        let vault = Vault::in_table(&table, env.required("FIELD_KEY_ID")?, aws.kms_later());
        let scheduler = Scheduler {
            connections: DriveConnections::new(table, vault),
            drives: Queue::new(env.required("DRIVES_QUEUE_URL")?, move || for_drives.sqs()),
            now,
        };
        Ok(move |_: IgnoredAny| {
            let scheduler = scheduler.clone();
            async move { Ok(scheduler.run().await?) }
        })
    })
}
