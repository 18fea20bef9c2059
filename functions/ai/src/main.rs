//! Wires the function; the work is in the library.

use std::sync::Arc;

use ai::{App, router};
use app_ai::BuiltIn;
use app_http::{KeySource, TokenVerifier};
use app_runtime::{EnvError, Secrets, run_http};
use app_store::{Memories, Table};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_http(|env, aws| -> Result<_, EnvError> {
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let keys = Secrets::new(aws.clone()).reader(env.required("JWT_PUBLIC_KEYS_SECRET")?);
        let app = App {
            memories: Memories::new(table),
            model: Arc::new(BuiltIn),
            verifier: TokenVerifier::new(KeySource::new(keys)),
        };
        Ok(router(app, &env.required("ALLOWED_ORIGIN")?))
    })
}
