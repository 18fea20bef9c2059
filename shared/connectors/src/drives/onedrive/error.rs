//! What Microsoft Graph's errors mean: by the status first, then by the code.

use app_domain::Timestamp;
use serde::Deserialize;

use crate::drives::http::Answer;
use crate::drives::{DriveError, DriveErrorClass};

/// `{"error": {"code": …, "innerError": {"code": …}}}`
#[derive(Deserialize)]
struct Body {
    error: Details,
}

#[derive(Deserialize)]
struct Details {
    #[serde(default)]
    code: String,
}

/// An answer, or the error that it tells.
pub(super) fn checked(answer: Answer) -> Result<Answer, DriveError> {
    let is_good = answer.status.is_success() || answer.status == reqwest::StatusCode::FOUND;
    if is_good { Ok(answer) } else { Err(error_of(&answer)) }
}

/// What an answer without success means.
fn error_of(answer: &Answer) -> DriveError {
    let body = serde_json::from_slice::<Body>(&answer.body);
    let code = body.map(|body| body.error.code).unwrap_or_default();
    let status = answer.status.as_u16();
    let wait = answer.retry_after(Timestamp::from(jiff::Timestamp::now()));
    DriveError::told(class_of(status, &code), status, Some(&code)).after(wait)
}

fn class_of(status: u16, code: &str) -> DriveErrorClass {
    match (status, code) {
        (_, "quotaLimitReached" | "insufficientStorage") | (507, _) => DriveErrorClass::Full,
        (401, _) => DriveErrorClass::TokenExpired,
        // Microsoft says so of a drive that is being moved, too.
        (403, "serviceReadOnly") => DriveErrorClass::Transient,
        // Of one file alone.
        (403 | 405, "notAllowed" | "malwareDetected") => DriveErrorClass::Refused,
        (403, _) => DriveErrorClass::NeedsConsent,
        (404, _) => DriveErrorClass::NotFound,
        (409 | 412, _) => DriveErrorClass::Conflict,
        (410, _) => DriveErrorClass::Reset,
        (_, "activityLimitReached") | (429 | 509, _) => DriveErrorClass::Throttled,
        // Somebody has the file open.
        (408 | 423 | 500 | 502..=504, _) => DriveErrorClass::Transient,
        _ => DriveErrorClass::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_decides_and_then_the_code() {
        use DriveErrorClass as Class;
        for (status, code, class) in [
            (400, "invalidRequest", Class::Refused),
            (400, "activityLimitReached", Class::Throttled),
            (401, "InvalidAuthenticationToken", Class::TokenExpired),
            (403, "accessDenied", Class::NeedsConsent),
            (403, "notAllowed", Class::Refused),
            (403, "malwareDetected", Class::Refused),
            (403, "quotaLimitReached", Class::Full),
            (403, "serviceReadOnly", Class::Transient),
            (404, "itemNotFound", Class::NotFound),
            (409, "nameAlreadyExists", Class::Conflict),
            (409, "resourceModified", Class::Conflict),
            (410, "resyncRequired", Class::Reset),
            (412, "", Class::Conflict),
            (416, "invalidRange", Class::Refused),
            (423, "resourceLocked", Class::Transient),
            (429, "activityLimitReached", Class::Throttled),
            (500, "generalException", Class::Transient),
            (501, "notSupported", Class::Refused),
            (503, "serviceNotAvailable", Class::Transient),
            (507, "quotaLimitReached", Class::Full),
            (509, "", Class::Throttled),
        ] {
            assert_eq!(class_of(status, code), class, "{status} {code}");
        }
    }
}
