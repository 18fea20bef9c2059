//! What both functions of Memo are made of.

use std::sync::Arc;

use app_http::{Authenticator, KeySource};
use app_index::{EmbedderError, Finder};
use app_memo::{Accounts, Memo, MindError, Minds};
use app_runtime::{Aws, Env, EnvError, Queue, Secrets, now};
use app_store::{AccessGate, Conversations, Facts, Interactions, MemoPreferences, Table};
use app_vault::Vault;

use crate::App;

/// How much memory the segments of people who ask may take, of the function's 1,769 MB.
const MAX_CACHED_BYTES: usize = 768 << 20;

/// The functions cannot be wired as they are set up.
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
}

/// Wires what the environment names.
///
/// # Errors
/// If something is missing.
pub fn wired(env: &Env, aws: &Aws) -> Result<App, WiringError> {
    let for_queue = aws.clone();
    let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
    let vault = Vault::in_table(&table, env.required("FIELD_KEY_ID")?, aws.kms_later());
    let secrets = Secrets::new(aws.clone());
    let keys = secrets.reader(env.required("JWT_PUBLIC_KEYS_SECRET")?);
    let finder = Finder::from_env(env, aws, &secrets, &table, vault.clone(), MAX_CACHED_BYTES)?;
    let (interactions, budgets) = (Interactions::new(table.clone()), env.parsed("AI_BUDGETS")?);
    let accounts = Accounts::new(interactions.clone(), env.parsed("AI_PRICES")?, budgets);
    let minds = Minds::from_env(env, &secrets)?;
    Ok(App {
        memo: Memo::new(&table, vault.clone(), Arc::new(finder), minds, accounts, now),
        conversations: Conversations::new(table.clone(), vault.clone()),
        facts: Facts::new(table.clone(), vault.clone()),
        settings: MemoPreferences::new(table.clone(), vault),
        interactions,
        chores: Queue::new(env.required("CHORES_QUEUE_URL")?, move || for_queue.sqs()),
        budgets,
        authenticator: Authenticator::new(
            KeySource::new(keys),
            AccessGate::new(table, now),
            env.parsed("RATE_LIMITS")?,
        ),
    })
}
