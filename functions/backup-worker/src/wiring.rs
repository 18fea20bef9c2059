//! What the environment names.

use std::sync::Arc;

use app_backup::Drives;
use app_runtime::{Aws, Env, EnvError, Queue, Secrets, now};
use app_store::{
    ArchiveBucket, Backups, Categories, DriveConnections, DriveJobs, DriveTokens, FileBucket, Imports, Table,
};
use app_vault::Vault;
use app_walk::Source;

use crate::Worker;

/// Wires what the environment names.
///
/// # Errors
/// If something is missing.
pub fn wired(env: &Env, aws: &Aws) -> Result<Worker, EnvError> {
    let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
    let vault = Vault::in_table(&table, env.required("FIELD_KEY_ID")?, aws.kms_later());
    let bucket = |name: &'static str| -> Result<_, EnvError> {
        let aws = aws.clone();
        Ok((env.required(name)?, move || aws.s3()))
    };
    let queue = |name: &'static str| -> Result<_, EnvError> {
        let aws = aws.clone();
        Ok((env.required(name)?, move || aws.sqs()))
    };
    let (drives_bucket, for_drives) = bucket("DRIVES_BUCKET")?;
    let (files_bucket, for_files) = bucket("FILES_BUCKET")?;
    let (imports_bucket, for_imports) = bucket("IMPORTS_BUCKET")?;
    let (drives_queue, to_drives) = queue("DRIVES_QUEUE_URL")?;
    let (imports_queue, to_imports) = queue("IMPORTS_QUEUE_URL")?;
    let (mail_queue, to_mail) = queue("MAIL_QUEUE_URL")?;
    let providers = Secrets::new(aws.clone()).cached_reader(env.required("DRIVE_PROVIDERS_SECRET")?);
    let tokens = DriveTokens::new(table.clone(), vault.clone());
    let is_anywhere = env.required("DRIVE_ADDRESSES")? == "any";
    Ok(Worker {
        source: Source::new(&table, vault.clone()),
        drives: Arc::new(Drives::new(tokens, providers, is_anywhere, now)),
        connections: DriveConnections::new(table.clone(), vault.clone()),
        jobs: DriveJobs::new(table.clone(), vault.clone()),
        backups: Backups::new(table.clone(), vault.clone()),
        bucket: ArchiveBucket::new(drives_bucket, for_drives),
        files_bucket: FileBucket::new(files_bucket, for_files),
        imports: Imports::new(table.clone(), vault.clone()),
        imports_bucket: ArchiveBucket::new(imports_bucket, for_imports),
        imports_queue: Queue::new(imports_queue, to_imports),
        queue: Queue::new(drives_queue, to_drives),
        mail: Queue::new(mail_queue, to_mail),
        categories: Categories::new(table, vault.clone()),
        sealing: Arc::new(vault),
        now,
    })
}
