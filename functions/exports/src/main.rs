//! Wires the function; the work is in the library.

use app_http::{Authenticator, KeySource};
use app_runtime::{EnvError, Queue, Secrets, now, run_http};
use app_store::{AccessGate, ArchiveBucket, Exports, Imports, Table};
use app_vault::Vault;
use exports::{App, Exported, Uploaded, router};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_http(|env, aws| -> Result<_, EnvError> {
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let vault = Vault::in_table(&table, env.required("FIELD_KEY_ID")?, aws.kms_later());
        let keys = Secrets::new(aws.clone()).reader(env.required("JWT_PUBLIC_KEYS_SECRET")?);
        let [for_queue, for_imports, for_exported, for_uploaded] = std::array::from_fn(|_| aws.clone());
        let exported = ArchiveBucket::new(env.required("EXPORTS_BUCKET")?, move || for_exported.s3());
        let uploaded = ArchiveBucket::new(env.required("IMPORTS_BUCKET")?, move || for_uploaded.s3());
        let app = App {
            exports: Exports::new(table.clone(), vault.clone()),
            imports: Imports::new(table.clone(), vault),
            queue: Queue::new(env.required("JOBS_QUEUE_URL")?, move || for_queue.sqs()),
            import_queue: Queue::new(env.required("IMPORTS_QUEUE_URL")?, move || for_imports.sqs()),
            exported: Exported(exported),
            uploaded: Uploaded(uploaded),
            export_limits: env.parsed("EXPORT_LIMITS")?,
            import_limits: env.parsed("IMPORT_LIMITS")?,
            authenticator: Authenticator::new(
                KeySource::new(keys),
                AccessGate::new(table, now),
                env.parsed("RATE_LIMITS")?,
            ),
        };
        Ok(router(app, &env.required("ALLOWED_ORIGIN")?))
    })
}
