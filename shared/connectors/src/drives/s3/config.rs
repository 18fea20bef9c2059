//! Which bucket, and what opens it.

use std::net::IpAddr;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
};
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::bounded::bounded;
use super::reach::Reach;
use crate::drives::{DriveError, DriveErrorClass};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A chunk of some megabytes over a slow line.
const CALL_TIMEOUT: Duration = Duration::from_secs(120);
/// What a key of S3 has room for, with the longest of our own names behind it.
const MAX_PREFIX_BYTES: usize = 512;

/// A bucket of somebody's own.
#[derive(Debug, Clone)]
pub struct S3Config {
    /// The address of the service; `None` for Amazon S3 itself.
    pub endpoint: Option<String>,
    /// The region, such as `eu-central-1`.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// Before every key: empty, or ending in `/`.
    pub prefix: String,
    /// Whether the bucket is named in the path, and not in the host. Most services but Amazon's want it so.
    pub path_style: bool,
    /// The id of the access key.
    pub access_key_id: SecretString,
    /// The secret access key.
    pub secret_access_key: SecretString,
    /// Where the endpoint may be.
    pub reach: Reach,
}

impl S3Config {
    /// A client of the bucket.
    pub(super) fn client(&self) -> Result<Client, DriveError> {
        self.check().ok_or(DriveError::of(DriveErrorClass::Refused))?;
        let (id, secret) = (self.access_key_id.expose_secret(), self.secret_access_key.expose_secret());
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(CALL_TIMEOUT)
            .operation_timeout(CALL_TIMEOUT);
        let mut config = aws_sdk_s3::Config::builder();
        config.set_endpoint_url(self.endpoint.clone());
        let config = config
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(self.region.clone()))
            .credentials_provider(Credentials::new(id, secret, None, None, "a person's own"))
            .force_path_style(self.path_style)
            // We name the checksums that we want. Some services do not know those that the SDK adds.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts.build())
            .http_client(bounded(self.reach))
            .build();
        Ok(Client::from_conf(config))
    }

    /// Nothing if this cannot be a bucket, or is not within reach.
    fn check(&self) -> Option<()> {
        let is_name = |text: &str, length: std::ops::RangeInclusive<usize>, more: &[u8]| {
            let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || more.contains(&b);
            length.contains(&text.len()) && text.bytes().all(allowed)
        };
        let prefix = &self.prefix;
        let fits = is_name(&self.bucket, 3..=63, b".-")
            && is_name(&self.region, 1..=40, b"-")
            && (prefix.is_empty() || prefix.ends_with('/'))
            && prefix.len() <= MAX_PREFIX_BYTES
            && !prefix.starts_with('/')
            && !prefix.contains("//")
            && !prefix.chars().any(char::is_control)
            && !prefix.split('/').any(|name| name == "." || name == "..");
        fits.then_some(())?;
        self.endpoint.as_deref().map_or(Some(()), |endpoint| self.check_endpoint(endpoint))
    }

    fn check_endpoint(&self, endpoint: &str) -> Option<()> {
        let url = Url::parse(endpoint).ok()?;
        let is_plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
            && url.path() == "/";
        let is_encrypted = url.scheme() == "https";
        let within = match url.host()? {
            // Looked at when it is resolved.
            Host::Domain(_) => true,
            Host::Ipv4(address) => self.reach.includes(IpAddr::V4(address)),
            Host::Ipv6(address) => self.reach.includes(IpAddr::V6(address)),
        };
        let may = is_encrypted || (self.reach == Reach::Anywhere && url.scheme() == "http");
        (is_plain && may && within).then_some(())
    }
}
