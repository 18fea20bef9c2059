//! Wires the function; the work is in the library.

use std::sync::Arc;

use app_http::{KeySource, TokenVerifier};
use app_runtime::{EnvError, Secrets, run_http};
use app_store::{Sessions, Table, Users};
use auth::{App, PasswordHasher, PublishedKeys, Signer, SignupRole, router};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_http(|env, aws| -> Result<_, EnvError> {
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let secrets = Secrets::new(aws.clone());
        let public_keys = env.required("JWT_PUBLIC_KEYS_SECRET")?;
        let app = App {
            users: Users::new(table.clone()),
            sessions: Sessions::new(table),
            signer: Signer::new(KeySource::new(secrets.reader(env.required("JWT_SIGNING_KEY_SECRET")?))),
            published: PublishedKeys(KeySource::new(secrets.cached_reader(public_keys.clone()))),
            verifier: TokenVerifier::new(KeySource::new(secrets.reader(public_keys))),
            hasher: Arc::new(PasswordHasher::default()),
            signup_role: SignupRole(env.parsed("SIGNUP_ROLE")?),
        };
        Ok(router(app, &env.required("ALLOWED_ORIGIN")?))
    })
}
