//! Wires the function; the work is in the library.

use app_http::{Authenticator, KeySource};
use app_runtime::{EnvError, Secrets, now, run_http};
use app_store::{AccessGate, FileBucket, Files, Table};
use app_vault::Vault;
use files::{App, router};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_http(|env, aws| -> Result<_, EnvError> {
        let for_bucket = aws.clone();
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let keys = Secrets::new(aws.clone()).reader(env.required("JWT_PUBLIC_KEYS_SECRET")?);
        let app = App {
            files: Files::new(
                table.clone(),
                Vault::in_table(&table, env.required("FIELD_KEY_ID")?, aws.kms_later()),
            ),
            bucket: FileBucket::new(env.required("FILES_BUCKET")?, move || for_bucket.s3()),
            quotas: env.parsed("FILE_QUOTAS")?,
            authenticator: Authenticator::new(
                KeySource::new(keys),
                AccessGate::new(table, now),
                env.parsed("RATE_LIMITS")?,
            ),
        };
        Ok(router(app, &env.required("ALLOWED_ORIGIN")?))
    })
}
