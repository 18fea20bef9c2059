//! What Google's errors mean.

use std::time::Duration;

use serde::Deserialize;

use crate::drives::http::{Answer, now};
use crate::drives::{DriveError, DriveErrorClass};

/// What has run out for the day is there again some time after it.
const UNTIL_ANOTHER_DAY: Duration = Duration::from_secs(60 * 60);

/// `{"error": {…}}`
#[derive(Deserialize)]
struct Body {
    error: Details,
}

#[derive(Deserialize)]
struct Details {
    #[serde(default)]
    errors: Vec<Reason>,
    #[serde(default)]
    details: Vec<Reason>,
}

#[derive(Deserialize)]
struct Reason {
    #[serde(default)]
    reason: String,
}

/// What an answer without success means.
pub(super) fn error_of(answer: &Answer) -> DriveError {
    let status = answer.status.as_u16();
    let said = serde_json::from_slice::<Body>(&answer.body).ok().map(|body| body.error);
    let reasons = said.map(|said| said.errors.into_iter().chain(said.details).map(|reason| reason.reason));
    let reasons: Vec<String> = reasons.into_iter().flatten().filter(|reason| !reason.is_empty()).collect();
    let known = reasons.iter().find_map(|reason| Some((class_of(reason)?, reason)));
    let (class, reason) = match known {
        Some((class, reason)) => (class, Some(reason)),
        None => (by_status(status), reasons.first()),
    };
    let until_another_day =
        matches!(reason.map(String::as_str), Some("dailyLimitExceeded" | "downloadQuotaExceeded"))
            .then_some(UNTIL_ANOTHER_DAY);
    let wait = answer.retry_after(now()).or(until_another_day);
    DriveError::told(class, status, reason.map(String::as_str)).after(wait)
}

/// What an answer without success means to an upload: what it does not take back is to be begun anew.
pub(super) fn upload_error_of(answer: &Answer) -> DriveError {
    let error = error_of(answer);
    match error.class {
        DriveErrorClass::NotFound | DriveErrorClass::Refused if error.status != Some(400) => {
            DriveError { class: DriveErrorClass::UploadGone, ..error }
        }
        _ => error,
    }
}

/// A page or a cursor that is not taken is too old.
pub(super) fn page_error(error: DriveError) -> DriveError {
    match error.status {
        Some(400 | 404 | 410) => DriveError { class: DriveErrorClass::Reset, ..error },
        _ => error,
    }
}

fn class_of(reason: &str) -> Option<DriveErrorClass> {
    Some(match reason {
        "userRateLimitExceeded"
        | "rateLimitExceeded"
        | "sharingRateLimitExceeded"
        | "dailyLimitExceeded"
        | "downloadQuotaExceeded" => DriveErrorClass::Throttled,
        "storageQuotaExceeded"
        | "quotaExceeded"
        | "teamDriveFileLimitExceeded"
        | "activeItemCreationLimitExceeded"
        | "numChildrenInNonRootLimitExceeded" => DriveErrorClass::Full,
        "insufficientPermissions" | "insufficientScopes" | "ACCESS_TOKEN_SCOPE_INSUFFICIENT" => {
            DriveErrorClass::NeedsConsent
        }
        "appNotAuthorizedToFile" => DriveErrorClass::NotFound,
        "backendError" => DriveErrorClass::Transient,
        _ => return None,
    })
}

fn by_status(status: u16) -> DriveErrorClass {
    match status {
        401 => DriveErrorClass::TokenExpired,
        404 | 410 => DriveErrorClass::NotFound,
        408 | 500.. => DriveErrorClass::Transient,
        409 => DriveErrorClass::Conflict,
        429 => DriveErrorClass::Throttled,
        _ => DriveErrorClass::Refused,
    }
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;
    use reqwest::header::HeaderMap;
    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        let status = StatusCode::from_u16(status).unwrap();
        Answer { status, headers: HeaderMap::new(), body: body.to_owned().into() }
    }

    fn with(status: u16, reason: &str) -> Answer {
        let body =
            json!({ "error": { "code": status, "message": "secret", "errors": [{ "reason": reason }] } });
        answer(status, &body.to_string())
    }

    #[test]
    fn each_error_is_met_as_google_wants() {
        use DriveErrorClass::{
            Conflict, Full, NeedsConsent, NotFound, Refused, Throttled, TokenExpired, Transient,
        };
        for (status, reason, class) in [
            (400, "badRequest", Refused),
            (400, "invalidSharingRequest", Refused),
            (401, "authError", TokenExpired),
            (403, "userRateLimitExceeded", Throttled),
            (403, "rateLimitExceeded", Throttled),
            (403, "sharingRateLimitExceeded", Throttled),
            (403, "dailyLimitExceeded", Throttled),
            (403, "downloadQuotaExceeded", Throttled),
            (403, "storageQuotaExceeded", Full),
            (403, "teamDriveFileLimitExceeded", Full),
            (403, "insufficientFilePermissions", Refused),
            (403, "appNotAuthorizedToFile", NotFound),
            (403, "insufficientPermissions", NeedsConsent),
            (403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", NeedsConsent),
            (404, "notFound", NotFound),
            (409, "fileIdInUse", Conflict),
            (429, "rateLimitExceeded", Throttled),
            (500, "backendError", Transient),
            (502, "backendError", Transient),
            (503, "backendError", Transient),
            (504, "backendError", Transient),
            (403, "somethingNew", Refused),
        ] {
            let error = error_of(&with(status, reason));
            assert_eq!((error.class, error.code.as_deref()), (class, Some(reason)), "{status} {reason}");
            assert!(!error.to_string().contains("secret"));
        }
        let scope =
            r#"{"error":{"code":403,"details":[{"@type":"x","reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}"#;
        assert_eq!(error_of(&answer(403, scope)).class, NeedsConsent);
    }

    #[test]
    fn answers_that_are_no_errors_of_googles_are_met_by_their_status() {
        use DriveErrorClass::{NotFound, Refused, TokenExpired, Transient};
        for body in ["", "<html>", "{}", r#"{"error":"text"}"#, r#"{"error":{"errors":7}}"#] {
            for (status, class) in
                [(401, TokenExpired), (403, Refused), (404, NotFound), (302, Refused), (502, Transient)]
            {
                assert_eq!(error_of(&answer(status, body)).class, class, "{status} {body}");
            }
        }
    }

    #[test]
    fn what_has_run_out_for_the_day_is_not_asked_for_at_once() {
        let error = error_of(&with(403, "dailyLimitExceeded"));
        assert_eq!(error.retry_after, Some(UNTIL_ANOTHER_DAY));
    }

    #[test]
    fn uploads_that_are_not_taken_back_are_begun_anew() {
        use DriveErrorClass::{Full, Refused, Throttled, UploadGone};
        for (status, reason, class) in [
            (404, "notFound", UploadGone),
            (410, "gone", UploadGone),
            (403, "forbidden", UploadGone),
            (403, "storageQuotaExceeded", Full),
            (403, "userRateLimitExceeded", Throttled),
            (400, "badRequest", Refused),
        ] {
            assert_eq!(upload_error_of(&with(status, reason)).class, class, "{status} {reason}");
        }
    }
}
