//! What the environment names.

use app_runtime::{Aws, Env, EnvError, Queue, now};
use app_store::{ArchiveBucket, FileBucket, Table};
use app_vault::Vault;

use crate::{Outside, Worker};

/// Wires what the environment names.
///
/// # Errors
/// If something is missing.
pub fn wired(env: &Env, aws: &Aws) -> Result<Worker, EnvError> {
    let (for_archives, for_files, for_queue) = (aws.clone(), aws.clone(), aws.clone());
    let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
    let vault = Vault::in_table(&table, env.required("FIELD_KEY_ID")?, aws.kms_later());
    let outside = Outside {
        archives: ArchiveBucket::new(env.required("IMPORTS_BUCKET")?, move || for_archives.s3()),
        bucket: FileBucket::new(env.required("FILES_BUCKET")?, move || for_files.s3()),
        queue: Queue::new(env.required("IMPORTS_QUEUE_URL")?, move || for_queue.sqs()),
    };
    Ok(Worker::new(&table, vault, outside, env.parsed("FILE_QUOTAS")?, now))
}
