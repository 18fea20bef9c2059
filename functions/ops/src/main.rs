//! Wires the function; the work is in the library.

use app_http::{Authenticator, KeySource};
use app_runtime::{EnvError, Secrets, now, run_http};
use app_store::{AccessGate, Table};
use ops::{App, Check, Checks, CloudWatch, Health, Metrics, router};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_http(|env, aws| -> Result<_, EnvError> {
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let (for_storage, for_queues) = (aws.clone(), aws.clone());
        let (for_secrets, for_encryption) = (aws.clone(), aws.clone());
        let public_keys = env.required("JWT_PUBLIC_KEYS_SECRET")?;
        let keys = Secrets::new(aws.clone()).reader(public_keys.clone());
        let gate = AccessGate::new(table.clone(), now);
        let authenticator = Authenticator::new(KeySource::new(keys), gate, env.parsed("RATE_LIMITS")?);
        let for_metrics = aws.clone();
        let cloudwatch = CloudWatch::new(env.required("METRICS_NAMESPACE")?, move || {
            aws_sdk_cloudwatch::Client::new(for_metrics.config())
        });
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
        let secrets = [env.required("JWT_SIGNING_KEY_SECRET")?, public_keys];
        let checks = Checks {
            database: Check::database(table),
            storage: Check::storage(buckets, move || for_storage.s3()),
            queues: Check::queues(queues, move || for_queues.sqs()),
            secrets: Check::secrets(secrets, move || for_secrets.secrets_manager()),
            encryption: Check::encryption(env.required("FIELD_KEY_ID")?, move || {
                aws_sdk_kms::Client::new(for_encryption.config())
            }),
        };
        let app = App { health: Health::new(checks), metrics: Metrics::new(cloudwatch), authenticator };
        Ok(router(app, &env.required("ALLOWED_ORIGIN")?))
    })
}
