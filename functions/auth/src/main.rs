//! Wires the function; the work is in the library.

use app_http::{Authenticator, KeySource};
use app_runtime::{EnvError, Queue, Secrets, now, run_http};
use app_store::{AccessGate, Table};
use app_vault::Vault;
use auth::{App, Parts, PublishedKeys, SignInProviders, Signer, SignupRole, router};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_http(|env, aws| -> Result<_, EnvError> {
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let (secrets, for_mail) = (Secrets::new(aws.clone()), aws.clone());
        let public_keys = env.required("JWT_PUBLIC_KEYS_SECRET")?;
        let parts = Parts {
            signer: Signer::new(KeySource::new(secrets.reader(env.required("JWT_SIGNING_KEY_SECRET")?))),
            published: PublishedKeys(KeySource::new(secrets.cached_reader(public_keys.clone()))),
            authenticator: Authenticator::new(
                KeySource::new(secrets.reader(public_keys)),
                AccessGate::new(table.clone(), now),
                env.parsed("RATE_LIMITS")?,
            ),
            providers: SignInProviders::new(KeySource::new(
                secrets.cached_reader(env.required("SIGN_IN_PROVIDERS_SECRET")?),
            )),
            vault: Vault::in_table(&table, env.required("FIELD_KEY_ID")?, aws.kms_later()),
            signup_role: SignupRole(env.parsed("SIGNUP_ROLE")?),
            mail: Queue::new(env.required("MAIL_QUEUE_URL")?, move || for_mail.sqs()),
        };
        Ok(router(App::new(&table, parts), &env.required("ALLOWED_ORIGIN")?))
    })
}
