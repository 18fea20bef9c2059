//! What the environment names.

use app_connectors::graph::{Graph, GraphConfig, GraphError};
use app_runtime::{Aws, Env, EnvError, OutboundQueue, Queue, Secrets, now};
use app_store::{FileBucket, Table};
use app_vault::Vault;

use crate::scribe::{Scribe, ScribeError};
use crate::{Outside, SharedNumber, Worker};

/// The function cannot be wired as it is set up.
#[derive(Debug, thiserror::Error)]
pub enum WiringError {
    /// A variable is missing or wrong.
    #[error(transparent)]
    Env(#[from] EnvError),
    /// WhatsApp cannot be called.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// There can be no such model.
    #[error(transparent)]
    Scribe(#[from] ScribeError),
}

/// Wires what the environment names.
///
/// # Errors
/// If something is missing.
pub fn wired(env: &Env, aws: &Aws) -> Result<Worker, WiringError> {
    let (for_bucket, for_queue, for_outbound) = (aws.clone(), aws.clone(), aws.clone());
    let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
    let vault = Vault::in_table(&table, env.required("FIELD_KEY_ID")?, aws.kms_later());
    let secrets = Secrets::new(aws.clone());
    let shared = SharedNumber::new(env.optional("WHATSAPP_PHONE_NUMBER_ID"));
    let shared = match env.optional("WHATSAPP_ACCESS_TOKEN") {
        Some(token) => shared.with_token(secrets.cached_reader(token.clone()), secrets.reader(token)),
        None => shared,
    };
    let outside = Outside {
        graph: Graph::new(GraphConfig::from_env(|name| env.optional(name)))?,
        shared,
        bucket: FileBucket::new(env.required("FILES_BUCKET")?, move || for_bucket.s3()),
        scribe: Scribe::from_env(env, &secrets, &table)?,
        queue: Queue::new(env.required("MEDIA_QUEUE_URL")?, move || for_queue.sqs()),
        outbound: OutboundQueue::new(env.required("OUTBOUND_QUEUE_URL")?, move || for_outbound.sqs()),
    };
    Ok(Worker::new(&table, vault, outside, env.parsed("FILE_QUOTAS")?, now))
}
