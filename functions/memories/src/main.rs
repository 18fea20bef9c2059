//! Wires the function; the work is in the library.

use app_http::{Authenticator, KeySource};
use app_runtime::{EnvError, OutboundQueue, Queue, Secrets, now, run_http};
use app_store::{AccessGate, Table};
use app_vault::Vault;
use memories::{App, router};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_http(|env, aws| -> Result<_, EnvError> {
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let keys = Secrets::new(aws.clone()).reader(env.required("JWT_PUBLIC_KEYS_SECRET")?);
        let vault = Vault::in_table(&table, env.required("FIELD_KEY_ID")?, aws.kms_later());
        let gate = AccessGate::new(table.clone(), now);
        let authenticator = Authenticator::new(KeySource::new(keys), gate, env.parsed("RATE_LIMITS")?);
        let (for_chores, for_outbound) = (aws.clone(), aws.clone());
        let chores = Queue::new(env.required("CHORES_QUEUE_URL")?, move || for_chores.sqs());
        let outbound = OutboundQueue::new(env.required("OUTBOUND_QUEUE_URL")?, move || for_outbound.sqs());
        let app = App::new(&table, vault, authenticator, chores, outbound);
        Ok(router(app, &env.required("ALLOWED_ORIGIN")?))
    })
}
