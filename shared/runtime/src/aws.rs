//! AWS clients: one configuration, one connection pool, each client built on first use.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::{TimeoutConfig, TimeoutConfigBuilder};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};

use crate::{Env, EnvError};

/// The roots that AWS's own endpoints chain to (Amazon Trust Services). Reading five instead of the system's 140 saves
/// milliseconds of every cold start; nothing but AWS is called through this client.
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon-roots.pem");

/// The AWS clients of this process. Cloning shares them.
#[derive(Clone)]
pub struct Aws(Arc<Clients>);

struct Clients {
    region: String,
    endpoint_url: Option<String>,
    config: OnceLock<SdkConfig>,
    dynamodb: OnceLock<aws_sdk_dynamodb::Client>,
    s3: OnceLock<aws_sdk_s3::Client>,
    secrets_manager: OnceLock<aws_sdk_secretsmanager::Client>,
    sesv2: OnceLock<aws_sdk_sesv2::Client>,
    sqs: OnceLock<aws_sdk_sqs::Client>,
}

impl Aws {
    /// Reads where AWS is: `AWS_REGION`, and `AWS_ENDPOINT_URL` for the local cloud. Credentials come from the variables
    /// that Lambda sets. The SDK's own discovery would cost more than the rest of the start.
    ///
    /// # Errors
    /// If `AWS_REGION` is missing.
    pub fn from_env(env: &Env) -> Result<Self, EnvError> {
        Ok(Self(Arc::new(Clients {
            region: env.required("AWS_REGION")?,
            endpoint_url: env.optional("AWS_ENDPOINT_URL"),
            config: OnceLock::new(),
            dynamodb: OnceLock::new(),
            s3: OnceLock::new(),
            secrets_manager: OnceLock::new(),
            sesv2: OnceLock::new(),
            sqs: OnceLock::new(),
        })))
    }

    /// DynamoDB.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        self.0.dynamodb.get_or_init(|| aws_sdk_dynamodb::Client::new(self.config())).clone()
    }

    /// What gives DynamoDB when it is first needed.
    pub fn dynamodb_later(&self) -> impl FnOnce() -> aws_sdk_dynamodb::Client + Send + 'static {
        let aws = self.clone();
        move || aws.dynamodb()
    }

    /// KMS, built when first called.
    pub fn kms_later(&self) -> impl FnOnce() -> aws_sdk_kms::Client + Send + 'static {
        let aws = self.clone();
        move || aws_sdk_kms::Client::new(aws.config())
    }

    /// S3.
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let build = || {
            let config = aws_sdk_s3::config::Builder::from(self.config())
                // The local cloud has one host for all buckets.
                .force_path_style(self.0.endpoint_url.is_some())
                // A part of a file takes as long as it takes; only silence ends it.
                .timeout_config(
                    connection_timeouts()
                        .disable_operation_timeout()
                        .disable_operation_attempt_timeout()
                        .build(),
                )
                .build();
            aws_sdk_s3::Client::from_conf(config)
        };
        self.0.s3.get_or_init(build).clone()
    }

    /// Secrets Manager.
    pub fn secrets_manager(&self) -> aws_sdk_secretsmanager::Client {
        self.0.secrets_manager.get_or_init(|| aws_sdk_secretsmanager::Client::new(self.config())).clone()
    }

    /// SES.
    pub fn sesv2(&self) -> aws_sdk_sesv2::Client {
        let build = || {
            let config = aws_sdk_sesv2::config::Builder::from(self.config())
                // A call that hangs may have sent its mail: it has all the time there is, instead of a second try.
                .timeout_config(TimeoutConfig::builder().disable_operation_attempt_timeout().build())
                .build();
            aws_sdk_sesv2::Client::from_conf(config)
        };
        self.0.sesv2.get_or_init(build).clone()
    }

    /// SQS.
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        self.0.sqs.get_or_init(|| aws_sdk_sqs::Client::new(self.config())).clone()
    }

    /// What clients of other services are built from.
    pub fn config(&self) -> &SdkConfig {
        self.0.config.get_or_init(|| {
            let credentials = EnvironmentVariableCredentialsProvider::new();
            let mut config = SdkConfig::builder()
                .behavior_version(BehaviorVersion::v2026_01_12())
                .region(Region::new(self.0.region.clone()))
                .credentials_provider(SharedCredentialsProvider::new(credentials))
                .retry_config(RetryConfig::standard().with_max_attempts(4))
                .timeout_config(timeouts())
                .http_client(http_client());
            config.set_endpoint_url(self.0.endpoint_url.clone());
            config.build()
        })
    }
}

/// Shorter than a function's ten seconds, so that a call which hangs is tried again, or ends as a 503 of ours.
fn timeouts() -> TimeoutConfig {
    connection_timeouts()
        .operation_attempt_timeout(Duration::from_secs(4))
        .operation_timeout(Duration::from_secs(8))
        .build()
}

fn connection_timeouts() -> TimeoutConfigBuilder {
    TimeoutConfig::builder().connect_timeout(Duration::from_secs(2)).read_timeout(Duration::from_secs(10))
}

fn http_client() -> aws_smithy_runtime_api::client::http::SharedHttpClient {
    let client = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc));
    match TlsContext::builder()
        .with_trust_store(TrustStore::empty().with_pem_certificate(AMAZON_ROOTS))
        .build()
    {
        Ok(tls) => client.tls_context(tls).build_https(),
        // Without the pinned roots the system's serve as well, only slower to load.
        Err(_) => client.build_https(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_built_with_the_pinned_roots() {
        let roots = String::from_utf8_lossy(AMAZON_ROOTS);
        assert_eq!(roots.matches("-----BEGIN CERTIFICATE-----").count(), 5);
        let aws = Aws::from_env(&Env::from([("AWS_REGION", "eu-west-1")])).unwrap();
        let region = aws.dynamodb().config().region().map(ToString::to_string);
        assert_eq!(region.as_deref(), Some("eu-west-1"));
    }

    #[test]
    fn a_mail_is_not_sent_again_because_the_answer_is_slow() {
        let aws = Aws::from_env(&Env::from([("AWS_REGION", "eu-west-1")])).unwrap();
        let client = aws.sesv2();
        let timeouts = client.config().timeout_config().unwrap();
        assert_eq!(timeouts.operation_attempt_timeout(), None);
        assert_eq!(timeouts.operation_timeout(), Some(Duration::from_secs(8)));
    }

    #[test]
    fn a_missing_region_is_named() {
        let missing = Aws::from_env(&Env::from([])).err().map(|error| error.to_string());
        assert_eq!(missing.as_deref(), Some("the environment variable AWS_REGION is not set"));
    }
}
