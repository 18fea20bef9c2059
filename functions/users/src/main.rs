//! Wires the function; the work is in the library.

use app_http::{Authenticator, KeySource};
use app_runtime::{EnvError, Secrets, now, run_http};
use app_store::{AccessGate, Table};
use users::{App, router};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_http(|env, aws| -> Result<_, EnvError> {
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let keys = Secrets::new(aws.clone()).reader(env.required("JWT_PUBLIC_KEYS_SECRET")?);
        let gate = AccessGate::new(table.clone(), now);
        let authenticator = Authenticator::new(KeySource::new(keys), gate, env.parsed("RATE_LIMITS")?);
        Ok(router(App::new(&table, authenticator), &env.required("ALLOWED_ORIGIN")?))
    })
}
