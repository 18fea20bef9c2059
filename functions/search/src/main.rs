//! Wires the function; the work is in the library.

use std::sync::Arc;

use app_http::{Authenticator, KeySource};
use app_index::{EmbedderError, Finder};
use app_runtime::{Queue, Secrets, now, run_http};
use app_store::{AccessGate, SavedSearches, Table};
use app_vault::Vault;
use search::{App, router};

/// How much memory the segments of people who search may take, of the function's 1,769 MB.
const MAX_CACHED_BYTES: usize = 768 << 20;

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_http(|env, aws| -> Result<_, EmbedderError> {
        let for_queue = aws.clone();
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let vault = Vault::in_table(&table, env.required("FIELD_KEY_ID")?, aws.kms_later());
        let secrets = Secrets::new(aws.clone());
        let keys = secrets.reader(env.required("JWT_PUBLIC_KEYS_SECRET")?);
        let finder = Finder::from_env(env, aws, &secrets, &table, vault.clone(), MAX_CACHED_BYTES)?;
        let app = App {
            finder: Arc::new(finder),
            saved: SavedSearches::new(table.clone(), vault),
            jobs: Queue::new(env.required("INDEX_QUEUE_URL")?, move || for_queue.sqs()),
            authenticator: Authenticator::new(
                KeySource::new(keys),
                AccessGate::new(table, now),
                env.parsed("RATE_LIMITS")?,
            ),
        };
        Ok(router(app, &env.required("ALLOWED_ORIGIN")?))
    })
}
