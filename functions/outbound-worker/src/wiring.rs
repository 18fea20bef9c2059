//! What the function is made of.

use std::sync::Arc;

use app_connectors::graph::{Graph, GraphConfig, GraphError};
use app_index::{EmbedderError, Finder};
use app_memo::{Accounts, Memo, MindError, Minds};
use app_runtime::{Aws, Env, EnvError, Queue, Secrets, now};
use app_store::{
    Conversations, Exports, Interactions, Memories, Messages, SentMessages, Table, Users, WhatsappLinks,
};
use app_vault::Vault;

use crate::{App, Holds, Token};

/// How much memory the segments of people who ask may take, of the function's 1,769 MB.
const MAX_CACHED_BYTES: usize = 768 << 20;

/// The function cannot be wired as it is set up.
#[derive(Debug, thiserror::Error)]
pub enum WiringError {
    /// A variable is missing or wrong.
    #[error(transparent)]
    Env(#[from] EnvError),
    /// There can be no such model of vectors.
    #[error(transparent)]
    Embedder(#[from] EmbedderError),
    /// There can be no such models.
    #[error(transparent)]
    Mind(#[from] MindError),
    /// WhatsApp cannot be called like this.
    #[error(transparent)]
    Graph(#[from] GraphError),
}

/// Wires what the environment names.
///
/// # Errors
/// If something is missing.
pub fn wired(env: &Env, aws: &Aws) -> Result<App, WiringError> {
    let (for_jobs, for_holds) = (aws.clone(), aws.clone());
    let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
    let vault = Vault::in_table(&table, env.required("FIELD_KEY_ID")?, aws.kms_later());
    let secrets = Secrets::new(aws.clone());
    let finder = Finder::from_env(env, aws, &secrets, &table, vault.clone(), MAX_CACHED_BYTES)?;
    let finder = Arc::new(finder);
    let interactions = Interactions::new(table.clone());
    let accounts = Accounts::new(interactions, env.parsed("AI_PRICES")?, env.parsed("AI_BUDGETS")?);
    let minds = Minds::from_env(env, &secrets)?;
    let token = env.optional("WHATSAPP_ACCESS_TOKEN").map(|id| Arc::new(secrets.cached_reader(id)) as Token);
    Ok(App {
        memo: Memo::new(&table, vault.clone(), Arc::clone(&finder), minds, accounts, now),
        finder,
        sent: SentMessages::new(table.clone(), vault.clone()),
        links: WhatsappLinks::new(table.clone()),
        users: Users::new(table.clone()),
        memories: Memories::new(table.clone(), vault.clone()),
        messages: Messages::new(table.clone(), vault.clone()),
        conversations: Conversations::new(table.clone(), vault.clone()),
        exports: Exports::new(table, vault),
        export_limits: env.parsed("EXPORT_LIMITS")?,
        jobs: Queue::new(env.required("JOBS_QUEUE_URL")?, move || for_jobs.sqs()),
        graph: Graph::new(GraphConfig::from_env(|name| env.optional(name)))?,
        token,
        template: env.optional("WHATSAPP_TEMPLATE").map(|_| env.parsed("WHATSAPP_TEMPLATE")).transpose()?,
        holds: Holds::new(env.required("OUTBOUND_QUEUE_URL")?, move || for_holds.sqs()),
    })
}
