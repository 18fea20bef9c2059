//! Wires the function; the work is in the library.

use std::sync::Arc;

use ai::{App, router};
use app_ai::BuiltIn;
use app_http::{Authenticator, KeySource};
use app_runtime::{EnvError, Secrets, now, run_http};
use app_store::{AccessGate, Memories, Table};
use app_vault::Vault;

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_http(|env, aws| -> Result<_, EnvError> {
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let keys = Secrets::new(aws.clone()).reader(env.required("JWT_PUBLIC_KEYS_SECRET")?);
        let app = App {
            memories: Memories::new(
                table.clone(),
                Vault::in_table(&table, env.required("FIELD_KEY_ID")?, aws.kms_later()),
            ),
            model: Arc::new(BuiltIn),
            authenticator: Authenticator::new(
                KeySource::new(keys),
                AccessGate::new(table, now),
                env.parsed("RATE_LIMITS")?,
            ),
        };
        Ok(router(app, &env.required("ALLOWED_ORIGIN")?))
    })
}
