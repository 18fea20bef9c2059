//! What is to be done about S3's errors.

use std::error::Error;
use std::time::Duration;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::reach::OutOfReach;
use crate::drives::{DriveError, DriveErrorClass};

/// A call that did not succeed.
pub(super) fn failed<E>(error: SdkError<E, HttpResponse>) -> DriveError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let Some(answer) = error.raw_response() else {
        let class =
            if is_out_of_reach(&error) { DriveErrorClass::Refused } else { DriveErrorClass::Transient };
        return DriveError::of(class);
    };
    let status = answer.status().as_u16();
    let wait: Option<u64> =
        answer.headers().get("retry-after").and_then(|seconds| seconds.trim().parse().ok());
    // What breaks off, or cannot be read, can be had again.
    let is_told = matches!(error, SdkError::ServiceError(_));
    let class =
        if is_told { class_of(status, error.code(), wait.is_some()) } else { DriveErrorClass::Transient };
    DriveError::told(class, status, error.code()).after(wait.map(Duration::from_secs))
}

/// The kind of an error, by its code, or by its status where there is none: answers to HEAD have no body.
fn class_of(status: u16, code: Option<&str>, says_how_long: bool) -> DriveErrorClass {
    match (code.unwrap_or_default(), status) {
        ("NoSuchUpload", _) => DriveErrorClass::UploadGone,
        ("NoSuchBucket", _) => DriveErrorClass::NeedsConsent,
        ("NoSuchKey" | "NotFound", _) | (_, 404) => DriveErrorClass::NotFound,
        // The two clocks differ by more than is allowed, which says nothing of the keys.
        (
            "ConditionalRequestConflict"
            | "OperationAborted"
            | "RequestTimeout"
            | "RequestTimeTooSkewed"
            | "RequestExpired",
            _,
        ) => DriveErrorClass::Transient,
        ("PreconditionFailed", _) | (_, 412) => DriveErrorClass::Conflict,
        (
            "BadDigest"
            | "InvalidDigest"
            | "XAmzContentChecksumMismatch"
            | "XAmzContentSHA256Mismatch"
            | "IncompleteBody",
            _,
        ) => DriveErrorClass::Mismatch,
        ("QuotaExceeded" | "StorageQuotaExceeded" | "XMinioStorageFull" | "InsufficientStorage", _)
        | (_, 507) => DriveErrorClass::Full,
        (
            "SlowDown" | "TooManyRequests" | "RequestLimitExceeded" | "ThrottlingException" | "Throttling",
            _,
        )
        | (_, 429) => DriveErrorClass::Throttled,
        // The keys are gone, or not for this; or the bucket is elsewhere. The person has to say anew where it is.
        (
            "AccessDenied"
            | "AllAccessDisabled"
            | "AccountProblem"
            | "InvalidAccessKeyId"
            | "InvalidToken"
            | "ExpiredToken"
            | "SignatureDoesNotMatch"
            | "AuthorizationHeaderMalformed"
            | "PermanentRedirect"
            | "InvalidBucketName",
            _,
        )
        | (_, 301 | 307 | 401 | 403) => DriveErrorClass::NeedsConsent,
        // It does not know how, and never will.
        (_, 501) => DriveErrorClass::Refused,
        (_, 503) if says_how_long => DriveErrorClass::Throttled,
        (_, 500..) => DriveErrorClass::Transient,
        _ => DriveErrorClass::Refused,
    }
}

fn is_out_of_reach(error: &(dyn Error + 'static)) -> bool {
    error.is::<OutOfReach>() || error.source().is_some_and(is_out_of_reach)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_before_statuses() {
        for (status, code, class) in [
            (404, Some("NoSuchKey"), DriveErrorClass::NotFound),
            (404, Some("NoSuchUpload"), DriveErrorClass::UploadGone),
            (404, Some("NoSuchBucket"), DriveErrorClass::NeedsConsent),
            (404, None, DriveErrorClass::NotFound),
            (403, None, DriveErrorClass::NeedsConsent),
            (403, Some("SignatureDoesNotMatch"), DriveErrorClass::NeedsConsent),
            (403, Some("RequestTimeTooSkewed"), DriveErrorClass::Transient),
            (409, Some("ConditionalRequestConflict"), DriveErrorClass::Transient),
            (412, None, DriveErrorClass::Conflict),
            (400, Some("BadDigest"), DriveErrorClass::Mismatch),
            (503, Some("SlowDown"), DriveErrorClass::Throttled),
            (503, Some("ServiceUnavailable"), DriveErrorClass::Transient),
            (507, None, DriveErrorClass::Full),
            (501, Some("NotImplemented"), DriveErrorClass::Refused),
            (400, Some("InvalidRequest"), DriveErrorClass::Refused),
        ] {
            assert_eq!(class_of(status, code, false), class, "{status} {code:?}");
        }
        assert_eq!(class_of(503, None, true), DriveErrorClass::Throttled);
    }
}
