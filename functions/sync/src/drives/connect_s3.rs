//! `POST /sync/{provider}/connect`: of providers that are connected with keys. That is S3 alone; the path has a parameter so that no resource of the
//! gateway stands in the way of `/sync/{provider}`.

use std::time::Duration;

use app_domain::{DriveConnection, DriveProvider, Invalid, S3Place};
use app_http::{
    ApiError, ApiErrors, BodyErrors, CallerErrors, ErrorBody, FieldErrors, InPerson, Now, Parse, ValidJson,
};
use app_store::{DriveConnections, DriveTokens, KeptTokens};
use axum::Json;
use axum::extract::State;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::OneDrive;
use super::{Door, PathProvider};

/// Keys do not end by themselves.
const FOR_GOOD: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
/// The longest text of any field.
const MAX_CHARS: usize = 512;

/// A bucket, and what opens it.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct S3Request {
    /// The address of the service, `https`. Amazon S3 itself unless told.
    #[serde(default)]
    #[schema(example = "https://s3.eu-central-003.backblazeb2.com")]
    endpoint: Option<String>,
    /// The region.
    #[schema(example = "eu-central-1")]
    region: String,
    /// The bucket. Nobody else should be able to read it.
    #[schema(example = "my-backups")]
    bucket: String,
    /// The folder in it; `memory-app` unless told.
    #[serde(default)]
    prefix: Option<String>,
    /// A key that may list the bucket, and read, write and delete objects in the folder, and nothing else: at Amazon `s3:ListBucket`, `s3:GetObject`,
    /// `s3:PutObject`, `s3:DeleteObject`, and for large files `s3:ListMultipartUploadParts` and `s3:AbortMultipartUpload`.
    access_key_id: String,
    /// The secret that belongs to it. It is kept encrypted.
    secret_access_key: String,
}

/// The same, checked.
pub(crate) struct NewBucket {
    place: S3Place,
    key_id: SecretString,
    secret: SecretString,
}

impl Parse for S3Request {
    type Parsed = NewBucket;

    fn parse(self) -> Result<NewBucket, FieldErrors> {
        let mut errors = FieldErrors::default();
        let endpoint = self.endpoint.map(|endpoint| endpoint.trim_end_matches('/').to_owned());
        if endpoint.as_deref().is_some_and(|endpoint| !is_address(endpoint)) {
            errors.add("endpoint", &Invalid::new("must be an address such as https://s3.example.com"));
        }
        let is_name = |text: &str, more: &[u8]| {
            (1..=63).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || more.contains(&b))
        };
        if !is_name(&self.region, b"-") {
            errors.add("region", &Invalid::new("must be a region such as eu-central-1"));
        }
        if !is_name(&self.bucket, b"-.") || self.bucket.len() < 3 {
            errors.add("bucket", &Invalid::new("must be the name of a bucket"));
        }
        let prefix = self.prefix.unwrap_or_else(|| "memory-app".to_owned());
        let prefix = prefix.trim_matches('/');
        let is_folder = |part: &str| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_. ".contains(&b))
        };
        if prefix.len() > MAX_CHARS || !(prefix.is_empty() || prefix.split('/').all(is_folder)) {
            errors.add("prefix", &Invalid::new("must be folders of letters, digits, spaces, - _ and ."));
        }
        for (name, key) in
            [("accessKeyId", &self.access_key_id), ("secretAccessKey", &self.secret_access_key)]
        {
            if key.is_empty() || key.len() > MAX_CHARS || !key.bytes().all(|b| b.is_ascii_graphic()) {
                errors.add(name, &Invalid::new("must be a key"));
            }
        }
        errors.into_result()?;
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        Ok(NewBucket {
            place: S3Place { endpoint, region: self.region, bucket: self.bucket, prefix },
            key_id: self.access_key_id.into(),
            secret: self.secret_access_key.into(),
        })
    }
}

/// Whether a text can be the address of a service: the rest is looked at when it is called.
fn is_address(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://127.0.0.1:"));
    host.is_some_and(|host| {
        !host.is_empty()
            && host.len() <= MAX_CHARS
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:[]".contains(&b))
    })
}

/// Connect a bucket of your own: Amazon S3, or anything that speaks like it.
///
/// The bucket is listed at once, so that wrong keys are seen here. A bucket that was connected before keeps its settings and backups.
#[utoipa::path(
    post, operation_id = "connectS3", path = "/sync/{provider}/connect", tag = "sync", security(("bearer" = [])),
    params(("provider" = String, Path, description = "`s3`.")),
    request_body = S3Request,
    responses(
        (status = 200, description = "The drive.", body = OneDrive),
        (status = 404, description = "There is no such provider.", body = ErrorBody),
        (status = 409, description = "The service refuses.", body = ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn connect(
    State(tokens): State<DriveTokens>,
    State(drives): State<DriveConnections>,
    State(door): State<Door>,
    caller: InPerson,
    PathProvider(provider): PathProvider,
    Now(now): Now,
    ValidJson(new): ValidJson<S3Request>,
) -> Result<Json<OneDrive>, ApiError> {
    if provider != DriveProvider::S3 {
        let message = format!("{} is connected with its consent: see `authorize`.", provider.title());
        return Err(ApiError::unprocessable("ProviderUnavailable", message));
    }
    let kept = KeptTokens::new(new.key_id, now.plus(FOR_GOOD), new.secret);
    let S3Place { endpoint, region, bucket, prefix } = &new.place;
    let account = format!("{}/{region}/{bucket}/{prefix}", endpoint.as_deref().unwrap_or("aws"));
    let mut drive =
        DriveConnection::new(caller.user_id, provider, kept.grant, account.clone(), bucket.clone(), now);
    drive.place = Some(new.place.clone());
    let drive = DriveConnection { account_id: account, ..door.first(drive, &kept).await? };
    Ok(Json(tokens.connect(&drives, &drive, &kept, &caller.origin, now).await?.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_services_and_nothing_else() {
        for good in ["https://s3.example.com", "https://s3.example.com:9000", "http://127.0.0.1:4566"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "https://",
            "http://s3.example.com",
            "https://a.example/b",
            "https://u:p@a.example",
            "ftp://a",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
