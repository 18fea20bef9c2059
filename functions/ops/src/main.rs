//! Wires the function; the work is in the library.

use app_runtime::{EnvError, run_http};
use app_store::Table;
use ops::{App, Check, Checks, Health, router};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_http(|env, aws| -> Result<_, EnvError> {
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let (for_storage, for_queues, for_secrets) = (aws.clone(), aws.clone(), aws.clone());
        let queues = [
            env.required("INBOUND_QUEUE_URL")?,
            env.required("JOBS_QUEUE_URL")?,
            env.required("IMPORTS_QUEUE_URL")?,
            env.required("MAIL_QUEUE_URL")?,
            env.required("CHORES_QUEUE_URL")?,
            env.required("INDEX_QUEUE_URL")?,
            env.required("MEDIA_QUEUE_URL")?,
            env.required("OUTBOUND_QUEUE_URL")?,
            env.required("DRIVES_QUEUE_URL")?,
        ];
        let buckets = [
            env.required("EXPORTS_BUCKET")?,
            env.required("IMPORTS_BUCKET")?,
            env.required("FILES_BUCKET")?,
            env.required("SEARCH_BUCKET")?,
            env.required("INBOUND_BUCKET")?,
            env.required("DRIVES_BUCKET")?,
        ];
        let checks = Checks {
            database: Check::database(table),
            storage: Check::storage(buckets, move || for_storage.s3()),
            queues: Check::queues(queues, move || for_queues.sqs()),
            secrets: Check::secret(env.required("JWT_PUBLIC_KEYS_SECRET")?, move || {
                for_secrets.secrets_manager()
            }),
        };
        Ok(router(App { health: Health::new(checks) }, &env.required("ALLOWED_ORIGIN")?))
    })
}
